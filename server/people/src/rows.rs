//! From rows to contacts.

use std::io::{Read, Seek};

use domain::{
    channel::{AddressKind, Channel},
    contact::{ATTRIBUTE_CHARS_MAX, NewContact},
    import::{Column, Mapping, RowError},
};

use crate::{
    COLUMNS_MAX, Kind, Take, Unreadable, XLSX_BYTES_MAX, XLSX_LOOK_BYTES_MAX, address, guess,
    sheet, text,
};

/// Rows shown below the header.
const SAMPLE_ROWS: usize = 5;
/// Longest cell shown, in characters.
const SHOWN_CHARS_MAX: usize = 200;
/// Longest name and longest own id, in characters.
const NAME_CHARS_MAX: usize = 200;
const EXTERNAL_ID_CHARS_MAX: usize = 128;

/// What can be said of a file at first sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// Names of the columns.
    pub header: Vec<String>,
    /// The first rows below, five at most; each as long as the header.
    pub sample: Vec<Vec<String>>,
    /// What the columns probably are.
    pub mapping: Mapping,
}

/// Hands over the rows of a file. A text is read from where `source` stands to its end, and may lack the rest (an upload's
/// first piece); of a workbook at most `room` bytes are unpacked.
fn each_raw(
    kind: Kind,
    source: impl Read + Seek,
    room: u64,
    take: Take<'_>,
) -> Result<(), Unreadable> {
    match kind {
        Kind::Text => text::each(source, take),
        Kind::Workbook => sheet::each(source, room, take),
    }
}

/// Looks at the beginning of a file. Of a text the first piece is enough.
///
/// # Errors
/// When the file can't be read, is empty, or has no header.
pub fn peek(kind: Kind, source: impl Read + Seek) -> Result<Peek, Unreadable> {
    let mut header = None;
    let mut sample = Vec::new();
    let mut wrong = None;
    let ended = each_raw(kind, source, XLSX_LOOK_BYTES_MAX, &mut |(_, row)| {
        match (&header, row) {
            (None, Ok(cells)) => {
                header = Some(cells.iter().map(|cell| shown(cell)).collect::<Vec<_>>())
            }
            (None, Err(words)) => wrong = Some(words),
            (Some(header), Ok(mut cells)) => {
                cells.resize(header.len(), String::new());
                sample.push(cells.iter().map(|cell| shown(cell)).collect());
            }
            (Some(_), Err(_)) => {}
        }
        wrong.is_none() && sample.len() < SAMPLE_ROWS
    });
    if let Some(words) = wrong {
        return Err(Unreadable(words));
    }
    ended?;
    let header = header.filter(|header| header.iter().any(|name| !name.is_empty()));
    let Some(header) = header else {
        return Err(Unreadable(
            "The file is empty. Its first row names the columns.".to_owned(),
        ));
    };
    let mapping = guess(&header, &sample);
    Ok(Peek {
        header,
        sample,
        mapping,
    })
}

/// A cell as pages show it: on one line, and not endless.
fn shown(cell: &str) -> String {
    cell.trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(SHOWN_CHARS_MAX)
        .collect()
}

/// Reads a file to its end and hands over, from the `from`th row below the header (0 is the first), each as a contact or
/// what is wrong with it, with its line in the spreadsheet. Stops early when told false. Gives the number of rows seen,
/// those before `from` included.
///
/// # Errors
/// When the file can't be read, or the mapping doesn't fit its header; rows handed over before stay handed over.
pub fn each_row(
    kind: Kind,
    source: impl Read + Seek,
    mapping: &Mapping,
    from: u64,
    take: &mut dyn FnMut(u64, Result<NewContact, RowError>) -> bool,
) -> Result<u64, Unreadable> {
    let mut header: Option<Vec<String>> = None;
    let mut wrong = None;
    let mut seen = 0;
    each_raw(kind, source, XLSX_BYTES_MAX, &mut |(line, row)| {
        let Some(header) = &header else {
            match row {
                Ok(cells) if cells.len() == mapping.columns.len() => {
                    header = Some(cells.iter().map(|cell| shown(cell)).collect());
                    return true;
                }
                Ok(_) => {
                    wrong = Some(
                        "The columns of the file are not those that were chosen. Upload it again."
                            .to_owned(),
                    );
                }
                Err(words) => wrong = Some(words),
            }
            return false;
        };
        seen += 1;
        if seen <= from {
            return true;
        }
        let contact = row
            .map_err(|words| error(line, "", words))
            .and_then(|cells| contact(kind, line, cells, header, mapping));
        take(line, contact)
    })?;
    match wrong {
        Some(words) => Err(Unreadable(words)),
        None => Ok(seen),
    }
}

