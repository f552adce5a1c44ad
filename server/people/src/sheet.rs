//! Rows of a workbook: its first sheet with anything in it, read cell by cell.

use std::io::{BufRead, Read, Seek};

use chrono::{Duration, NaiveDate};

use crate::{
    CELL_BYTES_MAX, COLUMNS_MAX, Take, Unreadable,
    book::{Book, Shared},
    format::Format,
    xml::{Item, Piece, Tag, Xml, push, unescaped},
    zip::spoiled,
};

/// Rows a sheet has, …
const ROWS_MAX: u32 = 1_048_576;
/// … and columns.
const SHEET_COLUMNS_MAX: usize = 16_384;

/// Hands over the rows of a workbook that have anything in them; `room` is the number of bytes that may be unpacked.
pub(crate) fn each(source: impl Read + Seek, room: u64, take: Take<'_>) -> Result<(), Unreadable> {
    let mut book = Book::open(source, room)?;
    for name in std::mem::take(&mut book.sheets) {
        let Some((mut xml, shared)) = book.sheet(&name)? else {
            continue;
        };
        if rows(&mut xml, shared, take)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Hands over the rows of a sheet. Says whether there was one with anything in it, or nobody wants more.
fn rows(
    xml: &mut Xml<impl BufRead>,
    shared: Shared<'_>,
    take: Take<'_>,
) -> Result<bool, Unreadable> {
    let mut row = Gathered::default();
    let mut at = Position::default();
    let mut cell: Option<Cell> = None;
    let mut is_empty = true;
    loop {
        let piece = xml.next()?;
        if let Some(cell) = &mut cell {
            cell.take(&piece);
        }
        match &piece {
            Piece::Eof => break,
            Piece::Start(tag) if tag.name() == "row" => at.begin_row(tag)?,
            Piece::Start(tag) if tag.name() == "c" => cell = Some(at.begin_cell(tag)?),
            _ if piece.ends("row") => at.end_row(),
            _ if piece.ends("c") => {
                let Some(cell) = cell.take() else { continue };
                if at.row != row.at {
                    if !row.give(take) {
                        return Ok(true);
                    }
                    row = Gathered {
                        at: at.row,
                        ..Gathered::default()
                    };
                }
                let text = cell.written(shared)?;
                if !text.is_empty() {
                    is_empty = false;
                    row.put(at.column, text);
                }
                at.column += 1;
            }
            _ if piece.ends("sheetData") => break,
            _ => {}
        }
    }
    Ok(!row.give(take) || !is_empty)
}

/// Where in the sheet the reader is, from 0.
#[derive(Default)]
struct Position {
    row: u32,
    column: usize,
}

impl Position {
    fn begin_row(&mut self, tag: &Tag<'_>) -> Result<(), Unreadable> {
        if let Some(number) = tag.attribute("r") {
            let number: u32 = number.trim().parse().map_err(|_| spoiled())?;
            self.row = within(number)?;
        }
        self.column = 0;
        Ok(())
    }

    fn end_row(&mut self) {
        self.row = self.row.saturating_add(1);
        self.column = 0;
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) -> Result<Cell, Unreadable> {
        if let Some(place) = tag.attribute("r") {
            (self.row, self.column) = place_of(place.trim())?;
        }
        if self.row >= ROWS_MAX || self.column >= SHEET_COLUMNS_MAX {
            return Err(spoiled());
        }
        let kind = match tag.attribute("t").as_deref() {
            None | Some("n") => Kind::Number,
            Some("s") => Kind::Shared,
            Some("b") => Kind::Flag,
            Some("e") => Kind::Error,
            Some("inlineStr" | "is") => Kind::Inline,
            // Text of formulas (`str`), dates (`d`).
            Some(_) => Kind::Text,
        };
        let style = tag.attribute("s").and_then(|style| style.parse().ok());
        Ok(Cell {
            kind,
            style,
            ..Cell::default()
        })
    }
}

/// A row's number, from 1, as its place.
fn within(number: u32) -> Result<u32, Unreadable> {
    let is_there = (1..=ROWS_MAX).contains(&number);
    is_there.then(|| number - 1).ok_or_else(spoiled)
}

/// Row and column of a place such as `BC12`.
fn place_of(place: &str) -> Result<(u32, usize), Unreadable> {
    let letters = place.len()
        - place
            .trim_start_matches(|one: char| one.is_ascii_alphabetic())
            .len();
    let (column, row) = place.split_at(letters);
    if !(1..=3).contains(&column.len()) {
        return Err(spoiled());
    }
    let column = column.bytes().fold(0, |column, letter| {
        column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row: u32 = row.parse().map_err(|_| spoiled())?;
    Ok((within(row)?, column - 1))
}

#[derive(Clone, Copy, Default)]
enum Kind {
    #[default]
    Number,
    /// Number of a shared string.
    Shared,
    Flag,
    Error,
    Inline,
    Text,
}

/// A cell on its way in.
#[derive(Default)]
struct Cell {
    kind: Kind,
    style: Option<usize>,
    value: String,
    is_value: bool,
    inline: Option<Item>,
    text: String,
}

impl Cell {
    fn take(&mut self, piece: &Piece<'_>) {
        if let Some(item) = &mut self.inline {
            item.take(piece);
            if piece.ends("is") {
                self.text = item.end();
                self.inline = None;
            }
            return;
        }
        match piece {
            _ if piece.starts("is") => self.inline = Some(Item::default()),
            _ if piece.starts("v") => self.is_value = true,
            _ if piece.ends("v") => self.is_value = false,
            Piece::Text(text) if self.is_value => push(&mut self.value, text),
            _ => {}
        }
    }

    /// The value as one would type it.
    fn written(self, shared: Shared<'_>) -> Result<String, Unreadable> {
        let value = self.value.trim();
        Ok(match self.kind {
            Kind::Inline => self.text.trim().to_owned(),
            Kind::Text => unescaped(value).trim().to_owned(),
            Kind::Error => String::new(),
            _ if value.is_empty() => String::new(),
            Kind::Shared => {
                let n: usize = value.parse().map_err(|_| spoiled())?;
                shared.strings.get(n).ok_or_else(spoiled)?.trim().to_owned()
            }
            Kind::Flag => match value.to_ascii_lowercase().as_str() {
                "0" | "false" => "false".to_owned(),
                "1" | "true" => "true".to_owned(),
                _ => return Err(spoiled()),
            },
            // What is no number is shown as it is.
            Kind::Number => match value.parse::<f64>() {
                Ok(number) => written(number, self.format(shared), shared.is_1904),
                Err(_) => value.to_owned(),
            },
        })
    }

    fn format(&self, shared: Shared<'_>) -> Format {
        self.style
            .and_then(|style| shared.formats.get(style))
            .copied()
            .unwrap_or(Format::Number)
    }
}

/// A number as one would type it: numbers are floats in a workbook, and a phone number is no 3.46e10.
fn written(number: f64, format: Format, is_1904: bool) -> String {
    match format {
        Format::Date => date(number, is_1904).unwrap_or_else(|| number.to_string()),
        Format::Number | Format::Duration => number.to_string(),
    }
}

/// The day and time a number of days is; none when it is before the calendar begins, or after the year 9999.
fn date(days: f64, is_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    let epoch = if is_1904 {
        NaiveDate::from_ymd_opt(1904, 1, 1)
    } else if days < 60.0 {
        NaiveDate::from_ymd_opt(1899, 12, 31)
    } else {
        // Excel believes in a 29 February 1900.
        NaiveDate::from_ymd_opt(1899, 12, 30)
    };
    #[expect(clippy::cast_possible_truncation, reason = "the range was looked at")]
    let seconds = (days * 86_400.0).round() as i64;
    let time = epoch?
        .and_hms_opt(0, 0, 0)?
        .checked_add_signed(Duration::try_seconds(seconds)?)?;
    let shape = if seconds % 86_400 == 0 {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    Some(time.format(shape).to_string())
}

/// The cells of a row so far.
#[derive(Default)]
struct Gathered {
    at: u32,
    cells: Vec<String>,
    wrong: Option<&'static str>,
}

impl Gathered {
    fn put(&mut self, column: usize, text: String) {
        if column >= COLUMNS_MAX {
            self.wrong = Some("The row has more than 100 columns.");
            return;
        }
        if text.len() > CELL_BYTES_MAX {
            self.wrong = Some("A cell is longer than 64 KiB.");
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
    }

    fn give(&mut self, take: Take<'_>) -> bool {
        let cells = std::mem::take(&mut self.cells);
        let row = match self.wrong {
            Some(wrong) => Err(wrong.to_owned()),
            None if cells.is_empty() => return true,
            None => Ok(cells),
        };
        take((u64::from(self.at) + 1, row))
    }
}
