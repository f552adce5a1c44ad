//! Breakdowns as lists with shares.

use domain::{
    EventKind,
    event::Dimension,
    report::{BreakdownRow, Breakdowns},
};

use super::country::country_name;
use crate::{
    chart::{Cell, Table},
    number::{count, percent},
};

/// Rows shown before *Show all*.
pub const ROWS_SHOWN: usize = 6;

/// A breakdown as a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// Stable within the page.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What the numbers count.
    pub unit: &'static str,
    /// Whether rows count distinct people; else events.
    pub by_people: bool,
    /// Most first.
    pub rows: Vec<Row>,
}

/// A row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Name shown.
    pub name: String,
    /// Distinct people, or events where people are not what is counted.
    pub shown: String,
    /// Share of all rows.
    pub share: String,
    /// Width of its bar, 0 to 1000 of the longest.
    pub permille: u64,
    /// Facts.
    pub total: u64,
    /// Distinct people.
    pub unique: u64,
}

struct Kind {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    // Messages have one outcome each: facts. People can do things twice: people.
    by_people: bool,
}

fn kind_of(dimension: Dimension) -> Kind {
    let (id, title, unit, by_people) = match dimension {
        Dimension::Link => ("links", "Links", "people who clicked", true),
        Dimension::Country => ("countries", "Countries", "people", true),
        Dimension::Os => ("systems", "Operating systems", "people", true),
        Dimension::Device => ("devices", "Devices", "people", true),
        Dimension::Carrier => ("carriers", "Carriers", "delivery outcomes", false),
        Dimension::Reason => ("reasons", "Failure reasons", "events", false),
        Dimension::Variant => ("variants", "Variants", "people", true),
    };
    Kind {
        id,
        title,
        unit,
        by_people,
    }
}

/// The breakdown by a dimension; none when nothing is known of it.
#[must_use]
pub fn breakdown(breakdowns: &Breakdowns, dimension: Dimension) -> Option<Breakdown> {
    let rows = breakdowns.get(&dimension).filter(|rows| !rows.is_empty())?;
    let common = common_site(rows);
    let named = rows.iter().map(|row| {
        (
            name_of(dimension, &row.value, common),
            row.total,
            row.unique,
        )
    });
    Some(list(kind_of(dimension), named.collect()))
}

/// Why messages failed or were held back; none when none did. Why people left is not among it.
#[must_use]
pub fn failure_reasons(breakdowns: &Breakdowns) -> Option<Breakdown> {
    let failures = [EventKind::Failed, EventKind::SoftFailed, EventKind::Unsent];
    of_kinds(
        breakdowns,
        Dimension::Reason,
        &failures,
        kind_of(Dimension::Reason),
    )
}

/// Why people opted out or complained; none when nobody said.
#[must_use]
pub fn opt_out_reasons(breakdowns: &Breakdowns) -> Option<Breakdown> {
    let kind = Kind {
        id: "opt-outs",
        title: "Opt-out reasons",
        ..kind_of(Dimension::Reason)
    };
    let kinds = [EventKind::Unsubscribed, EventKind::Complained];
    of_kinds(breakdowns, Dimension::Reason, &kinds, kind)
}

/// The clicks part of a breakdown, for Link Tracking.
#[must_use]
pub fn clicks_by(breakdowns: &Breakdowns, dimension: Dimension) -> Option<Breakdown> {
    let kind = Kind {
        unit: "people who clicked",
        ..kind_of(dimension)
    };
    of_kinds(breakdowns, dimension, &[EventKind::Clicked], kind)
}

/// The part of a breakdown that some kinds make. People who did several count once per kind.
fn of_kinds(
    breakdowns: &Breakdowns,
    dimension: Dimension,
    kinds: &[EventKind],
    kind: Kind,
) -> Option<Breakdown> {
    let part = |row: &BreakdownRow| {
        let tallies = kinds.iter().filter_map(|kind| row.by_kind.get(kind));
        let (total, unique) =
            tallies.fold((0, 0), |(t, u), tally| (t + tally.total, u + tally.unique));
        (total > 0).then(|| (name_of(dimension, &row.value, ""), total, unique))
    };
    let mut rows: Vec<_> = breakdowns
        .get(&dimension)?
        .iter()
        .filter_map(part)
        .collect();
    rows.sort_by(|a, b| (b.2, b.1).cmp(&(a.2, a.1)).then_with(|| a.0.cmp(&b.0)));
    (!rows.is_empty()).then(|| list(kind, rows))
}

fn name_of(dimension: Dimension, value: &str, common: &str) -> String {
    match dimension {
        _ if value.is_empty() => "Unknown".to_owned(),
        Dimension::Link => short_link(value, common).to_owned(),
        Dimension::Country => country_name(value).to_owned(),
        Dimension::Device => capitalised(value),
        _ => value.to_owned(),
    }
}

fn list(kind: Kind, rows: Vec<(String, u64, u64)>) -> Breakdown {
    let by = |total: u64, unique: u64| if kind.by_people { unique } else { total };
    let all: u64 = rows
        .iter()
        .map(|(_, total, unique)| by(*total, *unique))
        .sum();
    let most = rows
        .iter()
        .map(|(_, total, unique)| by(*total, *unique))
        .max()
        .unwrap_or(0)
        .max(1);
    let rows = rows
        .into_iter()
        .map(|(name, total, unique)| {
            let n = by(total, unique);
            Row {
                name,
                shown: count(n),
                share: percent(domain::report::ratio(n, all)),
                permille: n * 1_000 / most,
                total,
                unique,
            }
        })
        .collect();
    Breakdown {
        id: kind.id,
        title: kind.title,
        unit: kind.unit,
        by_people: kind.by_people,
        rows,
    }
}

/// A breakdown as the table its file has: every row, events and people.
#[must_use]
pub fn breakdown_table(list: &Breakdown) -> Table {
    Table {
        head: ["Name", "Events", "People"].map(str::to_owned).to_vec(),
        rows: list
            .rows
            .iter()
            .map(|row| {
                vec![
                    Cell::text(&row.name),
                    Cell::Count(row.total),
                    Cell::Count(row.unique),
                ]
            })
            .collect(),
    }
}

/// The part before the path that all links share: it tells none of them apart.
#[must_use]
pub fn common_site(links: &[BreakdownRow]) -> &str {
    let site = |link: &str| {
        let path = link.find("://").map_or(0, |at| at + 3);
        link[path..].find('/').map_or(0, |at| path + at)
    };
    let first = links.first().map_or("", |row| row.value.as_str());
    let common = &first[..site(first)];
    let is_common = links
        .iter()
        .all(|row| row.value[..site(&row.value)] == *common);
    if is_common { common } else { "" }
}

/// A link without what all of them share, or at least without its scheme.
#[must_use]
pub fn short_link<'a>(link: &'a str, common: &str) -> &'a str {
    match link.strip_prefix(common) {
        Some(path) if !common.is_empty() => path,
        _ => link.split_once("://").map_or(link, |(_, rest)| rest),
    }
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
