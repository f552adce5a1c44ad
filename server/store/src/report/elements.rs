//! The elements of a report, each from what was gathered.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use domain::{
    CampaignType, EventKind, EvidenceFilter,
    event::Dimension,
    message::{Category, Engagement, Lane, Standing},
    money::Amount,
    report::{
        BreakdownRow, Breakdowns, ConversionTally, Kpis, RawStatusCount, SeriesPoint, StatusBar,
        series_kinds,
    },
};

use super::{
    breakdown::Breakdown,
    gather::{self, Cohort, Flow, Grid, Lanes},
    zone,
};
use crate::rollup::moment;

/// Rows of one breakdown, at most.
const BREAKDOWN_ROWS_MAX: usize = 1_000;
/// Raw statuses of one bar, at most.
const RAW_STATUSES_MAX: usize = 100;

/// Every kind that is counted by facts and people.
fn reactions() -> impl Iterator<Item = EventKind> {
    EventKind::ALL
        .iter()
        .copied()
        .filter(|kind| !kind.is_delivery())
}

pub(super) fn cohort_kpis(cohort: &Cohort, filter: EvidenceFilter) -> Kpis {
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

pub(super) fn flow_kpis(flow: &Flow, cohort: &Kpis, filter: EvidenceFilter) -> Kpis {
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
        .get(&Lane::human(EventKind::Converted).code())
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

pub(super) fn points(grid: &Grid, tz: Tz, filter: EvidenceFilter) -> Vec<SeriesPoint> {
    let count = |slot: u8, point: usize| grid.counts.get(&slot).map_or(0, |counts| counts[point]);
    grid.starts()
        .iter()
        .enumerate()
        .map(|(point, at_us)| SeriesPoint {
            at: zone::label(tz, *at_us),
            counts: series_kinds()
                .map(|kind| {
                    let n = match kind {
                        EventKind::Queued => count(moment::QUEUED, point),
                        EventKind::Unsent => count(moment::UNSENT, point),
                        EventKind::Sent => count(moment::SENT, point),
                        EventKind::Delivered => count(moment::DELIVERED, point),
                        EventKind::Failed => count(moment::FAILED, point),
                        kind => Lane::all()
                            .filter(|lane| lane.kind() == kind && lane.counts_under(filter))
                            .map(|lane| count(lane.code(), point))
                            .sum(),
                    };
                    (kind.as_str().to_owned(), n)
                })
                .collect(),
        })
        .collect()
}

pub(super) fn statuses(
    channel: CampaignType,
    cohort: &Cohort,
    filter: EvidenceFilter,
) -> Vec<StatusBar> {
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

pub(super) fn breakdowns(gathered: Breakdown, filter: EvidenceFilter) -> Breakdowns {
    let mut breakdowns: Breakdowns = Dimension::ALL
        .into_iter()
        .map(|dimension| (dimension, Vec::new()))
        .collect();
    let gathered = gathered.into_iter().flat_map(|(dimension, values)| {
        let values = values.into_iter();
        values.map(move |(value, lanes)| (dimension, value, lanes))
    });
    for (dimension, value, lanes) in gathered {
        let mut row = BreakdownRow {
            value,
            total: 0,
            unique: 0,
            by_kind: BTreeMap::new(),
        };
        let mut people = roaring::RoaringBitmap::new();
        for (code, lane) in &lanes {
            let Some(of) = Lane::from_code(*code) else {
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
