//! Reports: from the question to the answer.
//!
//! Every figure of a card, a report, an export or the API is made here, from the same reads, by the same
//! arithmetic (`domain::report`).

mod figures;
mod gather;
mod rows;
#[cfg(test)]
mod tests;
mod zone;

pub(crate) use figures::FigureCache;
pub(crate) use zone::start_of_day;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::{
    Campaign, CampaignKind, CampaignType, EventKind, EvidenceFilter, Refusal, Report, ReportQuery,
    event::Dimension,
    message::{Category, Engagement, Standing},
    money::Amount,
    report::{
        BreakdownRow, Breakdowns, Bucket, Clock, ConversionTally, Kpis, Rates, RawStatusCount,
        ReportRange, Series, SeriesPoint, StatusBar, funnel, series_kinds,
    },
    time::weekday_from_iso,
};

use self::gather::{Bounds, Breakdown, Cohort, Flow, Grid, Lanes, Scope};
use crate::{
    Result, Store, WorkspaceId,
    rollup::{QUARTER_US, moment},
};

/// Rows of one breakdown, at most.
const BREAKDOWN_ROWS_MAX: usize = 1_000;
/// Raw statuses of one bar, at most.
const RAW_STATUSES_MAX: usize = 100;

/// What a report is asked of.
struct Question<'a> {
    scope: Scope,
    campaign: Option<Campaign>,
    kind: CampaignKind,
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
        let row = self.campaign_row(workspace, id).await?;
        // After the campaign: its version must not promise more than what is then read.
        self.settle().await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let home = self.workspace(workspace).await?;
        let life = campaign
            .first_event_at
            .zip(campaign.last_event_at)
            .map(|(first, last)| (first.timestamp_micros(), last.timestamp_micros()));
        self.answer(Question {
            scope: Scope::Campaign(pk),
            kind: campaign.kind,
            campaign_type: campaign.campaign_type,
            campaign: Some(campaign),
            life,
            query,
            tz: query.tz.as_deref().map_or(Ok(home.time_zone), zone::zone)?,
            week_start: weekday_from_iso(home.week_start),
            as_of,
        })
        .await
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
        let home = self.workspace(workspace).await?;
        let life = self.life_of(workspace).await?;
        self.settle().await?;
        let query = ReportQuery {
            clock: Clock::Event,
            variant: None,
            ..query.clone()
        };
        self.answer(Question {
            scope: Scope::Workspace(workspace),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Email,
            campaign: None,
            life,
            query: &query,
            tz: query.tz.as_deref().map_or(Ok(home.time_zone), zone::zone)?,
            week_start: weekday_from_iso(home.week_start),
            as_of,
        })
        .await
    }

    async fn answer(&self, question: Question<'_>) -> Result<Report> {
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
                gather::cohort(self, pk, bounds, variant, grid).await?
            }
            Scope::Workspace(_) => Cohort::default(),
        };
        let from_rollups = gather::rollups_answer(bounds, query.clock, variant);
        let (flow, breakdown) = match scope {
            Scope::Campaign(pk) if !from_rollups => {
                let scanned =
                    gather::scan(self, pk, bounds, query.clock, variant, &mut grid).await?;
                (scanned.flow, scanned.breakdown)
            }
            _ => {
                let flow = if by_send_time {
                    Flow::default()
                } else {
                    gather::flow(self, scope.key(), bounds, &mut grid).await?
                };
                (flow, gather::breakdown_of_flow(self, scope, bounds).await?)
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
                Rates::of(&cohort_kpis),
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
                points: points(&grid, question.kind, scope, tz, filter),
            },
            statuses,
            breakdowns: breakdowns(breakdown, filter),
        })
    }
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

/// Every kind that is counted by facts and people.
fn reactions() -> impl Iterator<Item = EventKind> {
    EventKind::ALL
        .iter()
        .copied()
        .filter(|kind| !kind.is_delivery())
}

fn cohort_kpis(cohort: &Cohort, filter: EvidenceFilter) -> Kpis {
    let sent = cohort.messages(Standing::is_sent);
    let delivered = cohort.messages(Standing::is_delivered);
    let failed = cohort.messages(Standing::is_failed);
    let mut kpis = Kpis {
        queued: cohort.messages(|s| s == Standing::Queued),
        unsent: cohort.messages(|s| s == Standing::Unsent),
        sent,
        delivered,
        failed,
        transit: sent - delivered - failed,
        ..Kpis::default()
    };
    set_reactions(&mut kpis, &cohort.lanes, filter);
    kpis
}

fn flow_kpis(flow: &Flow, cohort: &Kpis, filter: EvidenceFilter) -> Kpis {
    let count = |slot: u8| flow.counts.get(&slot).copied().unwrap_or(0);
    let mut kpis = Kpis {
        queued: count(moment::QUEUED),
        unsent: count(moment::UNSENT),
        sent: count(moment::SENT),
        delivered: count(moment::DELIVERED),
        failed: count(moment::FAILED),
        transit: cohort.transit,
        ..Kpis::default()
    };
    set_reactions(&mut kpis, &flow.lanes, filter);
    kpis
}

