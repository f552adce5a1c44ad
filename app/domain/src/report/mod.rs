//! A report: the question, the answer, and the arithmetic between counts and rates.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Campaign, CampaignType, EventKind, EvidenceFilter,
    event::Dimension,
    message::{Category, Standing},
    money::Amount,
};

/// Which time places a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Messages sent in the range, with everything that ever happened to them.
    #[default]
    Send,
    /// Everything that happened in the range.
    Event,
}

impl Clock {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Event => "event",
        }
    }
}

/// Width of a series' points.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Bucket {
    /// Chosen from the length of the range.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// A quarter of an hour.
    #[serde(rename = "15m")]
    Quarter,
    /// An hour of the wall clock.
    #[serde(rename = "hour")]
    Hour,
    /// A day of the zone: 23, 24 or 25 hours.
    #[serde(rename = "day")]
    Day,
    /// Seven days from the workspace's first day of the week.
    #[serde(rename = "week")]
    Week,
    /// A calendar month.
    #[serde(rename = "month")]
    Month,
}

impl Bucket {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Quarter => "15m",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// The question: query string of `GET /api/v1/campaigns/{id}/report`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportQuery {
    /// Which time places a figure.
    #[serde(default)]
    pub clock: Clock,
    /// First local date, included. None: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last local date, included. None: to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// IANA zone of the dates and buckets. None: the workspace's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tz: Option<String>,
    /// Width of the series' points.
    #[serde(default)]
    pub bucket: Bucket,
    /// Whether machines count.
    #[serde(default)]
    pub evidence: EvidenceFilter,
    /// Only this arm of an A/B test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Total facts and distinct recipients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Facts.
    pub total: u64,
    /// Distinct recipients, exact.
    pub unique: u64,
}

/// Conversions and their worth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversionTally {
    /// Facts.
    pub total: u64,
    /// Distinct recipients, exact.
    pub unique: u64,
    /// Worth in `currency`.
    pub value: Amount,
    /// The currency with the most worth; absent when none was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Worth in any further currencies; sums are never mixed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_values: BTreeMap<String, Amount>,
}

/// The counts of a report. Messages by state, then facts and people by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kpis {
    /// Messages still queued.
    pub queued: u64,
    /// Messages held back.
    pub unsent: u64,
    /// Messages accepted by the carrier: S.
    pub sent: u64,
    /// Messages delivered: D.
    pub delivered: u64,
    /// Messages failed: F.
    pub failed: u64,
    /// Sent, neither delivered nor failed: T = S − D − F of the same cohort.
    pub transit: u64,
    /// Opens.
    pub opened: Tally,
    /// Read receipts.
    pub read: Tally,
    /// Clicks.
    pub clicked: Tally,
    /// Replies.
    pub replied: Tally,
    /// Opt-outs.
    pub unsubscribed: Tally,
    /// Complaints.
    pub complained: Tally,
    /// Conversions.
    pub converted: ConversionTally,
    /// Inbound messages.
    pub received: Tally,
    /// Visits of the interactive content.
    pub visited: Tally,
    /// Plays.
    pub played: Tally,
    /// Answers.
    pub answered: Tally,
    /// Submissions.
    pub submitted: Tally,
    /// Completions.
    pub completed: Tally,
    /// Prizes assigned.
    pub prize_assigned: Tally,
    /// Redemptions.
    pub redeemed: Tally,
    /// Passes added.
    pub pass_added: Tally,
    /// Passes removed.
    pub pass_removed: Tally,
    /// What people did whatever was sent to them, the holdout included: see [`crate::uplift`].
    pub achieved: Tally,
}

