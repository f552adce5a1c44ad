//! Reports.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;

use super::{BucketDoc, CampaignDoc, CategoryDoc, ClockDoc, EvidenceFilterDoc};

/// A report. The same events in any order give the same bytes.
#[derive(ToSchema)]
#[schema(as = Report)]
pub(in crate::http) struct ReportDoc {
    /// Null in a report on the whole workspace
    #[schema(required)]
    campaign: Option<CampaignDoc>,
    range: RangeDoc,
    as_of: DateTime<Utc>,
    evidence: EvidenceFilterDoc,
    kpis: KpisDoc,
    /// Always of the cohort sent in the range
    rates: RatesDoc,
    /// Of the same cohort
    funnel: Vec<FunnelStageDoc>,
    series: SeriesDoc,
    /// Messages by status, of the cohort
    statuses: Vec<StatusBarDoc>,
    breakdowns: BreakdownsDoc,
}

/// What a report covers.
#[derive(ToSchema)]
#[schema(as = ReportRange)]
pub(in crate::http) struct RangeDoc {
    #[schema(required)]
    from: Option<NaiveDate>,
    #[schema(required)]
    to: Option<NaiveDate>,
    tz: String,
    clock: ClockDoc,
}

/// Messages by state, then facts and people by kind.
#[derive(ToSchema)]
#[schema(as = Kpis)]
pub(in crate::http) struct KpisDoc {
    queued: u64,
    unsent: u64,
    sent: u64,
    delivered: u64,
    failed: u64,
    /// Sent, neither delivered nor failed
    transit: u64,
    opened: TallyDoc,
    read: TallyDoc,
    clicked: TallyDoc,
    replied: TallyDoc,
    unsubscribed: TallyDoc,
    complained: TallyDoc,
    converted: ConversionTallyDoc,
    received: TallyDoc,
    visited: TallyDoc,
    played: TallyDoc,
    answered: TallyDoc,
    submitted: TallyDoc,
    completed: TallyDoc,
    prize_assigned: TallyDoc,
    redeemed: TallyDoc,
    pass_added: TallyDoc,
    pass_removed: TallyDoc,
    /// What people did whatever was sent to them, the holdout included
    achieved: TallyDoc,
}

/// Facts and distinct recipients, exact.
#[derive(ToSchema)]
#[schema(as = Tally)]
pub(in crate::http) struct TallyDoc {
    total: u64,
    unique: u64,
}

/// Conversions and their worth.
#[derive(ToSchema)]
#[schema(as = ConversionTally)]
pub(in crate::http) struct ConversionTallyDoc {
    total: u64,
    unique: u64,
    /// Decimal, in `currency`
    #[schema(example = "0.00")]
    value: String,
    /// The currency with the most worth; absent when none was named
    currency: Option<String>,
    /// Worth in further currencies; sums are never mixed
    #[schema(required = false)]
    other_values: BTreeMap<String, String>,
}

/// A rate; without a value when the base is 0.
#[derive(ToSchema)]
#[schema(as = Rate)]
pub(in crate::http) struct RateDoc {
    n: u64,
    d: u64,
    #[schema(required)]
    value: Option<f64>,
}

/// S sent, D delivered, F failed, T in transit.
#[derive(ToSchema)]
#[schema(as = Rates)]
pub(in crate::http) struct RatesDoc {
    /// D ÷ S
    delivery: RateDoc,
    /// F ÷ S
    failure: RateDoc,
    /// T ÷ S
    transit: RateDoc,
    /// Unique opens ÷ D
    open: RateDoc,
    /// Unique reads ÷ D
    read: RateDoc,
    /// Unique clicks ÷ D
    click: RateDoc,
    /// Unique clicks ÷ unique opens
    click_to_open: RateDoc,
    /// Unique replies ÷ D
    reply: RateDoc,
    /// Unique opt-outs ÷ D
    unsubscribe: RateDoc,
    /// Unique complaints ÷ D
    complaint: RateDoc,
    /// Bounces ÷ S. Email: failures whose raw status names a bounce or that have none; elsewhere every failure
    bounce: RateDoc,
}

/// One step of the funnel.
#[derive(ToSchema)]
#[schema(as = FunnelStage)]
pub(in crate::http) struct FunnelStageDoc {
    stage: String,
    count: u64,
    #[schema(required)]
    of_previous: Option<f64>,
    #[schema(required)]
    of_first: Option<f64>,
}

/// Counts over time.
#[derive(ToSchema)]
#[schema(as = Series)]
pub(in crate::http) struct SeriesDoc {
    bucket: BucketDoc,
    /// Dense, in time order
    points: Vec<SeriesPointDoc>,
}

/// The start of a bucket and a count of every kind that `kpis` has, zeros included: over the points each adds up
/// to its figure, messages for the delivery kinds and totals for the rest.
#[derive(ToSchema)]
#[schema(as = SeriesPoint)]
pub(in crate::http) struct SeriesPointDoc {
    /// With the offset of the zone
    #[schema(example = "2026-03-29T00:00:00+01:00")]
    at: String,
    #[serde(flatten)]
    counts: BTreeMap<String, u64>,
}

/// A bar of *Messages by Status*.
#[derive(ToSchema)]
#[schema(as = StatusBar)]
pub(in crate::http) struct StatusBarDoc {
    category: CategoryDoc,
    count: u64,
    /// The provider's words, most frequent first
    raw: Vec<RawStatusDoc>,
}

/// Messages with one raw status.
#[derive(ToSchema)]
#[schema(as = RawStatusCount)]
pub(in crate::http) struct RawStatusDoc {
    status: String,
    count: u64,
}

/// Breakdowns, each sorted by unique, then total, then value. One without rows may be absent.
#[derive(ToSchema)]
#[schema(as = Breakdowns)]
pub(in crate::http) struct BreakdownsDoc {
    link: Option<Vec<BreakdownRowDoc>>,
    country: Option<Vec<BreakdownRowDoc>>,
    os: Option<Vec<BreakdownRowDoc>>,
    device: Option<Vec<BreakdownRowDoc>>,
    carrier: Option<Vec<BreakdownRowDoc>>,
    reason: Option<Vec<BreakdownRowDoc>>,
    variant: Option<Vec<BreakdownRowDoc>>,
}

/// One row of a breakdown.
#[derive(ToSchema)]
#[schema(as = BreakdownRow)]
pub(in crate::http) struct BreakdownRowDoc {
    value: String,
    total: u64,
    unique: u64,
    /// The same per kind of event
    #[schema(required = false)]
    by_kind: BTreeMap<String, TallyDoc>,
}
