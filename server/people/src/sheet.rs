//! Rows of a workbook: its first sheet with anything in it, read cell by cell.

use std::io::{BufReader, Read, Seek};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use crate::{CELL_BYTES_MAX, COLUMNS_MAX, Take, Unreadable, zip};

fn spoiled(_error: XlsxError) -> Unreadable {
    Unreadable("The workbook can't be read. Save the contacts as CSV and upload that.".to_owned())
}

/// Hands over the rows of a workbook that have anything in them.
pub(crate) fn each(mut source: impl Read + Seek, take: Take<'_>) -> Result<(), Unreadable> {
    zip::measure(&mut source)?;
    let mut book = Xlsx::new(BufReader::new(source)).map_err(spoiled)?;
    for name in book.sheet_names() {
        // Charts and macros are sheets without cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
            continue;
        };
        let mut row = Gathered::default();
        let mut is_empty = true;
        while let Some(cell) = cells.next_cell().map_err(spoiled)? {
            let (at, column) = cell.get_position();
            if at != row.at {
                if !row.give(take) {
                    return Ok(());
                }
                row = Gathered {
                    at,
                    ..Gathered::default()
                };
            }
            let text = written(cell.get_value());
            if !text.is_empty() {
                is_empty = false;
                row.put(column as usize, text);
            }
        }
        if !row.give(take) || !is_empty {
            return Ok(());
        }
    }
    Ok(())
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

/// A value as one would type it.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Numbers are floats in a workbook: a phone number is no 3.46e10.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(time) => date(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}
