//! Gathers what a report needs: from roll-ups where they answer, from the facts where they don't.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    EventKind, EvidenceFilter,
    event::Dimension,
    message::{Lane, Standing},
    report::Clock,
};
use roaring::RoaringBitmap;

use super::rows;
use crate::{
    Result, Store, WorkspaceId,
    rollup::{
        DAY_US, Family, QUARTER_US, QUARTERS_PER_DAY, Rollup, WORKSPACE_DIMENSIONS, counts_people,
        moment, quarter_of,
    },
    state,
};

/// A half-open range of instants on quarter edges; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) from_us: Option<i64>,
    pub(super) to_us: Option<i64>,
}

impl Bounds {
    fn is_whole(self) -> bool {
        self.from_us.is_none() && self.to_us.is_none()
    }

    fn us(self) -> (i64, i64) {
        (
            self.from_us.unwrap_or(i64::MIN),
            self.to_us.unwrap_or(i64::MAX),
        )
    }

    /// As bucket numbers of this width. Bounds lie on quarter edges, so quarters are exact.
    fn buckets(self, width_us: i64) -> (i64, i64) {
        (
            self.from_us.map_or(i64::MIN, |at| at.div_euclid(width_us)),
            self.to_us
                .map_or(i64::MAX, |at| (at + width_us - 1).div_euclid(width_us)),
        )
    }

    /// The UTC days that lie inside, and what is left at either end.
    fn whole_days(self) -> ((i64, i64), Vec<(i64, i64)>) {
        let (from, to) = self.us();
        let first = self
            .from_us
            .map_or(i64::MIN, |at| (at + DAY_US - 1).div_euclid(DAY_US));
        let last = self.to_us.map_or(i64::MAX, |at| at.div_euclid(DAY_US));
        if first >= last {
            return ((0, 0), vec![(from, to)]);
        }
        let mut ragged = Vec::new();
        if self.from_us.is_some() && from < first * DAY_US {
            ragged.push((from, first * DAY_US));
        }
        if self.to_us.is_some() && last * DAY_US < to {
            ragged.push((last * DAY_US, to));
        }
        ((first, last), ragged)
    }
}

/// Counts per slot over the points of a series. Slots: a lane's code or a [`moment`].
#[derive(Debug, Default)]
pub(super) struct Grid {
    edges: Vec<i64>,
    pub(super) counts: BTreeMap<u8, Vec<u64>>,
}

impl Grid {
    pub(super) fn new(edges: Vec<i64>) -> Self {
        Self {
            edges,
            counts: BTreeMap::new(),
        }
    }

    pub(super) fn starts(&self) -> &[i64] {
        self.edges.split_last().map_or(&[], |(_, starts)| starts)
    }

    fn add(&mut self, at_us: i64, slot: u8, by: i64) {
        let Some(point) = self
            .edges
            .partition_point(|edge| *edge <= at_us)
            .checked_sub(1)
        else {
            return;
        };
        let n_points = self.starts().len();
        if point < n_points && by > 0 {
            self.counts.entry(slot).or_insert_with(|| vec![0; n_points])[point] +=
                by.unsigned_abs();
        }
    }
}

/// Counts, people and worth of one lane.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneTotal {
    pub(super) count: u64,
    pub(super) people: RoaringBitmap,
    pub(super) values: BTreeMap<String, i64>,
}

/// Lanes by code.
pub(super) type Lanes = BTreeMap<u8, LaneTotal>;

fn add_lanes(lanes: &mut Lanes, rollup: &Rollup) {
    for (code, lane) in &rollup.lanes {
        let total = lanes.entry(*code).or_default();
        total.count += lane.count.max(0).unsigned_abs();
        total.people |= &lane.people.bits;
        for (currency, units) in &lane.values {
            *total.values.entry(currency.clone()).or_insert(0) += units;
        }
    }
}

/// The messages sent in a range, with everything that ever happened to them.
#[derive(Debug, Default)]
pub(super) struct Cohort {
    /// Messages by (standing, engagement, raw status).
    pub(super) cells: BTreeMap<(u8, u8, String), u64>,
    pub(super) lanes: Lanes,
}

impl Cohort {
    /// Messages whose standing passes.
    pub(super) fn messages(&self, pass: impl Fn(Standing) -> bool) -> u64 {
        self.cells
            .iter()
            .filter(|((standing, _, _), _)| {
                Standing::ALL
                    .get(usize::from(*standing))
                    .is_some_and(|s| pass(*s))
            })
            .map(|(_, n)| n)
            .sum()
    }
}

fn slots_of(standing: Standing) -> impl Iterator<Item = u8> {
    [
        (standing == Standing::Queued, moment::QUEUED),
        (standing == Standing::Unsent, moment::UNSENT),
        (standing.is_sent(), moment::SENT),
        (standing.is_delivered(), moment::DELIVERED),
        (standing.is_failed(), moment::FAILED),
    ]
    .into_iter()
    .filter(|(counts, _)| *counts)
    .map(|(_, slot)| slot)
}

