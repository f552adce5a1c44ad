//! When a campaign may be deleted: only while nothing of value would be lost.

use super::{CampaignKind, CampaignStatus};
use crate::Refusal;

/// What the decision depends on, read inside the deleting transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletionFacts {
    /// Messaging or interactive.
    pub kind: CampaignKind,
    /// Current status.
    pub status: CampaignStatus,
    /// Whether it was ever live.
    pub was_live: bool,
    /// Whether anything was recorded for it.
    pub has_data: bool,
}

/// Deletable: no recorded data, never live, and interactive Draft or messaging Scheduled/Pending.
///
/// # Errors
/// [`Refusal::NotDeletable`] with the first rule that stands in the way.
pub fn may_delete(facts: DeletionFacts) -> Result<(), Refusal> {
    use CampaignStatus::{Draft, Live, Pending, Scheduled};

    let refuse = |reason: &str| {
        Err(Refusal::NotDeletable {
            reason: reason.into(),
        })
    };
    if facts.has_data {
        return refuse("it has recorded data, and recorded data is never deleted");
    }
    if facts.status == Live {
        return refuse("it is live");
    }
    if facts.was_live {
        return refuse("it has been live");
    }
    match (facts.kind, facts.status) {
        (CampaignKind::Interactive, Draft) | (CampaignKind::Messaging, Scheduled | Pending) => {
            Ok(())
        }
        (CampaignKind::Interactive, _) => {
            refuse("only drafts of interactive campaigns can be deleted")
        }
        (CampaignKind::Messaging, _) => {
            refuse("only scheduled and pending messaging campaigns can be deleted")
        }
    }
}
