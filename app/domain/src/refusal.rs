//! Why the answer is no: one variant each, one sentence for people.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::campaign::{CampaignKind, CampaignStatus};

/// A request that was understood and refused. Never logged: it is an answer, not a failure.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Nothing by that id in this workspace.
    #[error("There is no such {what}.")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The kind of campaign has no such status.
    #[error("A {kind} campaign cannot be {}.", status.label())]
    StatusNotOfKind {
        /// Kind of the campaign.
        kind: CampaignKind,
        /// Status asked for.
        status: CampaignStatus,
    },
    /// The status can't be reached from where the campaign stands.
    #[error("A campaign cannot go from {} to {}.", from.label(), to.label())]
    IllegalTransition {
        /// Status it has.
        from: CampaignStatus,
        /// Status asked for.
        to: CampaignStatus,
    },
    /// The deletion rules say no.
    #[error("This campaign cannot be deleted: {reason}.")]
    NotDeletable {
        /// The rule, as the second half of a sentence.
        reason: String,
    },
    /// A value is missing, malformed or out of range.
    #[error("{field}: {message}")]
    Invalid {
        /// The field as the caller named it.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// Another record already holds a unique value.
    #[error("{0}")]
    Conflict(String),
    /// Nobody is signed in, or the token is unknown.
    #[error("Sign in first.")]
    Unauthenticated,
    /// The token was good until its end.
    #[error("This token has expired. Make a new one.")]
    TokenExpired,
    /// The password has to be given again first: this session's last time was too long ago.
    #[error("Confirm with your password first, then send this again.")]
    Unconfirmed,
    /// The role or the token's scopes don't allow it.
    #[error("Your role does not allow this.")]
    Forbidden,
    /// Too many attempts; come back later.
    #[error("Too many attempts. Try again in {retry_after_s} seconds.")]
    Throttled {
        /// Seconds to wait.
        retry_after_s: u64,
    },
}

impl Refusal {
    /// Shorthand for [`Refusal::Invalid`].
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            message: message.into(),
        }
    }

    /// Shorthand for [`Refusal::NotFound`].
    #[must_use]
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// HTTP status that says the same.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::NotFound { .. } => 404,
            Self::StatusNotOfKind { .. }
            | Self::IllegalTransition { .. }
            | Self::NotDeletable { .. }
            | Self::Conflict(_) => 409,
            Self::Invalid { .. } => 422,
            Self::Unauthenticated | Self::TokenExpired => 401,
            Self::Forbidden | Self::Unconfirmed => 403,
            Self::Throttled { .. } => 429,
        }
    }
}
