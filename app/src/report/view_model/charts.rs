//! The bar charts of a report.

use domain::{
    EventKind,
    event::Dimension,
    message::Category,
    report::{Report, StatusBar},
};

use super::{
    breakdowns::{common_site, short_link},
    series::plural_noun,
};
use crate::{
    chart::{Cell, ChartSeries, ChartSpec, Mark, Shape, Table, Tone, rest_of},
    number::{count, percent},
};

/// Links drawn as bars; the table has all.
const LINKS_DRAWN: usize = 8;

fn tone_of(category: Category) -> Tone {
    match category {
        Category::Queued | Category::Unsent => Tone::Quiet,
        Category::Sent => Tone::C4,
        Category::Transit => Tone::C3,
        Category::Delivered | Category::NotOpen => Tone::C2,
        Category::Open | Category::Opened | Category::Read => Tone::C1,
        Category::Fallback => Tone::C6,
        Category::Failed => Tone::C5,
    }
}

/// Messages by status, raw statuses stacked.
#[must_use]
pub fn statuses_chart(report: &Report) -> ChartSpec {
    let bars = &report.statuses;
    let all: u64 = bars.iter().map(|bar| bar.count).sum();
    let deepest = bars.iter().map(|bar| bar.raw.len()).max().unwrap_or(0);
    // The nth series holds the nth raw status of each bar: a stack needs no more series than that.
    let series = (0..deepest).map(|depth| ChartSeries {
        name: String::new(),
        tone: Tone::C1,
        values: bars
            .iter()
            .map(|bar| bar.raw.get(depth).map_or(0, |raw| raw.count))
            .collect(),
        marks: bars
            .iter()
            .map(|bar| Mark {
                name: bar
                    .raw
                    .get(depth)
                    .map(|raw| raw.status.clone())
                    .unwrap_or_default(),
                tone: tone_of(bar.category),
                shade: u8::try_from(depth.min(4)).unwrap_or(4),
            })
            .collect(),
    });
    ChartSpec {
        title: "Messages by status".to_owned(),
        unit: in_zone("messages", report),
        shape: Shape::Stack,
        categories: bars
            .iter()
            .map(|bar| bar.category.label().to_owned())
            .collect(),
        notes: bars
            .iter()
            .map(|bar| {
                let share = percent(domain::report::ratio(bar.count, all));
                format!("{} · {share}", count(bar.count))
            })
            .collect(),
        series: series.collect(),
        rest: String::new(),
        table: statuses_table(bars),
    }
}

fn statuses_table(bars: &[StatusBar]) -> Table {
    let mut rows = Vec::new();
    for bar in bars {
        let label = bar.category.label();
        if bar.raw.is_empty() {
            rows.push(vec![
                Cell::text(label),
                Cell::text("—"),
                Cell::Count(bar.count),
            ]);
        }
        for raw in &bar.raw {
            rows.push(vec![
                Cell::text(label),
                Cell::text(&raw.status),
                Cell::Count(raw.count),
            ]);
        }
    }
    let head = ["Status", "Provider’s word", "Messages"];
    Table {
        head: head.map(str::to_owned).to_vec(),
        rows,
    }
}

/// A unit, and the zone whose days the range is made of.
fn in_zone(unit: &str, report: &Report) -> String {
    format!("{unit}, {}", report.range.tz)
}

pub(super) fn stage_label(stage: &str) -> &'static str {
    match stage {
        "sent" => "Sent",
        "delivered" => "Delivered",
        "opened" => "Opened",
        "read" => "Read",
        "clicked" => "Clicked",
        "received" => "Wrote in",
        "answered" => "Answered",
        "converted" => "Converted",
        "visited" => "Visited",
        "played" => "Played",
        "completed" => "Completed",
        "submitted" => "Submitted",
        "redeemed" => "Redeemed",
        "pass_added" => "Pass added",
        "prize_assigned" => "Prize",
        _ => "Other",
    }
}

