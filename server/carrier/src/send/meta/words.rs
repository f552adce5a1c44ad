//! Meta's error codes (Cloud API error codes), and what they mean for a message.

use std::time::Duration;

use domain::{EventKind, contact::SuppressionSource};
use serde::Deserialize;

use crate::{
    Submission,
    send::{http::Reply, redact},
};

/// Time between two messages to the same number (131056).
const PAIR_WAIT: Duration = Duration::from_secs(6);

/// What Meta says went wrong.
#[derive(Debug, Deserialize)]
pub(super) struct MetaError {
    code: i64,
    #[serde(default)]
    error_subcode: Option<i64>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    error_data: Option<ErrorData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorData {
    details: String,
}

pub(super) fn error(reply: &Reply) -> Option<MetaError> {
    #[derive(Deserialize)]
    struct Body {
        error: MetaError,
    }
    serde_json::from_slice::<Body>(&reply.body)
        .ok()
        .map(|body| body.error)
}

/// In a sentence, without contact data.
pub(super) fn said(error: &MetaError) -> String {
    let details = error.error_data.as_ref().map(|data| data.details.as_str());
    let text = details
        .filter(|details| !details.is_empty())
        .unwrap_or(&error.message);
    format!("Meta answered {}: {}", error.code, redact(text))
}

/// None for codes that say no more than the status does.
pub(super) fn outcome(error: &MetaError, reply: &Reply) -> Option<Submission> {
    let said = said(error);
    let refused = |kind, raw: &str, suppress| Submission::Refused {
        kind,
        raw: raw.to_owned(),
        reason: said.clone(),
        suppress,
        is_device_gone: false,
    };
    let code = error.code;
    let number = code.to_string();
    let raw = number.as_str();
    Some(match code {
        // Credentials, permissions, a locked or unpaid account, a number that isn't registered.
        0
        | 3
        | 10
        | 33
        | 190
        | 200..=299
        | 368
        | 131_005
        | 131_031
        | 131_042
        | 131_045
        | 133_010 => Submission::Account { reason: said },
        // An object that doesn't exist, or not for this token: the phone number's id is wrong.
        100 if error.error_subcode == Some(33) => Submission::Account { reason: said },
        4 | 80_007 | 130_429 | 131_048 => Submission::Later {
            reason: said,
            after: reply.retry_after(),
            is_account: true,
        },
        131_056 => Submission::Later {
            reason: said,
            after: Some(reply.retry_after().unwrap_or(PAIR_WAIT)),
            is_account: false,
        },
        // The person asked for no more marketing from this business.
        131_050 => refused(
            EventKind::Unsent,
            "BLACKLISTED",
            Some(SuppressionSource::Carrier),
        ),
        // Enough marketing for this person today; part of an experiment of Meta's.
        131_049 | 130_472 => refused(EventKind::Unsent, "QUOTA_EXCEEDED", None),
        130_497 => refused(EventKind::Unsent, "CODE_NOT_ALLOWED", None),
        // Not on WhatsApp or too old a version; outside of the 24 hours.
        131_026 | 131_047 => refused(EventKind::Failed, "FAILED", None),
        // A value is missing.
        131_008 | 132_000 | 132_018 => refused(EventKind::Unsent, "INCOMPLETE", None),
        // Other trouble with the template, its values or its media.
        100 | 131_009 | 131_021 | 131_051..=131_053 | 132_001..=132_099 => {
            refused(EventKind::Unsent, raw, None)
        }
        _ if reply.status.as_u16() == 400 => refused(EventKind::Unsent, raw, None),
        _ => return None,
    })
}
