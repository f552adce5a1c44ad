//! What a chart shows, without a word of how it is drawn.

use crate::number::{count, percent};

/// A colour by its place in the design tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// First series colour.
    C1,
    /// Second.
    C2,
    /// Third.
    C3,
    /// Fourth.
    C4,
    /// Fifth.
    C5,
    /// Sixth.
    C6,
    /// Neither good nor bad: grey.
    Quiet,
}

impl Tone {
    /// The series colours in the order of lines: neighbours differ most.
    pub const SERIES: [Self; 6] = [Self::C1, Self::C3, Self::C2, Self::C4, Self::C5, Self::C6];

    /// Custom property that holds it, and part of class names.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::C1 => "c1",
            Self::C2 => "c2",
            Self::C3 => "c3",
            Self::C4 => "c4",
            Self::C5 => "c5",
            Self::C6 => "c6",
            Self::Quiet => "ink-3",
        }
    }
}

/// The form of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Lines over time.
    Lines,
    /// One horizontal bar per category.
    Bars,
    /// One horizontal bar per category, stacked from parts.
    Stack,
    /// Several horizontal bars per category.
    Groups,
}

/// The name and colour of a single value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What the value is.
    pub name: String,
    /// Its colour.
    pub tone: Tone,
    /// Steps of transparency, 0 to 4.
    pub shade: u8,
}

/// One line, or the bars of one colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartSeries {
    /// Name in legend, tooltip and table.
    pub name: String,
    /// Colour.
    pub tone: Tone,
    /// One value per category.
    pub values: Vec<u64>,
    /// Name and colour per value, where they differ; else empty.
    pub marks: Vec<Mark>,
}

impl ChartSeries {
    /// A series whose values all look alike.
    #[must_use]
    pub fn plain(name: &str, tone: Tone, values: Vec<u64>) -> Self {
        Self {
            name: name.to_owned(),
            tone,
            values,
            marks: Vec::new(),
        }
    }
}

/// A cell of the data table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of things.
    Count(u64),
    /// A share; none on a zero base.
    Share(Option<f64>),
    /// A bucket: its label, and its start in RFC 3339.
    Time {
        /// Label.
        shown: String,
        /// RFC 3339 with the zone's offset.
        exact: String,
    },
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// As the table shows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Time { shown: text, .. } => text.clone(),
            Self::Count(n) => count(*n),
            Self::Share(share) => percent(*share),
        }
    }

    /// Whether it is aligned as a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Share(_))
    }
}

/// The data table of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Column names.
    pub head: Vec<String>,
    /// Rows, as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// Rows a data table shows at most; the CSV file has all.
pub const TABLE_ROWS_MAX: usize = 400;

impl Table {
    /// The rows to show: buckets without events are left out, and a very long table is cut.
    pub fn shown(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.rows
            .iter()
            .filter(|row| !is_idle(row))
            .take(TABLE_ROWS_MAX)
    }

    /// How many rows [`Self::shown`] leaves out.
    #[must_use]
    pub fn n_left_out(&self) -> usize {
        self.rows.len() - self.shown().count()
    }
}

fn is_idle(row: &[Cell]) -> bool {
    matches!(row.first(), Some(Cell::Time { .. }))
        && row
            .iter()
            .skip(1)
            .all(|cell| matches!(cell, Cell::Count(0)))
}

/// `2 more in the table`; empty when nothing is left out.
#[must_use]
pub fn rest_of(n_left_out: usize) -> String {
    match n_left_out {
        0 => String::new(),
        n => format!("{} more in the table", count(n as u64)),
    }
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSpec {
    /// Heading.
    pub title: String,
    /// What the numbers count, and the zone where times are shown.
    pub unit: String,
    /// Form.
    pub shape: Shape,
    /// Labels along the category axis.
    pub categories: Vec<String>,
    /// Labels at the far end of horizontal bars; as many as categories, or none.
    pub notes: Vec<String>,
    /// Lines or bars.
    pub series: Vec<ChartSeries>,
    /// What the table has beyond the drawing, as `2 more in the table`; empty when all is drawn.
    pub rest: String,
    /// The same as a table.
    pub table: Table,
}

impl ChartSpec {
    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series
            .iter()
            .all(|series| series.values.iter().all(|value| *value == 0))
    }

    /// Horizontal bars have a row each; lines have none.
    #[must_use]
    pub fn n_bars(&self) -> usize {
        if self.shape == Shape::Lines {
            0
        } else {
            self.categories.len()
        }
    }

    /// One category in words, for those who hear the chart.
    #[must_use]
    pub fn describe(&self, at: usize) -> String {
        let Some(category) = self.categories.get(at) else {
            return String::new();
        };
        let parts: Vec<String> = self
            .series
            .iter()
            .filter_map(|series| {
                let value = *series.values.get(at)?;
                let name = series.marks.get(at).map_or(&series.name, |mark| &mark.name);
                match self.shape {
                    Shape::Lines | Shape::Groups => Some(format!("{name} {}", count(value))),
                    Shape::Stack => (value > 0).then(|| format!("{name} {}", count(value))),
                    Shape::Bars => None,
                }
            })
            .collect();
        let note = self.notes.get(at).filter(|_| self.shape != Shape::Groups);
        [
            Some(category.clone()),
            note.cloned(),
            (!parts.is_empty()).then(|| parts.join(", ")),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(": ")
    }

    /// The whole chart in a sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let totals: Vec<String> = match self.shape {
            Shape::Lines | Shape::Groups => self
                .series
                .iter()
                .map(|series| format!("{} {}", series.name, count(series.values.iter().sum())))
                .collect(),
            Shape::Bars | Shape::Stack => self
                .categories
                .iter()
                .zip(&self.notes)
                .map(|(category, note)| format!("{category} {note}"))
                .collect(),
        };
        let mut summary = format!("{}, {}. {}", self.title, self.unit, totals.join(", "));
        if !self.rest.is_empty() {
            summary.push_str("; ");
            summary.push_str(&self.rest);
        }
        summary
    }
}
