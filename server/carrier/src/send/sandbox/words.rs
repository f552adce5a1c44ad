//! The statuses each channel knows (§4.3 of the functional reference), and how likely they are.

use domain::{Channel, EventKind, contact::SuppressionSource};

/// A status with its story.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) raw: &'static str,
    /// Against the others of its table.
    pub(super) weight: u32,
    pub(super) reason: &'static str,
    pub(super) suppress: Option<SuppressionSource>,
}

const fn word(raw: &'static str, weight: u32, reason: &'static str) -> Word {
    Word {
        raw,
        weight,
        reason,
        suppress: None,
    }
}

const fn gone(raw: &'static str, weight: u32, reason: &'static str) -> Word {
    Word {
        suppress: Some(SuppressionSource::HardFailure),
        ..word(raw, weight, reason)
    }
}

const fn blocked(raw: &'static str, weight: u32, reason: &'static str) -> Word {
    Word {
        suppress: Some(SuppressionSource::Carrier),
        ..word(raw, weight, reason)
    }
}

const INCOMPLETE: Word = word("INCOMPLETE", 1, "a placeholder had no value");
const BLACKLISTED: Word = blocked("BLACKLISTED", 2, "the carrier has it on its blocklist");

const UNSENT_PUSH: &[Word] = &[
    word("NOT_SENT", 2, "the push service did not take it"),
    word("AUTH_MISSING", 1, "the push service saw no credentials"),
    word(
        "AUTH_ERROR",
        1,
        "the push service does not accept the credentials",
    ),
    word("INVALID_MESSAGE", 1, "the push service can't read it"),
    word("PAYLOAD_LIMIT_EXCEEDED", 1, "it is too long"),
    word("BAD_PLATFORM", 1, "the device's platform is not supported"),
    INCOMPLETE,
];

/// What the carrier answers when it doesn't take a message.
pub(super) fn unsent(channel: Channel) -> &'static [Word] {
    match channel {
        Channel::Sms => {
            const {
                &[
                    word(
                        "CODE_NOT_ALLOWED",
                        2,
                        "the country is not open for this sender",
                    ),
                    BLACKLISTED,
                    word("SEGMENTS_EXCEEDED", 1, "the text has too many segments"),
                    word("EXHAUSTED", 1, "the carrier gave up trying"),
                ]
            }
        }
        Channel::Email => {
            const {
                &[
                    word("NOT_SENT", 2, "the mail server did not take it"),
                    word("BAD_TO", 3, "the address can't be written to"),
                    word("BAD_FROM", 1, "the sender is not allowed"),
                    BLACKLISTED,
                    INCOMPLETE,
                ]
            }
        }
        Channel::Push => UNSENT_PUSH,
        Channel::WhatsApp => {
            const {
                &[
                    word(
                        "CODE_NOT_ALLOWED",
                        2,
                        "the country is not open for this sender",
                    ),
                    INCOMPLETE,
                    BLACKLISTED,
                    word(
                        "QUOTA_EXCEEDED",
                        1,
                        "this number got enough marketing today",
                    ),
                ]
            }
        }
        Channel::Rcs => const { &[INCOMPLETE] },
    }
}

/// What the carrier answers when a message fails at once.
pub(super) fn failed_at_once(channel: Channel) -> &'static [Word] {
    match channel {
        Channel::Sms => const { &[word("INVALID_ROUTING", 1, "no route to this number")] },
        Channel::Email => const { &[gone("BOUNCED_PERMANENT", 1, "no such mailbox")] },
        Channel::Push => {
            const {
                &[
                    word("EXHAUSTED", 1, "the push service gave up trying"),
                    word("BAD_DEVICE_TOKEN", 2, "the device's address can't be read"),
                    word(
                        "MISMATCHED_TOKEN",
                        1,
                        "the device belongs to another sender",
                    ),
                    word("UNREGISTERED", 8, "the device is gone"),
                    word("DEVICE_QUOTA_EXCEEDED", 1, "the device got too many"),
                    word("SERVER_UNAVAILABLE", 1, "the push service is not available"),
                    word("SERVER_ERROR", 1, "the push service failed"),
                    word(
                        "NOT_CONTEMPLATED_ERROR",
                        1,
                        "the push service answered with an unknown error",
                    ),
                ]
            }
        }
        Channel::WhatsApp => const { &[word("FAILED", 1, "the number is not on WhatsApp")] },
        Channel::Rcs => {
            const {
                &[word(
                    "NOT_SENT",
                    1,
                    "the phone has no RCS and there is no fallback",
                )]
            }
        }
    }
}

/// What a receipt says of a message that is taken and fails. Push services tell nothing later.
pub(super) fn failed_later(channel: Channel) -> &'static [Word] {
    match channel {
        Channel::Sms => {
            const {
                &[
                    word("EXPIRED", 3, "the phone was off for too long"),
                    word("UNDELIV", 5, "the phone can't be reached"),
                    gone("UNDELIV", 2, "the number is not in use"),
                    word("REJECTD", 2, "refused by the operator"),
                    word("DELETED", 1, "deleted by the operator"),
                    word("INVALID_ROUTING", 1, "no route to this number"),
                ]
            }
        }
        Channel::Email => {
            const {
                &[
                    word(
                        "EXHAUSTED",
                        2,
                        "the mailbox's server did not answer for days",
                    ),
                    word("BOUNCED", 3, "the mailbox is full"),
                    gone("BOUNCED_PERMANENT", 4, "no such mailbox"),
                    word(
                        "BLOCKED_DUE_BAD_BEHAVIOUR",
                        1,
                        "the mailbox's server blocks the sender",
                    ),
                ]
            }
        }
        Channel::Push => failed_at_once(Channel::Push),
        Channel::WhatsApp => {
            const {
                &[
                    word("FAILED", 2, "the message could not be delivered"),
                    word("UNDELIVERED", 1, "the phone can't be reached"),
                ]
            }
        }
        Channel::Rcs => const { &[word("NOT_SENT", 1, "the phone can't be reached")] },
    }
}

/// What a message is that never comes to an end; empty where nothing more is heard of it.
pub(super) fn pending(channel: Channel) -> &'static [Word] {
    match channel {
        Channel::Sms => {
            const {
                &[
                    word("ENROUTE", 3, "on its way"),
                    word("ACCEPTD", 2, "accepted by the operator"),
                    word("UNKNOWN", 1, "the operator can't say"),
                    word("INCOMPLETE", 1, "some segments are not accounted for"),
                ]
            }
        }
        _ => &[],
    }
}

/// What a carrier posts while a message waits in its own queue; empty where it says nothing.
pub(super) fn waiting(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Sms | Channel::WhatsApp => &["QUEUE", "DEQUEUED"],
        Channel::Email | Channel::Push => &["DEQUEUED"],
        Channel::Rcs => &[],
    }
}

/// The word for having arrived.
pub(super) fn delivered(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "DELIVRD",
        // §4.3 knows no other word for a mail that has arrived and is not opened.
        Channel::Email => "SENT",
        Channel::Push | Channel::WhatsApp | Channel::Rcs => "DELIVERED",
    }
}

/// The event and the word for having been seen; none where carriers don't know.
pub(super) fn seen(channel: Channel) -> Option<(EventKind, &'static str)> {
    match channel {
        Channel::Sms => None,
        Channel::Email => Some((EventKind::Opened, "OPEN")),
        Channel::Push => Some((EventKind::Opened, "OPENED")),
        Channel::WhatsApp | Channel::Rcs => Some((EventKind::Read, "READ")),
    }
}
