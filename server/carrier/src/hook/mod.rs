//! What carriers post to us: verified against the raw body first, then taken apart.

use chrono::{DateTime, Utc};
use domain::{Channel, EventKind, Evidence, carrier::Protocol, contact::SuppressionSource};

use crate::{Settings, SettingsError};

/// A request of a provider, before anything of it is believed.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The address it was posted to as the provider knows it: our public base URL, path and query. Never made from
    /// `Host`.
    pub url: &'a str,
    /// Headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// The body as it came.
    pub body: &'a [u8],
}

impl Incoming<'_> {
    /// The first header of this name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(held, _)| held == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What to do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the provider's: keep these, then answer.
    Items {
        /// What to keep.
        items: Vec<Item>,
        /// What to answer with, after they are kept.
        answer: Reply,
    },
    /// A question that is answered at once, such as a handshake.
    Answer(Reply),
    /// The provider's, and to be confirmed by calling this address (SNS subscription); already checked to be one of
    /// the provider's own.
    Confirm {
        /// The address.
        url: String,
    },
    /// Not the provider's: 401 or 403.
    Forged(&'static str),
    /// Theirs or not, it can't be read: 400.
    Unreadable(&'static str),
}

/// A successful answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Content type; empty with an empty body.
    pub content_type: &'static str,
    /// Body.
    pub body: String,
}

/// One thing to keep in the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The provider's own key of it: the same for a repetition, different for anything else. At most 200 bytes.
    pub key: String,
    /// What [`read`] needs to understand it later: JSON or form as it came.
    pub body: Vec<u8>,
}

/// What an item says.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Something happened to a message of ours.
    Status(Box<Status>),
    /// Somebody wrote to us.
    Inbound(Box<Inbound>),
    /// Somebody's consent changed at the carrier.
    Consent {
        /// Channel.
        channel: Channel,
        /// Their number or mailbox.
        address: String,
        /// Whether they may be written to from now on.
        is_subscribed: bool,
        /// What did it.
        source: SuppressionSource,
        /// When.
        at: Option<DateTime<Utc>>,
    },
}

/// Something happened to a message of ours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Our key of the message, where the provider echoes it.
    pub message: Option<String>,
    /// The provider's id of the message.
    pub reference: Option<String>,
    /// Whom it was for, as the provider writes it.
    pub recipient: Option<String>,
    /// What happened; none for a word that isn't in our tables: it is kept and shown, and moves nothing.
    pub kind: Option<EventKind>,
    /// The provider's word, in capitals as the tables of §4.3 write it.
    pub raw: String,
    /// When, by the provider's clock; none when it doesn't say.
    pub at: Option<DateTime<Utc>>,
    /// Why it failed.
    pub reason: Option<String>,
    /// Mobile operator.
    pub carrier: Option<String>,
    /// Link clicked.
    pub link: Option<String>,
    /// Who opened or clicked.
    pub user_agent: Option<String>,
    /// Where from.
    pub ip: Option<String>,
    /// What the provider itself says of who did it.
    pub evidence: Option<Evidence>,
    /// Whether, and why, the address is not to be written to again.
    pub suppress: Option<SuppressionSource>,
}

/// Somebody wrote to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbound {
    /// Channel.
    pub channel: Channel,
    /// Who: E.164.
    pub from: String,
    /// To which of our senders.
    pub to: String,
    /// The text, or the text of the button or chip.
    pub text: String,
    /// The provider's id of the message it answers, where that is told.
    pub answers: Option<String>,
    /// What the text asks for.
    pub keyword: Option<Keyword>,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// Words that mean something on every channel (CTIA Messaging Principles; Twilio's default keywords).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// Leave.
    Stop,
    /// Come back.
    Start,
    /// Who are you?
    Help,
}

/// Verifies a request and takes it apart.
///
/// # Errors
/// When the account's settings can't be used.
pub fn receive(
    protocol: Protocol,
    settings: &Settings,
    request: &Incoming<'_>,
    now: DateTime<Utc>,
) -> Result<Verdict, SettingsError> {
    let _ = (protocol, settings, request, now);
    Ok(Verdict::Forged("not supported"))
}

/// Understands an item that [`receive`] gave, now or after a restart. Pure: the same item gives the same notices.
///
/// # Errors
/// A sentence without contact data; the item is kept.
pub fn read(protocol: Protocol, item: &[u8]) -> Result<Vec<Notice>, String> {
    let _ = (protocol, item);
    Err("not supported".to_owned())
}
