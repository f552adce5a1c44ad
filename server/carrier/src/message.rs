//! A message to one person as it is handed over, and what came of that.

use std::{fmt, time::Duration};

use domain::{
    EventKind,
    contact::{PushTarget, SuppressionSource},
    content::{PushContent, Suggestion, WhatsAppTemplate},
};

/// A message, rendered. `Debug` leaves address and text out.
#[derive(Clone)]
pub struct Outgoing {
    /// Our key of the message: what receipts come back with. Letters and digits.
    pub message: String,
    /// Sender: number, mailbox, agent. Empty for push.
    pub from: String,
    /// E.164 or mailbox; the device's address for push.
    pub to: String,
    /// Where status callbacks of this message go, for carriers that take an address per message.
    pub callback: Option<String>,
    /// What it says.
    pub body: OutgoingBody,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// What a message says, in the form of its channel.
#[derive(Clone)]
pub enum OutgoingBody {
    /// Text message.
    Sms {
        /// The text.
        text: String,
    },
    /// E-mail.
    Email(Box<EmailBody>),
    /// Push notification.
    Push(Box<PushBody>),
    /// WhatsApp template message.
    WhatsApp(Box<WhatsAppBody>),
    /// RCS message.
    Rcs(Box<RcsBody>),
}

/// An e-mail.
#[derive(Clone, Default)]
pub struct EmailBody {
    /// Name shown before the sender's address; empty for none.
    pub from_name: String,
    /// Where answers go; empty for the sender.
    pub reply_to: String,
    /// Subject.
    pub subject: String,
    /// HTML part, with pixel and tracked links; empty for plain text only.
    pub html: String,
    /// Plain-text part.
    pub text: String,
    /// Address for `List-Unsubscribe` with one-click POST (RFC 8058).
    pub unsubscribe: Option<String>,
    /// `Feedback-ID`, such as `campaign:workspace:reportage`.
    pub feedback_id: Option<String>,
}

/// A push notification.
#[derive(Clone)]
pub struct PushBody {
    /// Where it goes.
    pub target: PushTarget,
    /// Title, body, picture and data, rendered; `link` is the tracked address.
    pub content: PushContent,
    /// Signed address that the device posts `displayed`, `clicked` and `closed` to.
    pub report: String,
}

/// A WhatsApp template message.
#[derive(Clone, Default)]
pub struct WhatsAppBody {
    /// The template.
    pub template: WhatsAppTemplate,
    /// Address of the header's picture, video or document; empty for none.
    pub media: String,
    /// What stands for the placeholders.
    pub values: Vec<WhatsAppValue>,
}

/// What stands for one placeholder of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatsAppValue {
    /// Of a text header.
    Header(String),
    /// Of the body, in order.
    Body(String),
    /// At the end of a link button's address; the button's place among all buttons, from 0.
    Link(u32, String),
}

/// An RCS message.
#[derive(Clone, Default)]
pub struct RcsBody {
    /// Text, or the card's.
    pub text: String,
    /// The card's title; none for a plain text.
    pub card_title: Option<String>,
    /// The card's picture; empty for none.
    pub image: String,
    /// Chips.
    pub suggestions: Vec<Suggestion>,
    /// SMS for phones without RCS; empty for none.
    pub fallback: String,
}

/// What came of handing a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The carrier has it.
    Accepted {
        /// The carrier's own id of it.
        reference: Option<String>,
        /// The carrier's word, such as `queued`.
        raw: String,
    },
    /// The carrier doesn't take it, and never will.
    Refused {
        /// [`EventKind::Unsent`] when it was never accepted, [`EventKind::Failed`] when it bounced at once.
        kind: EventKind,
        /// The carrier's word or code.
        raw: String,
        /// In a sentence.
        reason: String,
        /// Whether, and why, the address is not to be written to again.
        suppress: Option<SuppressionSource>,
        /// Whether the device is gone (404 and 410 of push services, `UNREGISTERED` of FCM).
        is_device_gone: bool,
    },
    /// Certainly not taken; worth another try.
    Later {
        /// In a sentence.
        reason: String,
        /// When the carrier asked to be asked again.
        after: Option<Duration>,
        /// Whether the whole account is asked to slow down (429), and not this message alone.
        is_account: bool,
    },
    /// The account itself doesn't work: wrong credentials, no money. No message of it will go through.
    Account {
        /// In a sentence, without secrets.
        reason: String,
    },
    /// The request went out and the answer did not come: nobody knows.
    Uncertain {
        /// In a sentence.
        reason: String,
    },
}
