//! What lies in the inbox, and what understanding it changes.

use chrono::{DateTime, Utc};
use domain::{Channel, carrier::Protocol, contact::SuppressionSource};

use super::NewAnswer;
use crate::WorkspaceId;

/// An item of the inbox. `Debug` leaves the body out.
#[derive(Clone)]
pub struct InboxItem {
    /// Internal key.
    pub pk: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the account.
    pub account: i64,
    /// How the account is spoken to; none when it was deleted.
    pub protocol: Option<Protocol>,
    /// The provider's key of it.
    pub key: String,
    /// As it came.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl std::fmt::Debug for InboxItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("InboxItem").field(&self.pk).finish()
    }
}

/// What an understood item changes beside the reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxEffects {
    /// The item.
    pub pk: i64,
    /// Whether it was understood; one that wasn't is kept and may be run again.
    pub is_understood: bool,
    /// What was odd about it, without contact data.
    pub problem: Option<String>,
    /// Messages it proves the carrier to have.
    pub proofs: Vec<Proof>,
    /// Addresses not to be written to again.
    pub suppress: Vec<Suppress>,
    /// Changes of consent.
    pub consents: Vec<ConsentChange>,
    /// Blocks of a provider that it lifted.
    pub lifts: Vec<Lift>,
    /// Answers.
    pub replies: Vec<NewReply>,
    /// What is answered to them by itself.
    pub answers: Vec<NewAnswer>,
}

impl InboxEffects {
    /// Whether it changes what a second time would change again, however late: answers, consents, suppressions. What is
    /// told to the reports counts once by itself, and a proof stays true.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        !(self.suppress.is_empty()
            && self.consents.is_empty()
            && self.lifts.is_empty()
            && self.replies.is_empty()
            && self.answers.is_empty())
    }
}

/// A receipt proves that the carrier has a message, whatever the outbox thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Message key.
    pub message: String,
}

/// An address that is not to be written to again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppress {
    /// Where.
    pub workspace: WorkspaceId,
    /// On which channel.
    pub channel: Channel,
    /// The address.
    pub address: String,
    /// Why.
    pub source: SuppressionSource,
    /// In whose words.
    pub reason: Option<String>,
    /// Internal key of the campaign that caused it.
    pub campaign: Option<i64>,
}

/// A change of consent that a person made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentChange {
    /// Where.
    pub workspace: WorkspaceId,
    /// On which channel.
    pub channel: Channel,
    /// The address, in its normal form.
    pub address: String,
    /// Whether they may be written to from now on; if so, suppressions that consent lifts are lifted.
    pub is_subscribed: bool,
    /// Why the address is blocked, for one who left.
    pub source: SuppressionSource,
    /// Internal key of the campaign they left by.
    pub campaign: Option<i64>,
    /// When the person did it. One that is older than what is known of the address changes nothing.
    pub at: DateTime<Utc>,
}

/// A block that a provider lifted. It undoes at most what a provider reported before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Where.
    pub workspace: WorkspaceId,
    /// On which channel.
    pub channel: Channel,
    /// The address, in its normal form.
    pub address: String,
    /// When it was lifted.
    pub at: DateTime<Utc>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReply {
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the campaign it answers.
    pub campaign: Option<i64>,
    /// On which channel.
    pub channel: Channel,
    /// Who wrote.
    pub sender: String,
    /// What.
    pub text: String,
    /// `stop`, `start` or `help`.
    pub keyword: Option<&'static str>,
    /// When.
    pub at: DateTime<Utc>,
}
