//! Breakdowns, and what else only the facts can tell.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{EventKind, event::Dimension, message::MessageState, report::Clock};

use super::{
    gather::{Bounds, Flow, Grid, Lanes, Scope, add_lanes},
    rows::{self, ScannedFact, Wanted},
};
use crate::{
    Result,
    rollup::{
        Family, QUARTER_US, WORKSPACE_DIMENSIONS, add_worth, counts_people, moment, quarter_of,
    },
    snapshot::Snapshot,
    state,
};

/// Facts and people per dimension, value and lane.
pub(super) type Breakdown = BTreeMap<Dimension, BTreeMap<String, Lanes>>;

fn count_fact(breakdown: &mut Breakdown, fact: &ScannedFact<'_>, wanted: &[Dimension]) {
    for dimension in wanted {
        let Some(value) = fact.dimensions[*dimension as usize] else {
            continue;
        };
        if !dimension.counts(fact.lane.kind()) {
            continue;
        }
        let values = breakdown.entry(*dimension).or_default();
        let lanes = match values.get_mut(value) {
            Some(lanes) => lanes,
            None => values.entry(value.to_owned()).or_default(),
        };
        let total = lanes.entry(fact.lane.code()).or_default();
        total.count += 1;
        total.people.insert(fact.ord);
    }
}

/// Breakdowns by event time from roll-ups; ragged ends from the facts.
pub(super) async fn breakdown_of_flow(
    snapshot: &mut Snapshot,
    scope: Scope,
    bounds: Bounds,
) -> Result<Breakdown> {
    let wanted: &[Dimension] = match scope {
        Scope::Campaign(_) => &Dimension::ALL,
        Scope::Workspace(_) => &WORKSPACE_DIMENSIONS,
    };
    let (days, ragged) = bounds.whole_days();
    let families: Vec<Family> = wanted.iter().copied().map(Family::Dimension).collect();
    let rows = rows::rollups(snapshot, scope.key(), &families, days, None).await?;
    let by_code: HashMap<i64, Dimension> = wanted
        .iter()
        .map(|dimension| (Family::Dimension(*dimension).code(), *dimension))
        .collect();
    let empty = Breakdown::new();
    let mut breakdown = rows::folded(rows, empty, move |breakdown, place, rollup| {
        if let Some(dimension) = by_code.get(&place.family) {
            let values = breakdown.entry(*dimension).or_default();
            add_lanes(values.entry(place.value).or_default(), &rollup);
        }
    })
    .await?;
    for part in ragged {
        let facts = Wanted::Dimensions(scope, wanted);
        rows::facts(snapshot, part, facts, |fact| {
            count_fact(&mut breakdown, fact, wanted);
        })
        .await?;
    }
    Ok(breakdown)
}

/// What only the facts can tell: breakdowns of a cohort, and anything of one variant by event time.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) breakdown: Breakdown,
    pub(super) flow: Flow,
}

/// The messages a scan is about.
#[derive(Default)]
struct Chosen {
    keys: HashSet<i64>,
    /// First of all their facts, and just after the last.
    span: Option<(i64, i64)>,
    /// Instants of their moments inside the range, by slot.
    moments: HashMap<u8, Vec<i64>>,
}

impl Chosen {
    fn take(&mut self, m: i64, state: &MessageState) {
        self.keys.insert(m);
        for lane in &state.lanes {
            let (from, to) = self.span.unwrap_or((i64::MAX, i64::MIN));
            self.span = Some((from.min(lane.first_us), to.max(lane.last_us + 1)));
        }
    }

    fn take_moments(&mut self, state: &MessageState, inside: impl Fn(i64) -> bool) {
        for (slot, at) in [
            (moment::QUEUED, state.queued_us()),
            (moment::UNSENT, state.unsent_us()),
            (moment::SENT, state.sent_us()),
            (moment::DELIVERED, state.delivered_us()),
            (moment::FAILED, state.failed_us()),
        ] {
            let at = at.filter(|at| inside(*at));
            self.moments.entry(slot).or_default().extend(at);
        }
    }
}

