//! Notices made fit to be kept: what providers write is limited, and free of control characters.

use domain::event::{LINK_BYTES_MAX, VALUE_BYTES_MAX};

use super::{ConsentNotice, Inbound, Notice, Status, text};

/// Longest id, address or name, in bytes.
const NAME_BYTES_MAX: usize = 320;
/// Longest text that somebody wrote, in bytes; a WhatsApp message has 4,096 characters.
const TEXT_BYTES_MAX: usize = 16_384;

/// The notice within its limits.
pub(super) fn tidy(notice: Notice) -> Notice {
    match notice {
        Notice::Status(mut status) => {
            limit(&mut status);
            Notice::Status(status)
        }
        Notice::Inbound(inbound) => {
            let Inbound {
                channel,
                from,
                to,
                text,
                answers,
                keyword,
                at,
            } = *inbound;
            Notice::Inbound(Box::new(Inbound {
                channel,
                from: text::clip(&from, NAME_BYTES_MAX).unwrap_or_default(),
                to: text::clip(&to, NAME_BYTES_MAX).unwrap_or_default(),
                text: text::clip(&text, TEXT_BYTES_MAX).unwrap_or_default(),
                answers: clipped(answers, NAME_BYTES_MAX),
                keyword,
                at,
            }))
        }
        Notice::Consent(consent) => {
            let ConsentNotice {
                channel,
                address,
                message,
                reference,
                act,
                at,
            } = *consent;
            Notice::Consent(Box::new(ConsentNotice {
                channel,
                address: text::clip(&address, NAME_BYTES_MAX).unwrap_or_default(),
                message,
                reference: clipped(reference, NAME_BYTES_MAX),
                act,
                at,
            }))
        }
    }
}

fn limit(status: &mut Status) {
    for (field, limit) in [
        (&mut status.reference, NAME_BYTES_MAX),
        (&mut status.recipient, NAME_BYTES_MAX),
        (&mut status.reason, VALUE_BYTES_MAX),
        (&mut status.carrier, NAME_BYTES_MAX),
        (&mut status.link, LINK_BYTES_MAX),
        (&mut status.user_agent, VALUE_BYTES_MAX),
        (&mut status.ip, NAME_BYTES_MAX),
    ] {
        *field = clipped(field.take(), limit);
    }
}

fn clipped(text: Option<String>, limit: usize) -> Option<String> {
    text.and_then(|text| text::clip(&text, limit))
}