impl Kpis {
    /// The tally of a kind of reaction; none for the delivery kinds, which are counted by state.
    #[must_use]
    pub fn tally(&self, kind: EventKind) -> Option<Tally> {
        Some(match kind {
            EventKind::Opened => self.opened,
            EventKind::Read => self.read,
            EventKind::Clicked => self.clicked,
            EventKind::Replied => self.replied,
            EventKind::Unsubscribed => self.unsubscribed,
            EventKind::Complained => self.complained,
            EventKind::Converted => Tally {
                total: self.converted.total,
                unique: self.converted.unique,
            },
            EventKind::Received => self.received,
            EventKind::Visited => self.visited,
            EventKind::Played => self.played,
            EventKind::Answered => self.answered,
            EventKind::Submitted => self.submitted,
            EventKind::Completed => self.completed,
            EventKind::PrizeAssigned => self.prize_assigned,
            EventKind::Redeemed => self.redeemed,
            EventKind::PassAdded => self.pass_added,
            EventKind::PassRemoved => self.pass_removed,
            EventKind::Achieved => self.achieved,
            _ => return None,
        })
    }

    /// Sets the tally of a kind of reaction; the worth of conversions is set apart.
    pub fn set_tally(&mut self, kind: EventKind, tally: Tally) {
        let slot = match kind {
            EventKind::Opened => &mut self.opened,
            EventKind::Read => &mut self.read,
            EventKind::Clicked => &mut self.clicked,
            EventKind::Replied => &mut self.replied,
            EventKind::Unsubscribed => &mut self.unsubscribed,
            EventKind::Complained => &mut self.complained,
            EventKind::Converted => {
                self.converted.total = tally.total;
                self.converted.unique = tally.unique;
                return;
            }
            EventKind::Received => &mut self.received,
            EventKind::Visited => &mut self.visited,
            EventKind::Played => &mut self.played,
            EventKind::Answered => &mut self.answered,
            EventKind::Submitted => &mut self.submitted,
            EventKind::Completed => &mut self.completed,
            EventKind::PrizeAssigned => &mut self.prize_assigned,
            EventKind::Redeemed => &mut self.redeemed,
            EventKind::PassAdded => &mut self.pass_added,
            EventKind::PassRemoved => &mut self.pass_removed,
            EventKind::Achieved => &mut self.achieved,
            _ => return,
        };
        *slot = tally;
    }
}

/// A rate with its numerator and denominator. A zero base gives no value: "—", never 0 or NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Numerator.
    pub n: u64,
    /// Denominator.
    pub d: u64,
    /// `n / d`, or null when `d` is 0.
    pub value: Option<f64>,
}

impl Rate {
    /// The rate of `n` in `d`.
    #[must_use]
    pub fn new(n: u64, d: u64) -> Self {
        Self {
            n,
            d,
            value: ratio(n, d),
        }
    }
}

/// `n / d`, none for a zero base.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn ratio(n: u64, d: u64) -> Option<f64> {
    (d > 0).then(|| n as f64 / d as f64)
}

/// The rates of a report, always of one cohort: the messages sent in the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// D ÷ S.
    pub delivery: Rate,
    /// F ÷ S.
    pub failure: Rate,
    /// T ÷ S.
    pub transit: Rate,
    /// Unique opens ÷ D.
    pub open: Rate,
    /// Unique reads ÷ D.
    pub read: Rate,
    /// Unique clicks ÷ D.
    pub click: Rate,
    /// Unique clicks ÷ unique opens.
    pub click_to_open: Rate,
    /// Unique replies ÷ D.
    pub reply: Rate,
    /// Unique opt-outs ÷ D.
    pub unsubscribe: Rate,
    /// Unique complaints ÷ D.
    pub complaint: Rate,
    /// Bounces ÷ S: see [`is_bounce`].
    pub bounce: Rate,
}

impl Rates {
    /// The rates of one cohort's counts. Every failure counts as a bounce here; where the channel tells them
    /// apart, see [`Self::with_bounces`].
    #[must_use]
    pub fn of(cohort: &Kpis) -> Self {
        let (s, d) = (cohort.sent, cohort.delivered);
        Self {
            delivery: Rate::new(d, s),
            failure: Rate::new(cohort.failed, s),
            transit: Rate::new(cohort.transit, s),
            open: Rate::new(cohort.opened.unique, d),
            read: Rate::new(cohort.read.unique, d),
            click: Rate::new(cohort.clicked.unique, d),
            click_to_open: Rate::new(cohort.clicked.unique, cohort.opened.unique),
            reply: Rate::new(cohort.replied.unique, d),
            unsubscribe: Rate::new(cohort.unsubscribed.unique, d),
            complaint: Rate::new(cohort.complained.unique, d),
            bounce: Rate::new(cohort.failed, s),
        }
    }

