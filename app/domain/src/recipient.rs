//! Recipient Search: one row per message.

use serde::{Deserialize, Serialize};

use crate::{EventKind, message::Category};

/// A message as Recipient Search shows it. Times are RFC 3339 UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecipientRow {
    /// Recipient key; masked for roles below admin.
    pub recipient: String,
    /// Message key.
    pub message: String,
    /// Category of its state; none for someone who took part without a message of ours.
    pub status: Option<Category>,
    /// Provider's word for it.
    pub raw_status: Option<String>,
    /// Time of the fact that decided the state.
    pub status_at: Option<String>,
    /// First time the carrier accepted it.
    pub sent_at: Option<String>,
    /// First delivery.
    pub delivered_at: Option<String>,
    /// First open or read.
    pub opened_at: Option<String>,
    /// Number of clicks, machines excluded.
    pub clicks: u64,
    /// Arm of an A/B test.
    pub variant: Option<String>,
}

/// A page of [`RecipientRow`]s.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecipientPage {
    /// Rows, in order of the recipients' first appearance.
    pub rows: Vec<RecipientRow>,
    /// Pass back to get the next page; none at the end, and only there: a page may be short, even empty, where
    /// matches are rare.
    pub next_cursor: Option<String>,
}

/// One thing that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// RFC 3339 UTC.
    pub at: String,
    /// Kind of event.
    pub kind: EventKind,
    /// The provider's word.
    pub raw: Option<String>,
    /// Reason, link, or device, in words.
    pub detail: Option<String>,
    /// Whether a machine did it.
    pub is_machine: bool,
}
