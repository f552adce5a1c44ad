//! What Firebase answers. Its own texts may repeat what was sent, so none is passed on.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    Submission,
    send::{
        http::Reply,
        push::{accepted, failed, gone, unsent},
    },
};

/// Firebase asks to wait at least this long when a quota is used up.
const QUOTA_WAIT_MIN: Duration = Duration::from_secs(60);

/// What an answer means.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// The message's fate.
    Done(Submission),
    /// The access token is not good; the message was not looked at.
    TokenRefused,
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Problem,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    message: String,
    details: Vec<Detail>,
}

/// `google.rpc` details of several types, by the fields that matter here.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    #[serde(rename = "@type")]
    kind: String,
    /// Of `FcmError`.
    error_code: String,
    /// Of `BadRequest`.
    field_violations: Vec<Violation>,
    /// Of `QuotaFailure`.
    violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Violation {
    field: String,
    subject: String,
    description: String,
}

#[derive(Deserialize)]
struct Sent {
    name: String,
}

/// Reads an answer to `messages:send`.
pub(super) fn read(reply: &Reply) -> Outcome {
    let status = reply.status.as_u16();
    if reply.status.is_success() {
        let sent: Option<Sent> = serde_json::from_slice(&reply.body).ok();
        return Outcome::Done(accepted(sent.map(|sent| sent.name)));
    }
    let Body { error } = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = error
        .details
        .iter()
        .filter(|detail| detail.kind.ends_with("fcm.v1.FcmError"))
        .map(|detail| detail.error_code.as_str())
        .find(|code| !code.is_empty())
        .unwrap_or_default();
    Outcome::Done(match (status, code) {
        (_, "THIRD_PARTY_AUTH_ERROR") => unsent(
            "AUTH_ERROR",
            "The Firebase project has no valid key for this device's platform. Check its APNs key in the console.",
        ),
        (401, _) => return Outcome::TokenRefused,
        (_, "UNREGISTERED") => gone("UNREGISTERED", "The app was removed from the device."),
        (_, "SENDER_ID_MISMATCH") => failed(
            "MISMATCHED_TOKEN",
            "The device registered with another Firebase project than this account's.",
        ),
        (429, _) | (_, "QUOTA_EXCEEDED") => quota(reply, &error),
        (400, _) => invalid(&error),
        // Google's own libraries take it for a removed app; without its word the device is kept.
        (404, _) if !error.message.is_empty() => {
            failed("UNREGISTERED", "Firebase does not know the device's token.")
        }
        (403 | 404, _) => Submission::Account {
            reason: format!(
                "The service account may not send in this Firebase project (AUTH_ERROR, {status}). Is the Cloud \
                 Messaging API enabled, and the project the right one?"
            ),
        },
        (500..=599, _) => broken(reply, code),
        (300..=399, _) => Submission::Account {
            reason: "Firebase answers with a redirect; check the API address.".to_owned(),
        },
        _ => failed(
            "NOT_CONTEMPLATED_ERROR",
            &format!("Firebase answered with status {status}."),
        ),
    })
}

/// The message, or its token, is malformed.
fn invalid(error: &Problem) -> Submission {
    let about_token = error
        .details
        .iter()
        .flat_map(|detail| &detail.field_violations)
        .any(|violation| violation.field == "message.token");
    if about_token || error.message.contains("registration token is not a valid") {
        return gone(
            "BAD_DEVICE_TOKEN",
            "The device's token is none of Firebase's.",
        );
    }
    if ["too big", "too large", "exceeds"]
        .iter()
        .any(|word| error.message.contains(word))
    {
        return unsent(
            "PAYLOAD_LIMIT_EXCEEDED",
            "The notification is too large for Firebase. Shorten its text or its data.",
        );
    }
    unsent(
        "INVALID_MESSAGE",
        "Firebase could not read the notification.",
    )
}

/// A limit is used up: of one device, or of the project.
fn quota(reply: &Reply, error: &Problem) -> Submission {
    let names_device = |text: &str| text.to_ascii_lowercase().contains("device");
    let is_of_device = error
        .details
        .iter()
        .flat_map(|detail| &detail.violations)
        .any(|violation| names_device(&violation.subject) || names_device(&violation.description))
        || names_device(&error.message);
    if is_of_device {
        return failed(
            "DEVICE_QUOTA_EXCEEDED",
            "The device has got more notifications in a short time than Firebase delivers.",
        );
    }
    Submission::Later {
        reason: "Firebase asks to send more slowly.".to_owned(),
        after: Some(reply.retry_after().unwrap_or_default().max(QUOTA_WAIT_MIN)),
        is_account: true,
    }
}

/// Firebase says of two of its own errors that the request is to be made again, so it did not take the message.
/// Without its word, a gateway may have lost an answer.
fn broken(reply: &Reply, code: &str) -> Submission {
    match code {
        "UNAVAILABLE" => Submission::Later {
            reason: "Firebase is overloaded (SERVER_UNAVAILABLE).".to_owned(),
            after: reply.retry_after(),
            is_account: true,
        },
        "INTERNAL" => Submission::Later {
            reason: "Firebase had an error of its own (SERVER_ERROR).".to_owned(),
            after: reply.retry_after(),
            is_account: false,
        },
        _ => reply
            .outcome("Firebase")
            .unwrap_or_else(|| Submission::Uncertain {
                reason: "Firebase answered with an error of its own.".to_owned(),
            }),
    }
}