    /// The same rates with the bounces counted message by message, as [`is_bounce`] tells them.
    #[must_use]
    pub fn with_bounces(mut self, bounces: u64) -> Self {
        self.bounce = Rate::new(bounces, self.bounce.d);
        self
    }
}

/// Whether a message in this state counts as bounced.
///
/// Email: it stands as failed, for now or for good, and the provider's word is none of those that say it failed
/// otherwise: given up before an answer (`EXHAUSTED`), or blocked for the sender's behaviour
/// (`BLOCKED_DUE_BAD_BEHAVIOUR`, any word that begins so). All else is an answer of the receiving server, in words
/// (`BOUNCED`, `BOUNCED_PERMANENT`) or in its own code (`550 5.1.1`, RFC 3463).
/// Other channels know no bounces: there, every failure counts.
#[must_use]
pub fn is_bounce(channel: CampaignType, standing: Standing, raw: &str) -> bool {
    if !standing.is_failed() || channel != CampaignType::Email {
        return standing.is_failed();
    }
    let begins = |word: &str| {
        raw.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    !begins("EXHAUSTED") && !begins("BLOCKED")
}

/// One step of the funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelStage {
    /// Wire name of the stage.
    pub stage: String,
    /// Messages (sent, delivered) or people.
    pub count: u64,
    /// Share of the stage before; null at the first stage or on a zero base.
    pub of_previous: Option<f64>,
    /// Share of the first stage; null on a zero base.
    pub of_first: Option<f64>,
}

/// The funnel of a campaign type over one cohort's counts: the steps that type really has, so that a trivia
/// played by message doesn't show visits it cannot have.
#[must_use]
pub fn funnel(campaign_type: CampaignType, cohort: &Kpis) -> Vec<FunnelStage> {
    let stages: Vec<(&str, u64)> = match campaign_type {
        CampaignType::Sms => vec![
            ("sent", cohort.sent),
            ("delivered", cohort.delivered),
            ("clicked", cohort.clicked.unique),
        ],
        CampaignType::Email | CampaignType::Push => vec![
            ("sent", cohort.sent),
            ("delivered", cohort.delivered),
            ("opened", cohort.opened.unique),
            ("clicked", cohort.clicked.unique),
        ],
        CampaignType::WhatsApp | CampaignType::Rcs => vec![
            ("sent", cohort.sent),
            ("delivered", cohort.delivered),
            ("read", cohort.read.unique),
            ("clicked", cohort.clicked.unique),
        ],
        CampaignType::ESwipe | CampaignType::WebTrivia | CampaignType::Raffle => vec![
            ("visited", cohort.visited.unique),
            ("played", cohort.played.unique),
            ("completed", cohort.completed.unique),
            ("prize_assigned", cohort.prize_assigned.unique),
        ],
        CampaignType::SubscriptionForm => vec![
            ("visited", cohort.visited.unique),
            ("submitted", cohort.submitted.unique),
        ],
        CampaignType::WebPoll => vec![
            ("visited", cohort.visited.unique),
            ("answered", cohort.answered.unique),
            ("submitted", cohort.submitted.unique),
        ],
        CampaignType::Trivia => vec![
            ("delivered", cohort.delivered),
            ("received", cohort.received.unique),
            ("answered", cohort.answered.unique),
            ("completed", cohort.completed.unique),
            ("prize_assigned", cohort.prize_assigned.unique),
        ],
        CampaignType::Poll => vec![
            ("delivered", cohort.delivered),
            ("answered", cohort.answered.unique),
            ("submitted", cohort.submitted.unique),
        ],
        CampaignType::Keyword => vec![
            ("received", cohort.received.unique),
            ("sent", cohort.sent),
            ("delivered", cohort.delivered),
        ],
        CampaignType::Chatbot => vec![
            ("received", cohort.received.unique),
            ("completed", cohort.completed.unique),
        ],
        CampaignType::DigitalCoupon => vec![
            ("visited", cohort.visited.unique),
            ("pass_added", cohort.pass_added.unique),
            ("redeemed", cohort.redeemed.unique),
        ],
        CampaignType::MemberCard => vec![
            ("visited", cohort.visited.unique),
            ("pass_added", cohort.pass_added.unique),
        ],
        CampaignType::Geofence => vec![
            ("sent", cohort.sent),
            ("delivered", cohort.delivered),
            ("opened", cohort.opened.unique),
            ("converted", cohort.converted.unique),
        ],
    };
    let first = stages.first().map_or(0, |(_, count)| *count);
    let mut previous = None;
    stages
        .into_iter()
        .map(|(stage, count)| {
            let of_previous = previous.and_then(|before| ratio(count, before));
            previous = Some(count);
            FunnelStage {
                stage: stage.to_owned(),
                count,
                of_previous,
                of_first: ratio(count, first),
            }
        })
        .collect()
}