/// The funnel. Sent and delivered are messages, the rest are people.
#[must_use]
pub fn funnel_chart(report: &Report) -> ChartSpec {
    let stages = &report.funnel;
    let label = |stage: &str| stage_label(stage).to_owned();
    ChartSpec {
        title: "Funnel".to_owned(),
        unit: in_zone("share of the step before", report),
        shape: Shape::Bars,
        categories: stages.iter().map(|stage| label(&stage.stage)).collect(),
        notes: stages
            .iter()
            .enumerate()
            .map(|(at, stage)| {
                let share = if at == 0 && stage.count > 0 {
                    Some(1.0)
                } else {
                    stage.of_previous
                };
                format!("{} · {}", count(stage.count), percent(share))
            })
            .collect(),
        series: vec![ChartSeries {
            name: "Funnel".to_owned(),
            tone: Tone::C1,
            values: stages.iter().map(|stage| stage.count).collect(),
            marks: stages
                .iter()
                .enumerate()
                .map(|(at, stage)| Mark {
                    name: label(&stage.stage),
                    tone: Tone::C1,
                    shade: u8::try_from(at.min(4)).unwrap_or(4),
                })
                .collect(),
        }],
        rest: String::new(),
        table: Table {
            head: ["Step", "Count", "Of the step before", "Of the first"]
                .map(str::to_owned)
                .to_vec(),
            rows: stages
                .iter()
                .map(|stage| {
                    vec![
                        Cell::text(stage_label(&stage.stage)),
                        Cell::Count(stage.count),
                        Cell::Share(stage.of_previous),
                        Cell::Share(stage.of_first),
                    ]
                })
                .collect(),
        },
    }
}

/// Pairs of total and distinct people as grouped bars.
fn pairs(
    title: &str,
    unit: String,
    names: [&str; 3],
    rows: &[(String, u64, u64)],
    drawn: usize,
) -> ChartSpec {
    let shown = &rows[..rows.len().min(drawn)];
    let all: u64 = rows.iter().map(|(_, total, _)| *total).sum();
    ChartSpec {
        title: title.to_owned(),
        unit,
        shape: Shape::Groups,
        categories: shown.iter().map(|(name, _, _)| name.clone()).collect(),
        notes: shown
            .iter()
            .map(|(_, total, unique)| format!("{} · {}", count(*total), count(*unique)))
            .collect(),
        series: vec![
            ChartSeries::plain(names[1], Tone::C1, shown.iter().map(|row| row.1).collect()),
            ChartSeries::plain(names[2], Tone::C3, shown.iter().map(|row| row.2).collect()),
        ],
        rest: rest_of(rows.len() - shown.len()),
        table: Table {
            head: vec![
                names[0].to_owned(),
                names[1].to_owned(),
                names[2].to_owned(),
                "Share of total".to_owned(),
            ],
            rows: rows
                .iter()
                .map(|(name, total, unique)| {
                    vec![
                        Cell::text(name),
                        Cell::Count(*total),
                        Cell::Count(*unique),
                        Cell::Share(domain::report::ratio(*total, all)),
                    ]
                })
                .collect(),
        },
    }
}

/// Clicks per link, total and unique.
#[must_use]
pub fn links_chart(report: &Report) -> ChartSpec {
    let links = report
        .breakdowns
        .get(&Dimension::Link)
        .map_or(&[][..], Vec::as_slice);
    let common = common_site(links);
    let rows: Vec<(String, u64, u64)> = links
        .iter()
        .map(|row| {
            (
                short_link(&row.value, common).to_owned(),
                row.total,
                row.unique,
            )
        })
        .collect();
    let names = ["Link", "Total clicks", "People"];
    let mut spec = pairs(
        "Clicks per link",
        in_zone("clicks and distinct people", report),
        names,
        &rows,
        LINKS_DRAWN,
    );
    // Bars have little room; the table and the file name each link in full.
    for (cells, link) in spec.table.rows.iter_mut().zip(links) {
        cells[0] = Cell::text(&link.value);
    }
    spec
}

/// Interaction events by kind, total and unique.
#[must_use]
pub fn interactions_chart(report: &Report) -> ChartSpec {
    let rows: Vec<(String, u64, u64)> = EventKind::ALL
        .iter()
        .filter_map(|kind| {
            let tally = report.kpis.tally(*kind).filter(|tally| tally.total > 0)?;
            Some((plural_noun(*kind).to_owned(), tally.total, tally.unique))
        })
        .collect();
    let names = ["Event", "Events", "People"];
    pairs(
        "Interaction events",
        in_zone("events and distinct people", report),
        names,
        &rows,
        rows.len(),
    )
}
