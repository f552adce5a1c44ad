//! Reports: from the question to the answer.
//!
//! Every figure of a card, a report, an export or the API is made here, from the same reads, by the same
//! arithmetic (`domain::report`).

mod breakdown;
mod elements;
mod figures;
mod gather;
mod rows;
#[cfg(test)]
mod tests;
mod zone;

pub(crate) use figures::FigureCache;
pub(crate) use zone::start_of_day;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::{
    Campaign, CampaignType, Refusal, Report, ReportQuery,
    report::{Bucket, Clock, Rates, ReportRange, Series, funnel},
    time::weekday_from_iso,
};

use self::{
    elements::{breakdowns, cohort_kpis, flow_kpis, points, statuses},
    gather::{Bounds, Cohort, Flow, Grid, Scope},
};
use crate::{Result, Store, WorkspaceId, db::is_storable, rollup::QUARTER_US, snapshot::Snapshot};

/// What a report is asked of.
struct Question<'a> {
    scope: Scope,
    campaign: Option<Campaign>,
    campaign_type: CampaignType,
    /// First and last recorded event.
    life: Option<(i64, i64)>,
    query: &'a ReportQuery,
    tz: Tz,
    week_start: chrono::Weekday,
    as_of: DateTime<Utc>,
}

impl Store {
    /// The report of one campaign. `as_of` is the time it bears.
    ///
    /// # Errors
    /// Refused when the campaign isn't there, or the query names no zone, a reversed range, or too narrow
    /// a bucket.
    pub async fn report(
        &self,
        workspace: WorkspaceId,
        id: &str,
        query: &ReportQuery,
        as_of: DateTime<Utc>,
    ) -> Result<Report> {
        if query.variant.as_deref().is_some_and(|v| !is_storable(v)) {
            return Err(Refusal::invalid("variant", "holds a NUL character").into());
        }
        let mut snapshot = self.snapshot().await?;
        let row = snapshot.campaign_row(workspace, id).await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let home = snapshot.workspace(workspace).await?;
        let life = campaign
            .first_event_at
            .zip(campaign.last_event_at)
            .map(|(first, last)| (first.timestamp_micros(), last.timestamp_micros()));
        let question = Question {
            scope: Scope::Campaign(pk),
            campaign_type: campaign.campaign_type,
            campaign: Some(campaign),
            life,
            query,
            tz: query.tz.as_deref().map_or(Ok(home.time_zone), zone::zone)?,
            week_start: weekday_from_iso(home.week_start),
            as_of,
        };
        answer(&mut snapshot, question).await
    }

    /// Everything that happened in the workspace, by event time. Rates, funnel and statuses belong to one
    /// campaign's cohort and stay empty; `clock` and `variant` of the query don't apply.
    ///
    /// # Errors
    /// As [`Self::report`].
    pub async fn account_report(
        &self,
        workspace: WorkspaceId,
        query: &ReportQuery,
        as_of: DateTime<Utc>,
    ) -> Result<Report> {
        let mut snapshot = self.snapshot().await?;
        let home = snapshot.workspace(workspace).await?;
        let life = figures::life_of(&mut snapshot, workspace).await?;
        let query = ReportQuery {
            clock: Clock::Event,
            variant: None,
            ..query.clone()
        };
        let question = Question {
            scope: Scope::Workspace(workspace),
            campaign_type: CampaignType::Email,
            campaign: None,
            life,
            query: &query,
            tz: query.tz.as_deref().map_or(Ok(home.time_zone), zone::zone)?,
            week_start: weekday_from_iso(home.week_start),
            as_of,
        };
        answer(&mut snapshot, question).await
    }
}