/// The range a report covers, as resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRange {
    /// First local date; without a range, the date of the first recorded event (null when there is none).
    pub from: Option<NaiveDate>,
    /// Last local date; without a range, the date of the last recorded event (null when there is none).
    pub to: Option<NaiveDate>,
    /// IANA zone.
    pub tz: String,
    /// Which time places a figure.
    pub clock: Clock,
}

/// Counts over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Width of the points; never `auto`.
    pub bucket: Bucket,
    /// Dense, in time order, zeros present.
    pub points: Vec<SeriesPoint>,
}

/// One point: the start of its bucket and a count per kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    /// Start of the bucket, RFC 3339 with the zone's offset.
    pub at: String,
    /// Count per wire name of the kind: messages for the delivery kinds, facts for the rest.
    #[serde(flatten)]
    pub counts: BTreeMap<String, u64>,
}

/// The kinds every point has, whatever the campaign: all that [`Kpis`] counts, so that the points of each add
/// up to its figure. Failures for now are among the failed.
pub fn series_kinds() -> impl Iterator<Item = EventKind> {
    let all = EventKind::ALL.iter().copied();
    all.filter(|kind| *kind != EventKind::SoftFailed)
}

/// A bar of *Messages by Status* and the raw statuses stacked in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusBar {
    /// Category.
    pub category: Category,
    /// Messages in it.
    pub count: u64,
    /// Raw statuses, most frequent first.
    pub raw: Vec<RawStatusCount>,
}

/// Messages with one raw status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawStatusCount {
    /// The provider's word.
    pub status: String,
    /// Messages.
    pub count: u64,
}

/// One row of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakdownRow {
    /// Value of the dimension.
    pub value: String,
    /// Facts of the dimension's kinds (see [`Dimension::counts`]).
    pub total: u64,
    /// Distinct recipients among them, exact.
    pub unique: u64,
    /// The same per kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_kind: BTreeMap<EventKind, Tally>,
}

/// The breakdowns, each sorted by unique, then total, then value.
pub type Breakdowns = BTreeMap<Dimension, Vec<BreakdownRow>>;

/// The answer. The same facts in any order give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The campaign; null in a report over the whole workspace.
    pub campaign: Option<Campaign>,
    /// What it covers.
    pub range: ReportRange,
    /// When it was made.
    pub as_of: DateTime<Utc>,
    /// Which events count.
    pub evidence: EvidenceFilter,
    /// Counts by the clock asked for.
    pub kpis: Kpis,
    /// Rates of the cohort sent in the range.
    pub rates: Rates,
    /// Funnel of the same cohort.
    pub funnel: Vec<FunnelStage>,
    /// Counts over time by the clock asked for.
    pub series: Series,
    /// Messages by status, of the cohort.
    pub statuses: Vec<StatusBar>,
    /// Breakdowns.
    pub breakdowns: Breakdowns,
}
