//! What carriers post to us: verified against the raw body first, then taken apart.
//!
//! | Protocol | Proof that it is theirs | Key of an item |
//! |---|---|---|
//! | Twilio | `X-Twilio-Signature`: HMAC-SHA1 over address and form, or over an address that names the body's hash | message, status, opt-out |
//! | WhatsApp (Meta) | `X-Hub-Signature-256`: HMAC-SHA256 over the body | message and status |
//! | SendGrid | ECDSA over time and body | `sg_event_id` |
//! | Amazon SES | RSA signature of SNS, and the topic | SNS `MessageId` |
//! | Mailgun | HMAC-SHA256 over time and token, which is 12 hours old at most | the token |
//! | Postmark, Infobip | name and password | hash of what makes it one event |
//! | Resend, Standard Webhooks | HMAC-SHA256 or ed25519 over id, time and body; 5 minutes | the id |
//! | RBM | `X-Goog-Signature`: HMAC-SHA512 over the decoded data | `eventId` or `messageId` |
//! | SMTP | `Authorization: Bearer` and the bounce token | the report's `Message-ID` |
//!
//! A key with contact data in it, or one that is too long, is kept as a hash.
//!
//! Times are the provider's. They may lie ahead of our clock: whoever stores them decides what is too far.

mod bounce;
mod check;
mod infobip;
mod json;
mod keyword;
mod mailgun;
mod meta;
mod postmark;
mod rbm;
mod refusal;
mod resend;
mod sendgrid;
mod ses;
mod standard;
mod svix;
mod test_event;
#[cfg(test)]
mod tests;
mod text;
mod tidy;
mod twilio;
mod verify;
pub mod words;

pub(crate) use check::check;
pub use keyword::{answer_word, keyword};
pub use ses::certificate_url;
pub use test_event::{SignedRequest, TEST_MESSAGE, sign_test_event};

use refusal::Refusal;

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
    /// What may be sent to an address changed.
    Consent(Box<ConsentNotice>),
}

/// A change of what may be sent to an address, as a provider reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentNotice {
    /// Channel.
    pub channel: Channel,
    /// The number or mailbox, as the provider writes it.
    pub address: String,
    /// Our key of the message it is about, where the provider echoes it.
    pub message: Option<String>,
    /// The provider's id of that message.
    pub reference: Option<String>,
    /// What was done, and by whom.
    pub act: ConsentAct,
    /// When, by the provider's clock.
    pub at: Option<DateTime<Utc>>,
}

/// What a change of consent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentAct {
    /// The person left: they are unsubscribed, and the address is blocked for this reason.
    Left(SuppressionSource),
    /// The person came back through a channel that proves who they are: START by SMS, `resume` by WhatsApp, a
    /// subscription by RCS.
    Returned,
    /// The provider delivers no more: the address is blocked for this reason. What the person agreed to stays.
    Blocked(SuppressionSource),
    /// The provider's own block was lifted. That is the sender's act in the provider's console, not the person's consent.
    Reactivated,
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

/// Most items that one request may bring: more than fit into the largest body that is taken, so that no genuine batch is refused
/// for their number. SendGrid posts up to 768 kB at once.
pub const ITEMS_MAX: usize = 50_000;

/// Longest key of an item, in bytes.
pub const KEY_BYTES_MAX: usize = 200;

/// Field that the server adds to the settings before it calls [`receive`]: the certificate, as PEM, from the address
/// that [`certificate_url`] names. Never stored, never shown.
pub const CERTIFICATE: &str = "__certificate";

impl Item {
    /// An item with a key of the provider's. A key that is longer than [`KEY_BYTES_MAX`], or holds control characters
    /// (which PostgreSQL doesn't store), becomes a hash.
    #[must_use]
    pub fn new(key: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let key = key.into();
        let is_plain = key.len() <= KEY_BYTES_MAX && !key.chars().any(char::is_control);
        Self {
            key: if is_plain && !key.is_empty() {
                key
            } else {
                verify::hash(&[key.as_bytes()])
            },
            body: body.into(),
        }
    }
}

/// Verifies a request and takes it apart.
///
/// For Amazon SES ask [`certificate_url`] first, fetch what it names, and add it with [`Settings::with`] as
/// [`CERTIFICATE`].
///
/// # Errors
/// When the account's settings can't be used. For SES also when the certificate is missing: nobody knows whether
/// the request is genuine, so answer 503 and let them come again.
pub fn receive(
    protocol: Protocol,
    settings: &Settings,
    request: &Incoming<'_>,
    now: DateTime<Utc>,
) -> Result<Verdict, SettingsError> {
    let is_handshake = protocol == Protocol::MetaWhatsApp && request.method == "GET";
    if request.method != "POST" && !is_handshake {
        return Ok(Verdict::Unreadable("only POST is taken here"));
    }
    let verdict = match protocol {
        Protocol::Twilio => twilio::receive(settings, request),
        Protocol::MetaWhatsApp if is_handshake => meta::handshake(settings, request),
        Protocol::MetaWhatsApp => meta::receive(settings, request),
        Protocol::SendGridEvents => sendgrid::receive(settings, request),
        Protocol::SesEvents => ses::receive(settings, request, now),
        Protocol::MailgunEvents => mailgun::receive(settings, request, now),
        Protocol::PostmarkEvents => postmark::receive(settings, request),
        Protocol::ResendEvents | Protocol::StandardEvents => svix::receive(settings, request, now),
        Protocol::RbmEvents => rbm::receive(settings, request),
        Protocol::InfobipEvents => infobip::receive(settings, request),
        Protocol::Smtp => bounce::receive(settings, request),
        Protocol::Sandbox | Protocol::WebPush | Protocol::Fcm => {
            Err(Refusal::forged("nothing is posted to this account"))
        }
    };
    match verdict {
        Ok(Verdict::Items { items, .. }) if items.len() > ITEMS_MAX => Ok(Verdict::Unreadable(
            "more than 50,000 events in one request",
        )),
        Ok(verdict) | Err(Refusal::Verdict(verdict)) => Ok(verdict),
        Err(Refusal::Settings(error)) => Err(error),
    }
}

/// Understands an item that [`receive`] gave, now or after a restart. Pure: the same item gives the same notices.
/// None for what is the provider's and says nothing of a message or a person.
///
/// # Errors
/// A sentence without contact data; the item is kept.
pub fn read(protocol: Protocol, item: &[u8]) -> Result<Vec<Notice>, String> {
    let notices = match protocol {
        Protocol::Twilio => twilio::read(item),
        Protocol::MetaWhatsApp => meta::read(item),
        Protocol::SendGridEvents => sendgrid::read(item),
        Protocol::SesEvents => ses::read(item),
        Protocol::MailgunEvents => mailgun::read(item),
        Protocol::PostmarkEvents => postmark::read(item),
        Protocol::ResendEvents => resend::read(item),
        Protocol::StandardEvents => standard::read(item),
        Protocol::RbmEvents => rbm::read(item),
        Protocol::InfobipEvents => infobip::read(item),
        Protocol::Smtp => bounce::read(item),
        Protocol::Sandbox => crate::send::sandbox::read(item),
        Protocol::WebPush | Protocol::Fcm => Err("Nothing is posted to this account.".to_owned()),
    }?;
    Ok(notices.into_iter().map(tidy::tidy).collect())
}
