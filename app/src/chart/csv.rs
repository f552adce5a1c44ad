//! A chart's table as a CSV file that a spreadsheet opens without running anything in it.

use domain::csv;

use super::spec::{Cell, Table};

/// The table as CSV (UTF-8 with a mark so that spreadsheets read it as such). Counts are bare numbers, shares fractions,
/// times RFC 3339.
#[must_use]
pub fn csv(table: &Table) -> String {
    let mut file = String::from(csv::BYTE_ORDER_MARK);
    file.push_str(&csv::line(table.head.iter().map(String::as_str)));
    for row in &table.rows {
        file.push_str(&csv::line(row.iter().map(cell)));
    }
    file
}

fn cell(cell: &Cell) -> csv::Cell<'_> {
    match cell {
        Cell::Text(text) => csv::Cell::Text(text),
        Cell::Count(n) => csv::Cell::Count(*n),
        Cell::Share(share) => csv::Cell::Number(*share),
        Cell::Time { exact, .. } => csv::Cell::Text(exact),
    }
}

/// What a chart is of, beside its title: a picture says it, and files are named after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Whose data, as `campaign 1042`.
    pub about: String,
    /// The days it covers, as `2026-11-01..2026-11-30`; empty when there are none.
    pub span: String,
}

/// A file name from source and title: letters, digits and dashes.
#[must_use]
pub fn file_name(source: &Source, title: &str, extension: &str) -> String {
    let words: Vec<String> = [source.about.as_str(), title, source.span.as_str()]
        .into_iter()
        .flat_map(|part| part.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let stem: String = words.join("-").chars().take(120).collect();
    format!(
        "{}.{extension}",
        if stem.is_empty() { "chart" } else { &stem }
    )
}
