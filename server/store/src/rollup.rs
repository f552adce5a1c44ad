//! Roll-ups: counts and exact sets of recipients per bucket.
//!
//! | family | scope | bucket | cells | lanes |
//! |---|---|---|---|---|
//! | `Strip` | campaign, workspace | UTC day | (quarter of the day, slot) → count | – |
//! | `People` | campaign, workspace | quarter of an hour | – | people and worth per lane |
//! | `PeopleDay` | workspace | UTC day | – | the same, merged |
//! | `Cohort` | campaign | quarter of the send time; value = variant | (standing, engagement, raw status) → messages | facts, people, worth per lane |
//! | `Dimension(d)` | campaign, workspace | UTC day; value = value of `d` | – | facts and people per lane |
//!
//! `Strip` and `People` answer by event time, `Cohort` by send time. A quarter of an hour is the widest
//! bucket that is exact for every zone offset in use today.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{EventKind, event::Dimension, message::Lane};
use roaring::RoaringBitmap;

use crate::{
    Error, Result,
    codec::{Reader, Writer},
};

/// Microseconds in a quarter of an hour.
pub(crate) const QUARTER_US: i64 = 900_000_000;
/// Microseconds in a UTC day.
pub(crate) const DAY_US: i64 = 86_400_000_000;
/// Quarters in a UTC day.
pub(crate) const QUARTERS_PER_DAY: i64 = 96;

/// The quarter an instant lies in.
pub(crate) fn quarter_of(at_us: i64) -> i64 {
    at_us.div_euclid(QUARTER_US)
}

/// The UTC day an instant lies in.
pub(crate) fn day_of(at_us: i64) -> i64 {
    at_us.div_euclid(DAY_US)
}

/// What a roll-up row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    Strip,
    People,
    PeopleDay,
    Cohort,
    Dimension(Dimension),
}

impl Family {
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Strip => 0,
            Self::People => 1,
            Self::PeopleDay => 2,
            Self::Cohort => 3,
            Self::Dimension(dimension) => 10 + dimension as i64,
        }
    }
}

/// Key of a roll-up row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) scope: i64,
    pub(crate) family: Family,
    pub(crate) bucket: i64,
    pub(crate) value: String,
}

/// Slots of a strip's cells: a lane's code, or one of these for messages placed at a moment of theirs.
pub(crate) mod moment {
    pub(crate) const QUEUED: u8 = 200;
    pub(crate) const UNSENT: u8 = 201;
    pub(crate) const SENT: u8 = 202;
    pub(crate) const DELIVERED: u8 = 203;
    pub(crate) const FAILED: u8 = 204;
}

/// A set of recipients that remembers how many contributions hold each one in it, so that taking one
/// back is exact. Nearly always each is held once, and that costs nothing beyond the bitmap.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CountedSet {
    pub(crate) bits: RoaringBitmap,
    more: BTreeMap<u32, u32>,
}

impl CountedSet {
    /// Takes in a list of changes: see [`LaneDelta`].
    fn take(&mut self, mut people: Vec<(u32, i32)>) {
        // Neighbours share a container.
        people.sort_unstable();
        for (ord, by) in people {
            if by == 0 {
                self.bits.insert(ord);
            } else {
                self.change(ord, by);
            }
        }
    }

    fn change(&mut self, ord: u32, by: i32) {
        for _ in 0..by.unsigned_abs() {
            if by > 0 {
                if !self.bits.insert(ord) {
                    *self.more.entry(ord).or_insert(0) += 1;
                }
            } else if let Some(more) = self.more.get_mut(&ord) {
                *more -= 1;
                if *more == 0 {
                    self.more.remove(&ord);
                }
            } else {
                self.bits.remove(ord);
            }
        }
    }
}

/// One lane of a roll-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LaneSum {
    pub(crate) count: i64,
    /// Worth per currency, in ten-thousandths.
    pub(crate) values: BTreeMap<String, i64>,
    pub(crate) people: CountedSet,
}

/// A cell's place: see the table at the top.
pub(crate) type Cell = (u8, u8, String);

/// One roll-up row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rollup {
    pub(crate) cells: BTreeMap<Cell, i64>,
    pub(crate) lanes: BTreeMap<u8, LaneSum>,
}

const WHAT: &str = "roll-up";
const FORMAT: u8 = 1;
/// Below this many members a set is written as gaps; above it, as a Roaring bitmap.
const SMALL_SET: u64 = 64;

