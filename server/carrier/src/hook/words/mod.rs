//! What providers' words mean, by channel (reference §4.3).
//!
//! [`kind`] is the table of that section. Words of providers are first put into its vocabulary, so that reports of two
//! carriers can be compared: Twilio's `delivered` becomes `DELIVRD` for SMS, as an SMPP receipt says it, and `DELIVERED`
//! for WhatsApp and RCS. A provider's word that has no counterpart stays as it is, in capitals; it moves nothing.
//!
//! Four words are ours, because the section names none: `DELIVERED` and `UNSUBSCRIBED` for e-mail, `OPENED` for push, and
//! `BLOCKED_BY_PROVIDER` for e-mail that the provider took and then held back, since the address is on its own list.
//!
//! The section counts some words as *unsent*. When a provider says the like of them after it took the message, the
//! message was sent by our books and has failed: such words become `REJECTD`, `BLOCKED_BY_PROVIDER` or `NOT_SENT` (RCS).

mod email;
mod infobip;
mod meta;
mod twilio;

use domain::{Channel, EventKind, contact::SuppressionSource};

pub(super) use email::{
    mailgun, postmark_bounce, resend, sendgrid, sendgrid_bounce, sendgrid_drop, ses, ses_bounce,
    smtp,
};
pub(super) use infobip::infobip;
pub(super) use meta::{meta, meta_error};
pub(super) use twilio::{twilio, twilio_error};

use super::text;

/// A word of a provider in our vocabulary, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// In capitals.
    pub(super) raw: String,
    /// What happened; none for a word that isn't in the table.
    pub(super) kind: Option<EventKind>,
    /// Whether, and why, the address is not to be written to again.
    pub(super) suppress: Option<SuppressionSource>,
}

impl Word {
    /// A word of the table, or any other.
    pub(super) fn new(channel: Channel, raw: &str) -> Self {
        let raw = text::word(raw);
        Self {
            kind: kind(channel, &raw),
            raw,
            suppress: None,
        }
    }

    /// The same, and the address is not to be written to again.
    pub(super) fn suppress(mut self, source: SuppressionSource) -> Self {
        self.suppress = Some(source);
        self
    }
}

/// What a status means on a channel, by the tables of reference §4.3 and the words of the module's introduction. Case
/// doesn't matter. None for a word that isn't there.
#[must_use]
pub fn kind(channel: Channel, raw: &str) -> Option<EventKind> {
    let raw = raw.trim().to_ascii_uppercase();
    match channel {
        Channel::Sms => sms(&raw),
        Channel::Email => mail(&raw),
        Channel::Push => push(&raw),
        Channel::WhatsApp => whats_app(&raw),
        Channel::Rcs => rcs(&raw),
    }
}

/// Nine final words of SMPP and those of the platform before and after handing over.
fn sms(raw: &str) -> Option<EventKind> {
    Some(match raw {
        "QUEUE" | "DEQUEUED" => EventKind::Queued,
        "CODE_NOT_ALLOWED" | "BLACKLISTED" | "SEGMENTS_EXCEEDED" | "EXHAUSTED" => EventKind::Unsent,
        // On its way: the report tells them apart by the word.
        "SENT" | "ENROUTE" | "ACCEPTD" | "UNKNOWN" | "INCOMPLETE" => EventKind::Sent,
        "DELIVRD" => EventKind::Delivered,
        "INVALID_ROUTING" | "EXPIRED" | "UNDELIV" | "REJECTD" | "DELETED" => EventKind::Failed,
        _ => return None,
    })
}

fn mail(raw: &str) -> Option<EventKind> {
    Some(match raw {
        "QUEUE" | "DEQUEUED" => EventKind::Queued,
        "NOT_SENT" | "BAD_TO" | "BAD_FROM" | "BLACKLISTED" | "INCOMPLETE" => EventKind::Unsent,
        "SENT" => EventKind::Sent,
        "DELIVERED" => EventKind::Delivered,
        "OPEN" => EventKind::Opened,
        "CLICK" => EventKind::Clicked,
        // Not for good: the mailbox is full, the server asked to come later.
        "BOUNCED" => EventKind::SoftFailed,
        "EXHAUSTED" | "BOUNCED_PERMANENT" | "BLOCKED_DUE_BAD_BEHAVIOUR" | "BLOCKED_BY_PROVIDER" => {
            EventKind::Failed
        }
        "COMPLAINED" => EventKind::Complained,
        "UNSUBSCRIBED" => EventKind::Unsubscribed,
        _ => return None,
    })
}

fn push(raw: &str) -> Option<EventKind> {
    Some(match raw {
        "QUEUE" | "DEQUEUED" => EventKind::Queued,
        "NOT_SENT"
        | "AUTH_MISSING"
        | "AUTH_ERROR"
        | "INVALID_MESSAGE"
        | "PAYLOAD_LIMIT_EXCEEDED"
        | "BAD_PLATFORM"
        | "INCOMPLETE" => EventKind::Unsent,
        "SENT" => EventKind::Sent,
        "DELIVERED" => EventKind::Delivered,
        "OPENED" => EventKind::Opened,
        "EXHAUSTED"
        | "BAD_DEVICE_TOKEN"
        | "MISMATCHED_TOKEN"
        | "UNREGISTERED"
        | "DEVICE_QUOTA_EXCEEDED"
        | "SERVER_UNAVAILABLE"
        | "SERVER_ERROR"
        | "NOT_CONTEMPLATED_ERROR" => EventKind::Failed,
        _ => return None,
    })
}

fn whats_app(raw: &str) -> Option<EventKind> {
    Some(match raw {
        "QUEUE" | "DEQUEUED" => EventKind::Queued,
        "CODE_NOT_ALLOWED" | "INCOMPLETE" | "BLACKLISTED" | "QUOTA_EXCEEDED" => EventKind::Unsent,
        "SENT" => EventKind::Sent,
        "DELIVERED" => EventKind::Delivered,
        "READ" => EventKind::Read,
        "FAILED" | "UNDELIVERED" => EventKind::Failed,
        _ => return None,
    })
}

fn rcs(raw: &str) -> Option<EventKind> {
    Some(match raw {
        "QUEUE" | "DEQUEUED" => EventKind::Queued,
        "INCOMPLETE" => EventKind::Unsent,
        // Another way of delivery is used: on its way, and the report shows a bar of its own.
        "SENT" | "FALLBACK" => EventKind::Sent,
        "DELIVERED" => EventKind::Delivered,
        "READ" => EventKind::Read,
        "NOT_SENT" => EventKind::Failed,
        _ => return None,
    })
}

/// An error of a provider in a sentence: its code and what it means, else what the provider said.
fn error_text(code: &str, meaning: Option<&str>, said: Option<&str>) -> Option<String> {
    const CODE_CHARS_MAX: usize = 32;
    let code: String = code
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .take(CODE_CHARS_MAX)
        .collect();
    let said = said.and_then(text::reason);
    match (meaning, said) {
        (Some(meaning), _) => Some(format!("{code} {meaning}")),
        (None, Some(said)) => Some(format!("{code} {said}")),
        (None, None) => Some(code),
    }
    .map(|text| text.trim().to_owned())
    .filter(|text| !text.is_empty())
}