/// All of it is read from one snapshot: what arrives meanwhile is in every figure or in none.
async fn answer(snapshot: &mut Snapshot, question: Question<'_>) -> Result<Report> {
    let Question {
        scope,
        query,
        tz,
        life,
        ..
    } = question;
    let (bounds, window) = resolve(query, tz, life)?;
    let bucket = match query.bucket {
        Bucket::Auto => zone::auto(window.0, window.1),
        bucket => bucket,
    };
    let edges = if window.0 < window.1 {
        zone::edges(tz, window.0, window.1, bucket, question.week_start)?
    } else {
        Vec::new()
    };
    let mut grid = Grid::new(edges);
    let variant = query.variant.as_deref();
    let by_send_time = query.clock == Clock::Send;

    let cohort = match scope {
        Scope::Campaign(pk) => {
            let grid = by_send_time.then_some(&mut grid);
            gather::cohort(snapshot, pk, bounds, variant, grid).await?
        }
        Scope::Workspace(_) => Cohort::default(),
    };
    let (flow, breakdown) = match scope {
        Scope::Campaign(pk) if !breakdown::rollups_answer(bounds, query.clock, variant) => {
            let scanned =
                breakdown::scan(snapshot, pk, bounds, query.clock, variant, &mut grid).await?;
            (scanned.flow, scanned.breakdown)
        }
        _ => {
            let flow = if by_send_time {
                Flow::default()
            } else {
                flow(snapshot, scope, bounds, &cohort, &mut grid).await?
            };
            let breakdown = breakdown::breakdown_of_flow(snapshot, scope, bounds).await?;
            (flow, breakdown)
        }
    };

    let filter = query.evidence;
    let cohort_kpis = cohort_kpis(&cohort, filter);
    let kpis = if by_send_time {
        cohort_kpis.clone()
    } else {
        flow_kpis(&flow, &cohort_kpis, filter)
    };
    let (rates, funnel_stages, statuses) = match scope {
        Scope::Campaign(_) => (
            Rates::of(&cohort_kpis).with_bounces(cohort.bounces(question.campaign_type)),
            funnel(question.campaign_type, &cohort_kpis),
            statuses(question.campaign_type, &cohort, filter),
        ),
        Scope::Workspace(_) => (Rates::default(), Vec::new(), Vec::new()),
    };
    Ok(Report {
        campaign: question.campaign,
        range: ReportRange {
            from: query
                .from
                .or(life.map(|(first, _)| zone::date_of(tz, first))),
            to: query.to.or(life.map(|(_, last)| zone::date_of(tz, last))),
            tz: tz.name().to_owned(),
            clock: query.clock,
        },
        as_of: question.as_of,
        evidence: filter,
        kpis,
        rates,
        funnel: funnel_stages,
        series: Series {
            bucket,
            points: points(&grid, tz, filter),
        },
        statuses,
        breakdowns: breakdowns(breakdown, filter),
    })
}

/// Everything that happened in the range, from roll-ups.
async fn flow(
    snapshot: &mut Snapshot,
    scope: Scope,
    bounds: Bounds,
    cohort: &Cohort,
    grid: &mut Grid,
) -> Result<Flow> {
    let mut flow = gather::flow(snapshot, scope, bounds, grid).await?;
    flow.lanes = match scope {
        Scope::Campaign(_) if bounds.is_whole() => cohort.lanes.clone(),
        _ => gather::people(snapshot, scope, bounds).await?,
    };
    Ok(flow)
}

/// The instants the query bounds, and the window its series spans (empty when nothing is known of either
/// end).
fn resolve(
    query: &ReportQuery,
    tz: Tz,
    life: Option<(i64, i64)>,
) -> Result<(Bounds, (i64, i64)), Refusal> {
    if let (Some(from), Some(to)) = (query.from, query.to)
        && from > to
    {
        return Err(Refusal::invalid("from", "is after to"));
    }
    let sane = |field: &str, date: Option<NaiveDate>| match date {
        Some(date) if !(1970..=2200).contains(&date.year()) => Err(Refusal::invalid(
            field,
            "lies outside the years 1970 to 2200",
        )),
        date => Ok(date),
    };
    let floor = |at_us: i64| at_us.div_euclid(QUARTER_US) * QUARTER_US;
    let from_us = sane("from", query.from)?.map(|date| floor(start_of_day(tz, date)));
    let to_us = sane("to", query.to)?
        .and_then(|date| date.checked_add_days(Days::new(1)))
        .map(|date| floor(start_of_day(tz, date)));
    let bounds = Bounds { from_us, to_us };
    let start = from_us.or(life.map(|(first, _)| floor(first)));
    let end = to_us.or(life.map(|(_, last)| floor(last) + QUARTER_US));
    let window = match (start, end) {
        (Some(start), Some(end)) if start < end => (start, end),
        _ => (0, 0),
    };
    Ok((bounds, window))
}