/// Reads a cohort; where `grid` is given, places it by send time.
pub(super) async fn cohort(
    store: &Store,
    campaign: i64,
    bounds: Bounds,
    variant: Option<&str>,
    mut grid: Option<&mut Grid>,
) -> Result<Cohort> {
    let mut cohort = Cohort::default();
    let buckets = bounds.buckets(QUARTER_US);
    rows::rollups(
        store,
        campaign,
        Family::Cohort,
        buckets,
        variant,
        |bucket, _, rollup| {
            if let Some(grid) = grid.as_deref_mut() {
                let at_us = bucket * QUARTER_US;
                for ((standing, _, _), n) in &rollup.cells {
                    if let Some(standing) = Standing::ALL.get(usize::from(*standing)) {
                        slots_of(*standing).for_each(|slot| grid.add(at_us, slot, *n));
                    }
                }
                for (code, lane) in &rollup.lanes {
                    grid.add(at_us, *code, lane.count);
                }
            }
            add_lanes(&mut cohort.lanes, &rollup);
            for (cell, n) in rollup.cells {
                *cohort.cells.entry(cell).or_insert(0) += n.max(0).unsigned_abs();
            }
        },
    )
    .await?;
    Ok(cohort)
}

/// Everything that happened in a range: counts per slot (lanes and moments), people and worth per lane.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) counts: BTreeMap<u8, u64>,
    pub(super) lanes: Lanes,
}

/// Reads a flow from roll-ups. `scope` is a campaign's key, or minus a workspace's id.
pub(super) async fn flow(
    store: &Store,
    scope: i64,
    bounds: Bounds,
    grid: &mut Grid,
) -> Result<Flow> {
    let mut flow = Flow::default();
    let (from, to) = bounds.us();
    rows::rollups(
        store,
        scope,
        Family::Strip,
        bounds.buckets(DAY_US),
        None,
        |day, _, rollup| {
            for ((quarter, slot, _), n) in rollup.cells {
                let at_us = (day * QUARTERS_PER_DAY + i64::from(quarter)) * QUARTER_US;
                if at_us >= from && at_us < to {
                    *flow.counts.entry(slot).or_insert(0) += n.max(0).unsigned_abs();
                    grid.add(at_us, slot, n);
                }
            }
        },
    )
    .await?;
    let mut lanes = Lanes::new();
    let quarters = |(from, to): (i64, i64)| Bounds {
        from_us: Some(from),
        to_us: Some(to),
    };
    if scope < 0 {
        let (days, ragged) = bounds.whole_days();
        rows::rollups(
            store,
            scope,
            Family::PeopleDay,
            days,
            None,
            |_, _, rollup| {
                add_lanes(&mut lanes, &rollup);
            },
        )
        .await?;
        for part in ragged {
            let buckets = quarters(part).buckets(QUARTER_US);
            rows::rollups(
                store,
                scope,
                Family::People,
                buckets,
                None,
                |_, _, rollup| {
                    add_lanes(&mut lanes, &rollup);
                },
            )
            .await?;
        }
    } else {
        let buckets = bounds.buckets(QUARTER_US);
        rows::rollups(
            store,
            scope,
            Family::People,
            buckets,
            None,
            |_, _, rollup| {
                add_lanes(&mut lanes, &rollup);
            },
        )
        .await?;
    }
    flow.lanes = lanes;
    Ok(flow)
}

/// Facts and people per dimension value and lane.
pub(super) type Breakdown = BTreeMap<(Dimension, String), Lanes>;

fn count_fact(breakdown: &mut Breakdown, fact: &rows::ScannedFact, wanted: &[Dimension]) {
    for dimension in wanted {
        let Some(value) = &fact.dimensions[*dimension as usize] else {
            continue;
        };
        if !dimension.counts(fact.lane.kind()) {
            continue;
        }
        let total = breakdown
            .entry((*dimension, value.clone()))
            .or_default()
            .entry(fact.lane.code())
            .or_default();
        total.count += 1;
        total.people.insert(fact.ord);
    }
}

/// Breakdowns by event time from roll-ups; ragged ends from the facts.
pub(super) async fn breakdown_of_flow(
    store: &Store,
    scope: Scope,
    bounds: Bounds,
) -> Result<Breakdown> {
    let wanted: &[Dimension] = match scope {
        Scope::Campaign(_) => &Dimension::ALL,
        Scope::Workspace(_) => &WORKSPACE_DIMENSIONS,
    };
    let (days, ragged) = bounds.whole_days();
    let mut breakdown = Breakdown::new();
    for dimension in wanted {
        rows::rollups(
            store,
            scope.key(),
            Family::Dimension(*dimension),
            days,
            None,
            |_, value, rollup| {
                add_lanes(breakdown.entry((*dimension, value)).or_default(), &rollup);
            },
        )
        .await?;
    }
    for part in ragged {
        let campaigns = match scope {
            Scope::Campaign(pk) => vec![pk],
            Scope::Workspace(workspace) => rows::campaign_keys(store, workspace.0).await?,
        };
        for campaign in campaigns {
            rows::facts(store, campaign, part, |fact| {
                count_fact(&mut breakdown, &fact, wanted)
            })
            .await?;
        }
    }
    Ok(breakdown)
}