impl Rollup {
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let mut out = Writer(Vec::with_capacity(64));
        out.byte(FORMAT);
        out.unsigned(self.cells.len() as u64);
        for ((a, b, text), count) in &self.cells {
            out.byte(*a);
            out.byte(*b);
            out.text(text);
            out.signed(*count);
        }
        out.unsigned(self.lanes.len() as u64);
        for (code, lane) in &self.lanes {
            out.byte(*code);
            out.signed(lane.count);
            out.unsigned(lane.values.len() as u64);
            for (currency, units) in &lane.values {
                out.text(currency);
                out.signed(*units);
            }
            let bits = &lane.people.bits;
            out.unsigned(bits.len());
            if bits.len() < SMALL_SET {
                let mut before = 0;
                for ord in bits {
                    out.unsigned(u64::from(ord - before));
                    before = ord;
                }
            } else {
                out.unsigned(bits.serialized_size() as u64);
                bits.serialize_into(&mut out.0)
                    .map_err(|_| Error::Corrupt(WHAT))?;
            }
            out.unsigned(lane.people.more.len() as u64);
            for (ord, more) in &lane.people.more {
                out.unsigned(u64::from(*ord));
                out.unsigned(u64::from(*more));
            }
        }
        Ok(out.0)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut input = Reader::new(bytes, WHAT);
        if input.byte()? != FORMAT {
            return Err(Error::Corrupt(WHAT));
        }
        let mut rollup = Self::default();
        for _ in 0..input.length()? {
            let cell = (input.byte()?, input.byte()?, input.text()?);
            let count = input.signed()?;
            rollup.cells.insert(cell, count);
        }
        for _ in 0..input.length()? {
            let code = input.byte()?;
            Lane::from_code(code).ok_or(Error::Corrupt(WHAT))?;
            let mut lane = LaneSum {
                count: input.signed()?,
                ..LaneSum::default()
            };
            for _ in 0..input.length()? {
                let currency = input.text()?;
                lane.values.insert(currency, input.signed()?);
            }
            let len = input.unsigned()?;
            if len < SMALL_SET {
                let mut ord = 0_u32;
                for _ in 0..len {
                    ord = ord
                        .checked_add(input.count()?)
                        .ok_or(Error::Corrupt(WHAT))?;
                    lane.people.bits.insert(ord);
                }
            } else {
                let size = input.length()?;
                lane.people.bits = RoaringBitmap::deserialize_unchecked_from(input.take(size)?)
                    .map_err(|_| Error::Corrupt(WHAT))?;
            }
            for _ in 0..input.length()? {
                let ord = input.count()?;
                lane.people.more.insert(ord, input.count()?);
            }
            rollup.lanes.insert(code, lane);
        }
        Ok(rollup)
    }

    /// About how many bytes it takes in memory. A small set of people scattered over the workspace takes ten times what it
    /// does as gaps: a container for each 65,536 ordinals.
    pub(crate) fn weight(&self) -> usize {
        const ROW: usize = 256;
        const CELL: usize = 64;
        const LANE: usize = 192;
        const CONTAINER: u64 = 48;
        let people = |lane: &LaneSum| {
            let held = lane.people.bits.statistics();
            let bytes = u64::from(held.n_containers) * CONTAINER
                + held.n_bytes_array_containers
                + held.n_bytes_run_containers
                + held.n_bytes_bitset_containers;
            usize::try_from(bytes).unwrap_or(usize::MAX)
        };
        ROW + self.cells.len() * CELL
            + self
                .lanes
                .values()
                .map(|lane| LANE + people(lane))
                .sum::<usize>()
    }

    /// Whether nothing is left in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.lanes.is_empty()
    }

    /// Takes a change in. Cells, lanes and sums that come to nothing disappear, so that equal contents have equal
    /// bytes, whatever way led to them.
    pub(crate) fn apply(&mut self, delta: Delta) {
        for (cell, by) in delta.cells {
            match self.cells.entry(cell) {
                Entry::Vacant(_) if by == 0 => {}
                Entry::Vacant(free) => {
                    free.insert(by);
                }
                Entry::Occupied(mut held) => {
                    *held.get_mut() += by;
                    if *held.get() == 0 {
                        held.remove();
                    }
                }
            }
        }
        for (code, change) in delta.lanes {
            let lane = self.lanes.entry(code).or_default();
            lane.count += change.count;
            for (currency, by) in change.values {
                add_worth(&mut lane.values, &currency, by);
            }
            lane.values.retain(|_, units| *units != 0);
            lane.people.take(change.people);
            if lane.count == 0 && lane.people.bits.is_empty() {
                self.lanes.remove(&code);
            }
        }
    }
}

/// Adds to the sum of a currency. Sums are exact up to ±922 trillion; beyond, they wrap rather than depend on the
/// order of what was added.
pub(crate) fn add_worth(values: &mut BTreeMap<String, i64>, currency: &str, units: i64) {
    match values.get_mut(currency) {
        Some(sum) => *sum = sum.wrapping_add(units),
        None => {
            values.insert(currency.to_owned(), units);
        }
    }
}

/// A change of one lane. People: (ordinal, 0 to put in; +1/−1 to hold or release).
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneDelta {
    pub(crate) count: i64,
    pub(crate) values: BTreeMap<String, i64>,
    pub(crate) people: Vec<(u32, i32)>,
}

/// A change of one roll-up row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    pub(crate) cells: BTreeMap<Cell, i64>,
    pub(crate) lanes: BTreeMap<u8, LaneDelta>,
}

impl Delta {
    pub(crate) fn cell(&mut self, cell: Cell, by: i64) {
        *self.cells.entry(cell).or_insert(0) += by;
    }

    pub(crate) fn lane(&mut self, lane: Lane) -> &mut LaneDelta {
        self.lanes.entry(lane.code()).or_default()
    }
}

/// Whether people are counted for a kind: for the delivery kinds messages are.
pub(crate) fn counts_people(kind: EventKind) -> bool {
    !kind.is_delivery()
}

/// The dimensions kept for the whole workspace; links, reasons and variants mean nothing across campaigns.
pub(crate) const WORKSPACE_DIMENSIONS: [Dimension; 4] = [
    Dimension::Country,
    Dimension::Os,
    Dimension::Device,
    Dimension::Carrier,
];
