//! Where a campaign can stand, and which way it may move.
//!
//! The tables follow sections 3.2 and 3.3 of the functional reference: the user's document names the
//! statuses, the transitions are drawn from it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::kind::CampaignKind;
use crate::{EventKind, Evidence, Refusal, message::Standing};

/// All statuses of both families. Which ones a campaign may have depends on its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// Messaging: everything was submitted to the carrier. Interactive: participation is closed.
    Completed,
    /// Messaging only: messages are being sent.
    InProgress,
    /// Interactive only: open for participation.
    Live,
    /// Interactive only: being prepared or submitted.
    Processing,
    /// A future date is set.
    Scheduled,
    /// Messaging: no date set. Interactive: paused after having been live.
    Pending,
    /// Interactive only: saved as a draft at the end of creation.
    Draft,
}

use CampaignStatus::{Completed, Draft, InProgress, Live, Pending, Processing, Scheduled};

impl CampaignStatus {
    /// Every status, in menu order.
    pub const ALL: [Self; 7] = [
        Completed, InProgress, Live, Processing, Scheduled, Pending, Draft,
    ];

    /// The statuses a campaign of this kind can have, in menu order.
    #[must_use]
    pub fn of_kind(kind: CampaignKind) -> &'static [Self] {
        match kind {
            CampaignKind::Messaging => &[Completed, InProgress, Scheduled, Pending],
            CampaignKind::Interactive => &[Completed, Live, Processing, Scheduled, Pending, Draft],
        }
    }

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Completed => "completed",
            InProgress => "in_progress",
            Live => "live",
            Processing => "processing",
            Scheduled => "scheduled",
            Pending => "pending",
            Draft => "draft",
        }
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Completed => "Completed",
            InProgress => "In Progress",
            Live => "Live",
            Processing => "Processing",
            Scheduled => "Scheduled",
            Pending => "Pending",
            Draft => "Draft",
        }
    }

    /// Whether figures of such a campaign are expected to move by themselves.
    #[must_use]
    pub fn is_moving(self) -> bool {
        matches!(self, InProgress | Live | Processing)
    }
}

impl fmt::Display for CampaignStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CampaignStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(())
    }
}

/// Checks a change of status. Staying where it is is always allowed and changes nothing.
///
/// # Errors
/// [`Refusal::StatusNotOfKind`] when the kind has no such status, [`Refusal::IllegalTransition`]
/// when the table has no such move.
pub fn transition(
    kind: CampaignKind,
    from: CampaignStatus,
    to: CampaignStatus,
) -> Result<CampaignStatus, Refusal> {
    if !CampaignStatus::of_kind(kind).contains(&to) {
        return Err(Refusal::StatusNotOfKind { kind, status: to });
    }
    let legal = from == to
        || match kind {
            CampaignKind::Messaging => matches!(
                (from, to),
                (Pending, Scheduled | InProgress)
                    | (Scheduled, Pending | InProgress)
                    | (InProgress, Completed)
            ),
            CampaignKind::Interactive => matches!(
                (from, to),
                (Draft, Scheduled | Processing)
                    | (Scheduled, Processing)
                    | (Processing, Live | Completed)
                    | (Live, Pending | Completed)
                    | (Pending, Processing | Live | Completed)
            ),
        };
    if legal {
        Ok(to)
    } else {
        Err(Refusal::IllegalTransition { from, to })
    }
}

/// The status that an arriving event implies, if it implies a move.
///
/// A team that points its own platform's events at Reportage doesn't report "sending has begun":
/// the first message that left says so. Nothing else moves by itself. An open or a click of a machine doesn't say it.
#[must_use]
pub fn begins_sending(
    kind: CampaignKind,
    status: CampaignStatus,
    event: EventKind,
    evidence: Evidence,
) -> Option<CampaignStatus> {
    let implies_sent = kind == CampaignKind::Messaging && Standing::of(event, evidence).is_sent();
    (implies_sent && matches!(status, Pending | Scheduled)).then_some(InProgress)
}