/// Whose figures.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    Campaign(i64),
    Workspace(WorkspaceId),
}

impl Scope {
    pub(super) fn key(self) -> i64 {
        match self {
            Self::Campaign(pk) => pk,
            Self::Workspace(workspace) => -workspace.0,
        }
    }
}

/// What only the facts can tell: breakdowns of a cohort, and anything of one variant by event time.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) breakdown: Breakdown,
    pub(super) flow: Flow,
}

/// Scans a campaign. By send time, the facts of the messages sent in `bounds`; by event time, the facts
/// in `bounds`; of `variant`'s messages only, where one is given.
pub(super) async fn scan(
    store: &Store,
    campaign: i64,
    bounds: Bounds,
    clock: Clock,
    variant: Option<&str>,
    grid: &mut Grid,
) -> Result<Scanned> {
    let (from, to) = bounds.us();
    let inside = |at_us: i64| at_us >= from && at_us < to;
    let mut scanned = Scanned::default();
    let mut chosen: HashSet<i64> = HashSet::new();
    let mut moments: HashMap<u8, Vec<i64>> = HashMap::new();
    rows::messages(store, campaign, |m, bytes| {
        let state = state::decode(bytes)?;
        let is_variant = variant.is_none_or(|v| state.variant.as_deref().unwrap_or_default() == v);
        let is_sent_inside = state.cohort_us().is_some_and(inside);
        if !is_variant || (clock == Clock::Send && !is_sent_inside) {
            return Ok(());
        }
        chosen.insert(m);
        if clock == Clock::Event {
            for (slot, at) in [
                (moment::QUEUED, state.queued_us()),
                (moment::UNSENT, state.unsent_us()),
                (moment::SENT, state.sent_us()),
                (moment::DELIVERED, state.delivered_us()),
                (moment::FAILED, state.failed_us()),
            ] {
                moments
                    .entry(slot)
                    .or_default()
                    .extend(at.filter(|at| inside(*at)));
            }
        }
        Ok(())
    })
    .await?;
    for (slot, at) in moments {
        scanned.flow.counts.insert(slot, at.len() as u64);
        // A moment lies anywhere in its quarter; points begin on quarters.
        at.into_iter()
            .for_each(|at| grid.add(quarter_of(at) * QUARTER_US, slot, 1));
    }
    let window = if clock == Clock::Send {
        (i64::MIN, i64::MAX)
    } else {
        (from, to)
    };
    rows::facts(store, campaign, window, |fact| {
        if !chosen.contains(&fact.m) {
            return;
        }
        count_fact(&mut scanned.breakdown, &fact, &Dimension::ALL);
        if clock == Clock::Send {
            return;
        }
        let code = fact.lane.code();
        *scanned.flow.counts.entry(code).or_insert(0) += 1;
        grid.add(quarter_of(fact.at_us) * QUARTER_US, code, 1);
        if counts_people(fact.lane.kind()) {
            let total = scanned.flow.lanes.entry(code).or_default();
            total.count += 1;
            total.people.insert(fact.ord);
            if let Some((units, currency)) = fact.value
                && fact.lane.kind() == EventKind::Converted
            {
                *total.values.entry(currency).or_insert(0) += units;
            }
        }
    })
    .await?;
    Ok(scanned)
}

/// Whether roll-ups alone answer the breakdowns.
pub(super) fn rollups_answer(bounds: Bounds, clock: Clock, variant: Option<&str>) -> bool {
    variant.is_none() && (bounds.is_whole() || clock == Clock::Event)
}

/// Total and distinct people of one kind under the evidence switch.
pub(super) fn tally(
    lanes: &Lanes,
    kind: EventKind,
    filter: EvidenceFilter,
) -> domain::report::Tally {
    let human = lanes.get(&Lane::human(kind).code());
    let machine = lanes
        .get(&Lane::machine(kind).code())
        .filter(|_| filter == EvidenceFilter::All && kind.can_be_machine());
    let total = [human, machine]
        .into_iter()
        .flatten()
        .map(|lane| lane.count)
        .sum();
    let unique = match (human, machine) {
        (Some(a), Some(b)) => a.people.union_len(&b.people),
        (Some(lane), None) | (None, Some(lane)) => lane.people.len(),
        (None, None) => 0,
    };
    domain::report::Tally { total, unique }
}
