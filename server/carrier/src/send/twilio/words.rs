//! Twilio's error codes (twilio.com/docs/api/errors), and what they mean for a message.

use domain::{EventKind, contact::SuppressionSource};

use crate::{
    Submission,
    send::{http::Reply, redact},
};

/// A request that was refused with a code.
pub(super) fn refused(code: u32, message: &str, reply: &Reply) -> Submission {
    let said = format!("Twilio answered {code}: {}", redact(message));
    let unsent = |raw: &str, suppress| Submission::Refused {
        kind: EventKind::Unsent,
        raw: raw.to_owned(),
        reason: said.clone(),
        suppress,
        is_device_gone: false,
    };
    match code {
        // Too many requests; queues that are full: of the sender, of the account, of the channel.
        20429 | 14107 | 21611 | 30001 | 63018 => Submission::Later {
            reason: said,
            after: reply.retry_after(),
            is_account: true,
        },
        // Credentials, suspension, a sender or service that isn't the account's.
        10001 | 20003 | 20005 | 20006 | 20403 | 20404 | 21212 | 21606 | 21608 | 21659 | 21660
        | 21661 | 21701 | 21703 | 21704 | 21705 | 30002 | 63007 => {
            Submission::Account { reason: said }
        }
        // Answered STOP to this sender.
        21610 => unsent("BLACKLISTED", Some(SuppressionSource::Carrier)),
        // Countries that are not open, and combinations of sender and recipient that have no route.
        21408 | 21612 => unsent("CODE_NOT_ALLOWED", None),
        21605 | 21617 => unsent("SEGMENTS_EXCEEDED", None),
        // No text; variables of a template that are missing or can't be read.
        21602 | 21619 | 21656 => unsent("INCOMPLETE", None),
        63000..=63999 => failed(code, message, "failed"),
        30003..=30999 => failed(code, message, "undelivered"),
        _ if reply.status.as_u16() == 400 => unsent(&code.to_string(), None),
        _ => reply
            .outcome("Twilio")
            .unwrap_or_else(|| unsent(&code.to_string(), None)),
    }
}

/// A message that was taken, and failed in the same answer.
pub(super) fn failed(code: u32, message: &str, status: &str) -> Submission {
    Submission::Refused {
        kind: EventKind::Failed,
        raw: status.to_ascii_uppercase(),
        reason: match code {
            0 => "Twilio took the message and it failed at once".to_owned(),
            _ => format!("Twilio answered {code}: {}", redact(message)),
        },
        suppress: match code {
            21610 => Some(SuppressionSource::Carrier),
            // Unknown number, landline.
            30005 | 30006 => Some(SuppressionSource::HardFailure),
            _ => None,
        },
        is_device_gone: false,
    }
}
