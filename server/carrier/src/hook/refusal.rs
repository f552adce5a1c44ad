//! Why a request is not taken.

use super::Verdict;
use crate::SettingsError;

/// A request that is not taken, or an account that can't say.
#[derive(Debug)]
pub(super) enum Refusal {
    /// An answer to the sender.
    Verdict(Verdict),
    /// The account can't be used.
    Settings(SettingsError),
}

impl Refusal {
    /// Not the provider's.
    pub(super) fn forged(reason: &'static str) -> Self {
        Self::Verdict(Verdict::Forged(reason))
    }

    /// It can't be read.
    pub(super) fn unreadable(reason: &'static str) -> Self {
        Self::Verdict(Verdict::Unreadable(reason))
    }
}

impl From<SettingsError> for Refusal {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

/// Items, answered with an empty body.
pub(super) fn taken(items: Vec<super::Item>) -> Verdict {
    Verdict::Items {
        items,
        answer: super::Reply::default(),
    }
}
