//! Contacts, lists, the blocklist and imports.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use domain::contact::{Consent, SuppressionSource};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Type,
        schema::{ObjectBuilder, Schema, SchemaType},
    },
};

use super::{ChannelDoc, words};

words! {
    /// Consents.
    ConsentDoc, "Consent", Consent::ALL.map(Consent::as_str).into(),
        "What a person agreed to";
    /// Reasons of suppressions.
    SourceDoc, "SuppressionSource", SuppressionSource::ALL.iter().map(|source| source.as_str()).collect(),
        "Why somebody is not written to";
    /// Meanings of columns.
    ColumnWordDoc, "ColumnWord", vec!["skip", "external_id", "name", "phone", "email", "time_zone", "attribute"],
        "What a column holds";
    /// Where imports stand.
    ImportStatusDoc, "ImportStatus", vec!["uploaded", "checking", "checked", "running", "done", "failed"],
        "Where an import stands";
}

/// A person.
#[derive(ToSchema)]
#[schema(as = Contact)]
pub(in crate::http) struct ContactDoc {
    id: String,
    /// Your own id
    #[schema(required)]
    external_id: Option<String>,
    name: String,
    /// E.164
    #[schema(required)]
    phone: Option<String>,
    /// In lower case
    #[schema(required)]
    email: Option<String>,
    /// IANA zone
    #[schema(required)]
    time_zone: Option<String>,
    attributes: BTreeMap<String, String>,
    /// What they agreed to: SMS, e-mail, push, WhatsApp, RCS
    consents: Vec<ConsentDoc>,
    /// Pairs of a channel and why they are suppressed on it
    suppressed: Vec<Vec<String>>,
    /// Registered browsers and apps
    devices: u32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A page of contacts.
#[derive(ToSchema)]
#[schema(as = ContactPage)]
pub(in crate::http) struct ContactPageDoc {
    /// Newest first
    contacts: Vec<ContactDoc>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A person as you give them. Absent fields stay as they were, empty ones are taken away.
#[derive(ToSchema)]
#[schema(as = NewContact)]
pub(in crate::http) struct NewContactDoc {
    #[schema(max_length = 128)]
    external_id: Option<String>,
    #[schema(max_length = 200)]
    name: Option<String>,
    /// International, or as its country writes it where `country` says which
    phone: Option<String>,
    email: Option<String>,
    /// IANA zone
    time_zone: Option<String>,
    /// An empty value removes one
    #[schema(required = false)]
    attributes: BTreeMap<String, String>,
    /// By channel
    #[schema(required = false)]
    consents: BTreeMap<String, ConsentDoc>,
    /// Whether the person themself agreed anew, after leaving
    #[schema(required = false)]
    is_renewed: bool,
}

/// What became of many contacts.
#[derive(ToSchema)]
#[schema(as = ContactsTaken)]
pub(in crate::http) struct TakenDoc {
    created: u64,
    updated: u64,
    rejected: Vec<RejectedLineDoc>,
}

/// A line that was not taken.
#[derive(ToSchema)]
#[schema(as = RejectedLine)]
pub(in crate::http) struct RejectedLineDoc {
    /// From 1
    line: u64,
    #[schema(required)]
    field: Option<String>,
    message: String,
}

/// Counts; by channel in the order SMS, e-mail, push, WhatsApp, RCS.
#[derive(ToSchema)]
#[schema(as = ContactCounts)]
pub(in crate::http) struct ContactCountsDoc {
    contacts: u64,
    /// With an address, consent, and no suppression
    reachable: Vec<u64>,
    /// Entries of the blocklist
    suppressed: Vec<u64>,
}

/// A saved list.
#[derive(ToSchema)]
#[schema(as = ContactList)]
pub(in crate::http) struct ContactListDoc {
    id: String,
    name: String,
    members: u64,
    created_at: DateTime<Utc>,
}

/// What making a list takes.
#[derive(ToSchema)]
#[schema(as = NewContactList)]
pub(in crate::http) struct NewListDoc {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Who joins a list and who leaves it.
#[derive(ToSchema)]
#[schema(as = ListMembers)]
pub(in crate::http) struct MembersDoc {
    /// Ids of contacts
    #[schema(required = false)]
    add: Vec<String>,
    /// Ids of contacts
    #[schema(required = false)]
    remove: Vec<String>,
}

/// A page of the blocklist.
#[derive(ToSchema)]
#[schema(as = SuppressionPage)]
pub(in crate::http) struct SuppressionPageDoc {
    /// Newest first
    entries: Vec<SuppressionDoc>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// An entry of the blocklist.
#[derive(ToSchema)]
#[schema(as = Suppression)]
pub(in crate::http) struct SuppressionDoc {
    channel: ChannelDoc,
    /// E.164, mailbox or device
    address: String,
    source: SourceDoc,
    /// In whose words, such as a bounce's text
    #[schema(required)]
    reason: Option<String>,
    /// Id of the campaign that caused it
    #[schema(required)]
    campaign: Option<String>,
    at: DateTime<Utc>,
}

/// An address to be blocked.
#[derive(ToSchema)]
#[schema(as = NewSuppression)]
pub(in crate::http) struct NewSuppressionDoc {
    channel: ChannelDoc,
    /// International number, mailbox or device
    address: String,
}

/// An import.
#[derive(ToSchema)]
#[schema(as = Import)]
pub(in crate::http) struct ImportInfoDoc {
    id: String,
    file: String,
    status: ImportStatusDoc,
    /// Names of the columns
    header: Vec<String>,
    /// The first rows, at most five
    sample: Vec<Vec<String>>,
    /// A guess until it was confirmed
    mapping: MappingDoc,
    /// Rows in the file, once they are counted
    #[schema(required)]
    rows: Option<u64>,
    /// Rows checked or written so far
    done: u64,
    created: u64,
    updated: u64,
    rejected: u64,
    /// The first errors, at most twenty
    errors: Vec<RowErrorDoc>,
    /// Why it failed
    #[schema(required)]
    problem: Option<String>,
    created_at: DateTime<Utc>,
}

/// How a file is read.
#[derive(ToSchema)]
#[schema(as = ImportMapping)]
pub(in crate::http) struct MappingDoc {
    /// One for each column, in order
    columns: Vec<ColumnDoc>,
    /// ISO 3166-1 alpha-2: where numbers without + are at home
    #[schema(required)]
    country: Option<String>,
    /// What these people agreed to, as you state, by channel
    consents: BTreeMap<String, ConsentDoc>,
    /// Name of a list to put them on; made when there is none
    #[schema(required)]
    list: Option<String>,
}

/// What a column holds.
#[derive(ToSchema)]
#[schema(as = ImportColumn)]
pub(in crate::http) struct ColumnDoc {
    to: ColumnWordDoc,
    /// Of an attribute
    #[schema(required = false)]
    name: String,
}

/// A row that was not taken.
#[derive(ToSchema)]
#[schema(as = RowError)]
pub(in crate::http) struct RowErrorDoc {
    /// As in a spreadsheet, the header being 1
    row: u64,
    /// Name of the column; empty for the row as a whole
    column: String,
    message: String,
}

/// A page of errors.
#[derive(ToSchema)]
#[schema(as = ImportErrors)]
pub(in crate::http) struct ImportErrorsDoc {
    errors: Vec<RowErrorDoc>,
    #[schema(required)]
    next_cursor: Option<String>,
}
