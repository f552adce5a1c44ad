//! A chart's table as a CSV file that a spreadsheet opens without running anything in it.

use super::spec::{Cell, Table};

/// The table as CSV (RFC 4180, UTF-8 with a mark so that spreadsheets read it as such). Counts are bare
/// numbers, shares fractions, times RFC 3339.
#[must_use]
pub fn csv(table: &Table) -> String {
    let mut file = String::from('\u{feff}');
    let mut line = |cells: Vec<String>| {
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    };
    line(table.head.iter().map(|name| field(name)).collect());
    for row in &table.rows {
        line(row.iter().map(cell).collect());
    }
    file
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => field(text),
        Cell::Count(n) => n.to_string(),
        Cell::Share(share) => share.map(|share| share.to_string()).unwrap_or_default(),
        Cell::Time { exact, .. } => field(exact),
    }
}

/// A text as a field. One that a spreadsheet would take for a formula is set behind an apostrophe.
fn field(text: &str) -> String {
    let starts_formula = text
        .trim_start_matches(' ')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guarded = if starts_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if guarded.contains(['"', ',', ';', '\n', '\r', '\t']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
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