fn error(row: u64, column: &str, message: impl Into<String>) -> RowError {
    RowError {
        row,
        column: column.to_owned(),
        message: message.into(),
    }
}

/// The contact a row is.
fn contact(
    kind: Kind,
    line: u64,
    cells: Vec<String>,
    header: &[String],
    mapping: &Mapping,
) -> Result<NewContact, RowError> {
    let is_ragged = match kind {
        Kind::Text => cells.len() != header.len(),
        // A workbook leaves out the empty cells at the end of a row.
        Kind::Workbook => cells.len() > header.len(),
    };
    if is_ragged || cells.len() > COLUMNS_MAX {
        let (n, wanted) = (cells.len(), header.len());
        let words = format!(
            "The row has {n} cells, the header {wanted}. A quotation mark or a delimiter may be missing."
        );
        return Err(error(line, "", words));
    }
    let mut new = NewContact::default();
    for ((cell, column), name) in cells.into_iter().zip(&mapping.columns).zip(header) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        read(&mut new, cell, column, mapping).map_err(|words| error(line, name, words))?;
    }
    if new.external_id.is_none() && new.email.is_none() && new.phone.is_none() {
        return Err(error(
            line,
            "",
            "The row has no e-mail address, no phone number and no id.",
        ));
    }
    // What the importer states of a channel is stated of addresses that are there.
    for (channel, consent) in &mapping.consents {
        let is_there = match channel.address_kind() {
            AddressKind::Phone => new.phone.is_some(),
            AddressKind::Email => new.email.is_some(),
            AddressKind::Device => false,
        };
        if is_there {
            new.consents.insert(*channel, *consent);
        }
    }
    Ok(new)
}

/// Takes one cell in.
fn read(
    new: &mut NewContact,
    cell: &str,
    column: &Column,
    mapping: &Mapping,
) -> Result<(), String> {
    let country = mapping.country.as_deref();
    match column {
        Column::Skip => {}
        Column::ExternalId => new.external_id = Some(line_of(cell, EXTERNAL_ID_CHARS_MAX)?),
        Column::Name => new.name = Some(line_of(cell, NAME_CHARS_MAX)?),
        Column::Phone => new.phone = Some(address::check_address(Channel::Sms, cell, country)?),
        Column::Email => new.email = Some(address::check_address(Channel::Email, cell, None)?),
        Column::TimeZone => {
            let zone: chrono_tz::Tz = cell
                .parse()
                .map_err(|_| "This is no IANA time zone such as Europe/Madrid.".to_owned())?;
            new.time_zone = Some(zone.name().to_owned());
        }
        Column::Attribute(name) => {
            if cell.chars().count() > ATTRIBUTE_CHARS_MAX || cell.contains('\0') {
                return Err(format!("Use at most {ATTRIBUTE_CHARS_MAX} characters."));
            }
            new.attributes.insert(name.clone(), cell.to_owned());
        }
    }
    Ok(())
}

fn line_of(cell: &str, chars_max: usize) -> Result<String, String> {
    if cell.chars().count() > chars_max || cell.chars().any(char::is_control) {
        return Err(format!("Use at most {chars_max} characters on one line."));
    }
    Ok(cell.to_owned())
}