async fn chosen(
    snapshot: &mut Snapshot,
    campaign: i64,
    bounds: Bounds,
    clock: Clock,
    variant: Option<&str>,
) -> Result<Chosen> {
    let (from, to) = bounds.us();
    let inside = |at_us: i64| at_us >= from && at_us < to;
    let mut chosen = Chosen::default();
    rows::messages(snapshot, campaign, |m, bytes| {
        let state = state::decode(bytes)?;
        let is_variant = variant.is_none_or(|v| state.variant.as_deref().unwrap_or_default() == v);
        let is_sent_inside = state.cohort_us().is_some_and(inside);
        if !is_variant || (clock == Clock::Send && !is_sent_inside) {
            return Ok(());
        }
        chosen.take(m, &state);
        if clock == Clock::Event {
            chosen.take_moments(&state, inside);
        }
        Ok(())
    })
    .await?;
    Ok(chosen)
}

/// Scans a campaign. By send time, the facts of the messages sent in `bounds`; by event time, the facts
/// in `bounds`; of `variant`'s messages only, where one is given.
pub(super) async fn scan(
    snapshot: &mut Snapshot,
    campaign: i64,
    bounds: Bounds,
    clock: Clock,
    variant: Option<&str>,
    grid: &mut Grid,
) -> Result<Scanned> {
    let chosen = chosen(snapshot, campaign, bounds, clock, variant).await?;
    let mut scanned = Scanned::default();
    for (slot, at) in chosen.moments {
        scanned.flow.counts.insert(slot, at.len() as u64);
        // A moment lies anywhere in its quarter; points begin on quarters.
        at.into_iter()
            .for_each(|at| grid.add(quarter_of(at) * QUARTER_US, slot, 1));
    }
    // The states know between which instants their facts lie: the rest of the campaign needn't be read. The
    // send time is no bound, since someone may have answered, or opted out, before a message was sent.
    let Some((first, end)) = chosen.span else {
        return Ok(scanned);
    };
    let (window, wanted) = match clock {
        Clock::Send => {
            let wanted = Wanted::Dimensions(Scope::Campaign(campaign), &Dimension::ALL);
            ((first, end), wanted)
        }
        Clock::Event => {
            let (from, to) = bounds.us();
            ((first.max(from), end.min(to)), Wanted::Everything(campaign))
        }
    };
    if window.0 >= window.1 {
        return Ok(scanned);
    }
    rows::facts(snapshot, window, wanted, |fact| {
        if chosen.keys.contains(&fact.m) {
            count_fact(&mut scanned.breakdown, fact, &Dimension::ALL);
            count_reaction(&mut scanned.flow, grid, fact);
        }
    })
    .await?;
    Ok(scanned)
}

/// Counts a reaction by event time. Facts read without their time are of a cohort, which has its own counts.
fn count_reaction(flow: &mut Flow, grid: &mut Grid, fact: &ScannedFact<'_>) {
    let Some((at_us, worth)) = fact.more else {
        return;
    };
    let (kind, code) = (fact.lane.kind(), fact.lane.code());
    if !counts_people(kind) {
        return;
    }
    grid.add(quarter_of(at_us) * QUARTER_US, code, 1);
    let total = flow.lanes.entry(code).or_default();
    total.count += 1;
    total.people.insert(fact.ord);
    if let (Some((units, currency)), EventKind::Converted) = (worth, kind) {
        add_worth(&mut total.values, currency, units);
    }
}

/// Whether roll-ups alone answer the breakdowns.
pub(super) fn rollups_answer(bounds: Bounds, clock: Clock, variant: Option<&str>) -> bool {
    variant.is_none() && (bounds.is_whole() || clock == Clock::Event)
}
