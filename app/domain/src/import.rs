//! Bringing contacts in from a file: upload, mapping, dry run, run.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Channel, contact::Consent};

/// What a column of the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "name", rename_all = "snake_case")]
pub enum Column {
    /// Nothing of interest.
    #[default]
    Skip,
    /// The caller's own id.
    ExternalId,
    /// Name.
    Name,
    /// Phone number, in any form its country writes it.
    Phone,
    /// Mailbox.
    Email,
    /// IANA zone.
    TimeZone,
    /// An attribute of this name.
    Attribute(String),
}

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// One for each column, in order.
    pub columns: Vec<Column>,
    /// ISO 3166-1 alpha-2: where numbers without `+` are at home.
    pub country: Option<String>,
    /// What these people agreed to, as the importer states.
    pub consents: BTreeMap<Channel, Consent>,
    /// List to put them on: its name; made when there is none.
    pub list: Option<String>,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// The file is here; how to read it is to be confirmed.
    #[default]
    Uploaded,
    /// Every row is checked, nothing is written.
    Checking,
    /// Checked: counts and errors are known.
    Checked,
    /// Contacts are being written.
    Running,
    /// Done.
    Done,
    /// Ended early; `problem` says why. What was written stays.
    Failed,
}

/// An import, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportInfo {
    /// Opaque id.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Where it stands.
    pub status: ImportStatus,
    /// Names of the columns, from the first row.
    pub header: Vec<String>,
    /// The first rows below it, at most five; masked for roles below admin.
    pub sample: Vec<Vec<String>>,
    /// How it is read: a guess until it was confirmed.
    pub mapping: Mapping,
    /// Rows in the file, header excluded; none while it is not known.
    pub rows: Option<u64>,
    /// Rows checked or written so far.
    pub done: u64,
    /// Rows that make, or made, a new contact.
    pub created: u64,
    /// Rows that change, or changed, one.
    pub updated: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// The first errors, at most twenty; all of them can be downloaded.
    pub errors: Vec<RowError>,
    /// Why it failed.
    pub problem: Option<String>,
    /// When the file came.
    pub created_at: DateTime<Utc>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Line of the spreadsheet, the header being 1.
    pub row: u64,
    /// Name of the column; empty for the row as a whole.
    pub column: String,
    /// What is wrong.
    pub message: String,
}
