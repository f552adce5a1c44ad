//! How the figures of a panel are made: of a chart, of a breakdown.

use domain::{
    EventKind,
    event::Dimension,
    message::Category,
    report::{Report, ratio},
};

use super::{BY_SEND, Definition, Figure, Term, clock_text, evidence_text, recipients, term};
use crate::{
    chart::{Cell, ChartSpec},
    number::{count, group, people, percent},
    report::view_model::{breakdowns::Breakdown, charts::stage_label, series::plural_noun},
};

fn panel(id: &'static str, label: &'static str, value: String, definition: Definition) -> Figure {
    Figure {
        id,
        label,
        value,
        note: String::new(),
        definition,
    }
}

/// *Messages by status*.
#[must_use]
pub fn statuses_about(report: &Report) -> Figure {
    let all = recipients(report);
    let shown = |n| format!("{} of {}", count(n), count(all));
    let bars = report.statuses.iter();
    let reacts = report.statuses.iter().any(|bar| {
        matches!(
            bar.category,
            Category::Open | Category::Opened | Category::Read | Category::NotOpen
        )
    });
    let definition = Definition {
        sentence: "Each message stands in one bar: the furthest its receipts prove it came. The parts of a bar are \
                   the provider’s own words.",
        terms: bars
            .map(|bar| term("Bar", bar.category.label(), shown(bar.count)))
            .collect(),
        clock: BY_SEND,
        evidence: reacts.then(|| evidence_text(report.evidence)),
    };
    panel("statuses", "Messages by status", count(all), definition)
}

/// The funnel: each step with its numerator and its denominator.
#[must_use]
pub fn funnel_about(report: &Report) -> Figure {
    let mut before: Option<(&'static str, u64)> = None;
    let mut terms = Vec::new();
    for stage in &report.funnel {
        let label = stage_label(&stage.stage);
        terms.push(match before {
            None => term("Step", label, count(stage.count)),
            Some((name, n)) => term(
                "Step",
                format!("{label} ÷ {}", name.to_lowercase()),
                format!("{} ÷ {}", count(stage.count), count(n)),
            ),
        });
        before = Some((label, stage.count));
    }
    let last = report.funnel.last().and_then(|stage| stage.of_first);
    let definition = Definition {
        sentence: "Sent and delivered count messages, the other steps distinct people. A share is of the step \
                   before; the heading has the last step’s share of the first.",
        terms,
        clock: BY_SEND,
        evidence: Some(evidence_text(report.evidence)),
    };
    panel("funnel", "Funnel", percent(last), definition)
}

/// The time chart, from the table behind it: the file has the same numbers.
#[must_use]
pub fn time_about(spec: &ChartSpec, report: &Report) -> Figure {
    let sum = |column: usize| -> u64 {
        let cells = spec.table.rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| match cell {
                Cell::Count(n) => *n,
                _ => 0,
            })
            .sum()
    };
    let names = spec.table.head.iter().enumerate().skip(1);
    let definition = Definition {
        sentence: "A point counts what happened from its time to the next point’s. By event time the points of a \
                   line add up to its total.",
        terms: names
            .map(|(at, name)| term("Sum", name.clone(), count(sum(at))))
            .collect(),
        clock: clock_text(report.range.clock),
        evidence: Some(evidence_text(report.evidence)),
    };
    let points = group(&spec.categories.len().to_string());
    panel(
        "time",
        "Counts over time",
        format!("{points} points"),
        definition,
    )
}

/// Clicks per link, with their totals.
#[must_use]
pub fn links_about(report: &Report) -> Figure {
    let clicked = report.kpis.clicked;
    let links = report.breakdowns.get(&Dimension::Link).map_or(0, Vec::len) as u64;
    let definition = Definition {
        sentence: "Total counts every click on a link; people counts each person once per link. One who clicked two \
                   links is in both, but once in all.",
        terms: vec![
            term("Total", "Clicks on tracked links", count(clicked.total)),
            term(
                "People",
                "Distinct recipients, exact",
                count(clicked.unique),
            ),
            term("Links", "Different links clicked", count(links)),
        ],
        clock: clock_text(report.range.clock),
        evidence: Some(evidence_text(report.evidence)),
    };
    panel("links", "Clicks per link", count(clicked.total), definition)
}

/// Interaction events by kind.
#[must_use]
pub fn interactions_about(report: &Report) -> Figure {
    let mut all = 0;
    let mut terms: Vec<Term> = Vec::new();
    for kind in EventKind::ALL {
        if let Some(tally) = report.kpis.tally(*kind).filter(|tally| tally.total > 0) {
            all += tally.total;
            let shown = format!("{} by {}", count(tally.total), people(tally.unique));
            terms.push(term("Events", plural_noun(*kind), shown));
        }
    }
    let definition = Definition {
        sentence: "Everything that people did, and how many of them did it. One person can do a thing often.",
        terms,
        clock: clock_text(report.range.clock),
        evidence: Some(evidence_text(report.evidence)),
    };
    panel("interactions", "Interaction events", count(all), definition)
}

/// A breakdown.
#[must_use]
pub fn breakdown_about(list: &Breakdown, report: &Report) -> Figure {
    let by = |row: &super::super::Row| {
        if list.by_people {
            row.unique
        } else {
            row.total
        }
    };
    let all: u64 = list.rows.iter().map(by).sum();
    let mut terms = vec![
        term("Counted", list.unit, count(all)),
        term(
            "Rows",
            "Different values seen",
            count(list.rows.len() as u64),
        ),
    ];
    if let Some(first) = list.rows.first() {
        terms.push(term(
            "Share",
            format!("{} ÷ all rows", first.name),
            format!(
                "{} ÷ {} = {}",
                count(by(first)),
                count(all),
                percent(ratio(by(first), all))
            ),
        ));
    }
    let definition = Definition {
        sentence: if list.by_people {
            "Distinct people per value, exact. Someone seen with several values counts in each of them, so that \
             shares are of the sum of all rows."
        } else {
            "Events per value. Shares are of the sum of all rows."
        },
        terms,
        clock: clock_text(report.range.clock),
        evidence: list.by_people.then(|| evidence_text(report.evidence)),
    };
    panel(list.id, list.title, count(all), definition)
}
