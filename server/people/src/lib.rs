#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod book;
mod errors;
mod format;
mod guess;
mod mapping;
mod rows;
mod sheet;
mod strings;
#[cfg(test)]
mod tests;
mod text;
mod xml;
mod zip;

pub use address::{check_address, check_contact, is_country};
pub use errors::{errors_csv, errors_csv_head};
pub use guess::guess;
pub use mapping::check_mapping;
pub use rows::{Peek, each_row, peek};
pub use strings::STRINGS_BYTES_MAX;

/// Most bytes of a file.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// Most bytes of a workbook as it is uploaded: a million rows of ten columns take half of it.
pub const WORKBOOK_BYTES_MAX: u64 = 128 << 20;
/// Most bytes unpacked of a workbook that is read to its end.
pub const XLSX_BYTES_MAX: u64 = 4 << 30;
/// Most bytes unpacked of a workbook that is only looked at.
pub const XLSX_LOOK_BYTES_MAX: u64 = 256 << 20;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 100;
/// Longest cell, in bytes.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows of text: CSV and its relatives.
    Text,
    /// A workbook of Excel, LibreOffice and others (XLSX): it can only be read with the end at hand.
    Workbook,
}

impl Kind {
    /// What the first bytes (four at least, where there are as many) say.
    ///
    /// # Errors
    /// For formats that are known and not read.
    pub fn of(head: &[u8]) -> Result<Self, Unreadable> {
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Workbook);
        }
        let other: &[(&[u8], &str)] = &[
            (b"\xd0\xcf\x11\xe0", "an old Excel file"),
            (b"%PDF", "a PDF"),
            (b"\x1f\x8b", "a compressed file"),
            (b"SQLite format 3", "a database"),
            (b"\x89PNG", "a picture"),
        ];
        match other.iter().find(|(magic, _)| head.starts_with(magic)) {
            Some((_, what)) => Err(Unreadable(format!(
                "This is {what}. Save the contacts as CSV or XLSX and upload that."
            ))),
            None => Ok(Self::Text),
        }
    }
}

/// Why a file can't be read at all: a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// One row of a file. Rows are numbered as in a spreadsheet, the header being 1.
pub(crate) type Row = (u64, Result<Vec<String>, String>);

/// Takes rows; false to stop.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Row) -> bool;
