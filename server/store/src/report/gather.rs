//! Gathers a report's figures from roll-ups. What they don't answer is [`super::breakdown`]'s.

use std::collections::BTreeMap;

use domain::{
    CampaignType, EventKind, EvidenceFilter,
    message::{Lane, Standing},
    report::is_bounce,
};
use roaring::RoaringBitmap;

use super::rows;
use crate::{
    Result, WorkspaceId,
    rollup::{DAY_US, Family, QUARTER_US, QUARTERS_PER_DAY, Rollup, add_worth, moment},
    snapshot::Snapshot,
};

/// A half-open range of instants on quarter edges; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) from_us: Option<i64>,
    pub(super) to_us: Option<i64>,
}

impl Bounds {
    pub(super) fn is_whole(self) -> bool {
        self.from_us.is_none() && self.to_us.is_none()
    }

    pub(super) fn us(self) -> (i64, i64) {
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
    pub(super) fn whole_days(self) -> ((i64, i64), Vec<(i64, i64)>) {
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

impl From<(i64, i64)> for Bounds {
    fn from((from, to): (i64, i64)) -> Self {
        Self {
            from_us: Some(from),
            to_us: Some(to),
        }
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

    pub(super) fn add(&mut self, at_us: i64, slot: u8, by: i64) {
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

pub(super) fn add_lanes(lanes: &mut Lanes, rollup: &Rollup) {
    for (code, lane) in &rollup.lanes {
        let total = lanes.entry(*code).or_default();
        total.count += lane.count.max(0).unsigned_abs();
        total.people |= &lane.people.bits;
        for (currency, units) in &lane.values {
            add_worth(&mut total.values, currency, *units);
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

    /// Messages that bounced.
    pub(super) fn bounces(&self, channel: CampaignType) -> u64 {
        let cells = self.cells.iter();
        cells
            .filter(|((standing, _, raw), _)| {
                Standing::ALL
                    .get(usize::from(*standing))
                    .is_some_and(|standing| is_bounce(channel, *standing, raw))
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
    snapshot: &mut Snapshot,
    campaign: i64,
    bounds: Bounds,
    variant: Option<&str>,
    grid: Option<&mut Grid>,
) -> Result<Cohort> {
    let buckets = bounds.buckets(QUARTER_US);
    let families = [Family::Cohort];
    let rows = rows::rollups(snapshot, campaign, &families, buckets, variant).await?;
    // A grid without edges takes nothing.
    let mut unplaced = Grid::default();
    let grid = grid.unwrap_or(&mut unplaced);
    let empty = (Cohort::default(), std::mem::take(grid));
    let (cohort, placed) = rows::folded(rows, empty, |(cohort, grid), place, rollup| {
        let at_us = place.bucket * QUARTER_US;
        for ((standing, _, _), n) in &rollup.cells {
            if let Some(standing) = Standing::ALL.get(usize::from(*standing)) {
                slots_of(*standing).for_each(|slot| grid.add(at_us, slot, *n));
            }
        }
        for (code, lane) in &rollup.lanes {
            grid.add(at_us, *code, lane.count);
        }
        add_lanes(&mut cohort.lanes, &rollup);
        for (cell, n) in rollup.cells {
            *cohort.cells.entry(cell).or_insert(0) += n.max(0).unsigned_abs();
        }
    })
    .await?;
    *grid = placed;
    Ok(cohort)
}

/// Everything that happened in a range: counts per slot (lanes and moments), people and worth per lane.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) counts: BTreeMap<u8, u64>,
    pub(super) lanes: Lanes,
}

/// Reads the counts of a flow from roll-ups; its people are [`people`]'s.
pub(super) async fn flow(
    snapshot: &mut Snapshot,
    scope: Scope,
    bounds: Bounds,
    grid: &mut Grid,
) -> Result<Flow> {
    let (from, to) = bounds.us();
    let days = bounds.buckets(DAY_US);
    let rows = rows::rollups(snapshot, scope.key(), &[Family::Strip], days, None).await?;
    let empty = (Flow::default(), std::mem::take(grid));
    let (flow, placed) = rows::folded(rows, empty, move |(flow, grid), place, rollup| {
        for ((quarter, slot, _), n) in rollup.cells {
            let at_us = (place.bucket * QUARTERS_PER_DAY + i64::from(quarter)) * QUARTER_US;
            if at_us >= from && at_us < to {
                *flow.counts.entry(slot).or_insert(0) += n.max(0).unsigned_abs();
                grid.add(at_us, slot, n);
            }
        }
    })
    .await?;
    *grid = placed;
    Ok(flow)
}

/// People and worth per lane of everything that happened in a range. A campaign's whole life needn't be asked
/// for here: everything that happened is what happened to all its cohorts together.
pub(super) async fn people(snapshot: &mut Snapshot, scope: Scope, bounds: Bounds) -> Result<Lanes> {
    let (days, quarters) = match scope {
        Scope::Campaign(_) => ((0, 0), vec![bounds]),
        Scope::Workspace(_) => {
            let (days, ragged) = bounds.whole_days();
            (days, ragged.into_iter().map(Bounds::from).collect())
        }
    };
    let mut lanes = Lanes::new();
    let days = (Family::PeopleDay, days);
    let quarters = quarters
        .into_iter()
        .map(|part: Bounds| (Family::People, part.buckets(QUARTER_US)));
    for (family, buckets) in std::iter::once(days).chain(quarters) {
        let rows = rows::rollups(snapshot, scope.key(), &[family], buckets, None).await?;
        lanes = rows::folded(rows, lanes, |lanes, _, rollup| add_lanes(lanes, &rollup)).await?;
    }
    Ok(lanes)
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
