//! Where a message stands, by the facts that are known of it.

use serde::{Deserialize, Serialize};

use crate::{EventKind, Evidence};

/// Where a message stands. The order is the rule: the highest standing any fact supports wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Standing {
    /// No fact about handing it over: someone took part without a message of ours.
    None = 0,
    /// Waiting to be handed to the carrier.
    Queued = 1,
    /// Will not be handed to the carrier.
    Unsent = 2,
    /// Accepted by the carrier, outcome open.
    Sent = 3,
    /// Failed for now.
    SoftFailed = 4,
    /// Delivered.
    Delivered = 5,
    /// Failed for good.
    Failed = 6,
    /// Opened, read, clicked, replied to or converted: delivered beyond doubt.
    Engaged = 7,
}

impl Standing {
    /// All standings, lowest first.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Queued,
        Self::Unsent,
        Self::Sent,
        Self::SoftFailed,
        Self::Delivered,
        Self::Failed,
        Self::Engaged,
    ];

    /// The standing a single fact of this kind and cause supports. Opens and clicks that machines and scanners made support
    /// none.
    #[must_use]
    pub fn of(kind: EventKind, evidence: Evidence) -> Self {
        match kind {
            kind if kind.can_be_machine() && !evidence.proves_delivery() => Self::None,
            EventKind::Queued => Self::Queued,
            EventKind::Unsent => Self::Unsent,
            EventKind::Sent => Self::Sent,
            EventKind::SoftFailed => Self::SoftFailed,
            EventKind::Delivered => Self::Delivered,
            EventKind::Failed => Self::Failed,
            kind if kind.is_engagement() => Self::Engaged,
            _ => Self::None,
        }
    }

    /// Counts as sent: accepted by the carrier.
    #[must_use]
    pub fn is_sent(self) -> bool {
        self >= Self::Sent
    }

    /// Counts as delivered.
    #[must_use]
    pub fn is_delivered(self) -> bool {
        matches!(self, Self::Delivered | Self::Engaged)
    }

    /// Counts as failed, for now or for good.
    #[must_use]
    pub fn is_failed(self) -> bool {
        matches!(self, Self::SoftFailed | Self::Failed)
    }
}