fn set_reactions(kpis: &mut Kpis, lanes: &Lanes, filter: EvidenceFilter) {
    for kind in reactions() {
        kpis.set_tally(kind, gather::tally(lanes, kind, filter));
    }
    let values = lanes
        .get(&domain::message::Lane::human(EventKind::Converted).code())
        .map(|lane| &lane.values);
    if let Some(values) = values {
        let worth = conversion_worth(values);
        kpis.converted.value = worth.value;
        kpis.converted.currency = worth.currency;
        kpis.converted.other_values = worth.other_values;
    }
}

/// The currency with the most worth leads; the rest are listed, never added.
fn conversion_worth(values: &BTreeMap<String, i64>) -> ConversionTally {
    let mut worth = ConversionTally::default();
    let leading = values
        .iter()
        .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
    let Some((currency, units)) = leading else {
        return worth;
    };
    worth.value = Amount(*units);
    worth.currency = (!currency.is_empty()).then(|| currency.clone());
    worth.other_values = values
        .iter()
        .filter(|(other, _)| *other != currency)
        .map(|(other, units)| (other.clone(), Amount(*units)))
        .collect();
    worth
}

fn points(
    grid: &Grid,
    kind: CampaignKind,
    scope: Scope,
    tz: Tz,
    filter: EvidenceFilter,
) -> Vec<SeriesPoint> {
    let kinds: Vec<EventKind> = match scope {
        Scope::Campaign(_) => series_kinds(kind).to_vec(),
        // A workspace has both families: delivery moments first, then every reaction.
        Scope::Workspace(_) => {
            let mut kinds = series_kinds(CampaignKind::Messaging).to_vec();
            kinds.extend(
                series_kinds(CampaignKind::Interactive)
                    .iter()
                    .filter(|kind| !series_kinds(CampaignKind::Messaging).contains(kind)),
            );
            kinds
        }
    };
    let count = |slot: u8, point: usize| grid.counts.get(&slot).map_or(0, |counts| counts[point]);
    grid.starts()
        .iter()
        .enumerate()
        .map(|(point, at_us)| SeriesPoint {
            at: zone::label(tz, *at_us),
            counts: kinds
                .iter()
                .map(|kind| {
                    let n = match kind {
                        EventKind::Queued => count(moment::QUEUED, point),
                        EventKind::Unsent => count(moment::UNSENT, point),
                        EventKind::Sent => count(moment::SENT, point),
                        EventKind::Delivered => count(moment::DELIVERED, point),
                        EventKind::Failed => count(moment::FAILED, point),
                        kind => domain::message::Lane::all()
                            .filter(|lane| lane.kind() == *kind && lane.counts_under(filter))
                            .map(|lane| count(lane.code(), point))
                            .sum(),
                    };
                    (kind.as_str().to_owned(), n)
                })
                .collect(),
        })
        .collect()
}

fn statuses(channel: CampaignType, cohort: &Cohort, filter: EvidenceFilter) -> Vec<StatusBar> {
    let mut bars: BTreeMap<Category, BTreeMap<&str, u64>> = BTreeMap::new();
    for ((standing, engagement, raw), n) in &cohort.cells {
        let standing = Standing::ALL
            .get(usize::from(*standing))
            .copied()
            .unwrap_or(Standing::None);
        let engagement = match engagement {
            0 => Engagement::None,
            1 => Engagement::Machine,
            _ => Engagement::Human,
        };
        if let Some(category) = Category::of(channel, standing, engagement, raw, filter) {
            *bars.entry(category).or_default().entry(raw).or_insert(0) += n;
        }
    }
    let fixed = Category::of_channel(channel);
    let extra: Vec<Category> = bars
        .keys()
        .copied()
        .filter(|category| !fixed.contains(category))
        .collect();
    extra
        .into_iter()
        .chain(fixed.iter().copied())
        .map(|category| {
            let raw = bars.remove(&category).unwrap_or_default();
            let count = raw.values().sum();
            let mut raw: Vec<RawStatusCount> = raw
                .into_iter()
                .map(|(status, count)| RawStatusCount {
                    status: status.to_owned(),
                    count,
                })
                .collect();
            raw.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.status.cmp(&b.status)));
            raw.truncate(RAW_STATUSES_MAX);
            StatusBar {
                category,
                count,
                raw,
            }
        })
        .collect()
}

fn breakdowns(gathered: Breakdown, filter: EvidenceFilter) -> Breakdowns {
    let mut breakdowns: Breakdowns = Dimension::ALL
        .into_iter()
        .map(|dimension| (dimension, Vec::new()))
        .collect();
    for ((dimension, value), lanes) in gathered {
        let mut row = BreakdownRow {
            value,
            total: 0,
            unique: 0,
            by_kind: BTreeMap::new(),
        };
        let mut people = roaring::RoaringBitmap::new();
        for (code, lane) in &lanes {
            let Some(of) = domain::message::Lane::from_code(*code) else {
                continue;
            };
            if of.counts_under(filter) {
                row.total += lane.count;
                people |= &lane.people;
                row.by_kind
                    .insert(of.kind(), gather::tally(&lanes, of.kind(), filter));
            }
        }
        row.unique = people.len();
        if row.total > 0 {
            breakdowns.entry(dimension).or_default().push(row);
        }
    }
    for rows in breakdowns.values_mut() {
        rows.sort_by(|a, b| {
            b.unique
                .cmp(&a.unique)
                .then(b.total.cmp(&a.total))
                .then_with(|| a.value.cmp(&b.value))
        });
        rows.truncate(BREAKDOWN_ROWS_MAX);
    }
    breakdowns
}
