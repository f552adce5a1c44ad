//! Push notifications: to browsers by Web Push, to apps by Firebase Cloud Messaging.
//!
//! Neither tells whether a message was shown. The worker in the browser and the app report that themselves, to the
//! signed address in [`PushBody::report`].
//!
//! A notification carries the key of its message wherever the formats have a place for it (`Topic`, `tag`,
//! `apns-collapse-id`), so that one that was handed over twice replaces itself on the device.

mod endpoint;
mod fcm;
mod vapid;
mod web_push;

pub use endpoint::{check_endpoint, check_keys};
pub use vapid::{new_vapid_keys, public_key};

use std::{sync::Arc, time::SystemTime};

use chrono::{DateTime, Utc};
use domain::EventKind;

use super::Carrier;
use crate::{Network, Outgoing, OutgoingBody, PushBody, Settings, SettingsError, Submission};

/// How long a push service keeps a message for a device that is off, in seconds: three days.
const TTL_S: u32 = 3 * 24 * 60 * 60;
/// Longest `Topic` of RFC 8030, and short enough for `apns-collapse-id`.
const TOPIC_BYTES_MAX: usize = 32;

/// The carrier of a Web Push account (RFC 8030, 8291, 8292).
///
/// # Errors
/// When the keys, the contact or the allowed hosts can't be used.
pub fn web_push(settings: &Settings, network: &Network) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(web_push::WebPush::new(settings, network)?))
}

/// The carrier of a Firebase project (FCM HTTP v1).
///
/// # Errors
/// When the service account or the API's address can't be used.
pub fn fcm(settings: &Settings, network: &Network) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(fcm::Fcm::new(settings, network)?))
}

/// The time by which others judge a token of ours.
#[expect(
    clippy::disallowed_methods,
    reason = "push services compare the times in our tokens with the real time, which no test can hold still"
)]
fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// The notification in a message.
fn push_body(message: &Outgoing) -> Result<&PushBody, Submission> {
    match &message.body {
        OutgoingBody::Push(push) => Ok(push),
        _ => Err(unsent(
            "BAD_PLATFORM",
            "This account sends push notifications only.",
        )),
    }
}

/// The message's key where it may stand as a topic.
fn topic(message: &str) -> Option<&str> {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = (1..=TOPIC_BYTES_MAX).contains(&message.len());
    (fits && message.bytes().all(is_safe)).then_some(message)
}

/// Never accepted.
fn unsent(raw: &str, reason: &str) -> Submission {
    refused(EventKind::Unsent, raw, reason, false)
}

/// Bounced at once; the device may be reached another time.
fn failed(raw: &str, reason: &str) -> Submission {
    refused(EventKind::Failed, raw, reason, false)
}

/// Bounced at once, and there is no device at this address any more.
fn gone(raw: &str, reason: &str) -> Submission {
    refused(EventKind::Failed, raw, reason, true)
}

fn refused(kind: EventKind, raw: &str, reason: &str, is_device_gone: bool) -> Submission {
    Submission::Refused {
        kind,
        raw: raw.to_owned(),
        reason: reason.to_owned(),
        suppress: None,
        is_device_gone,
    }
}

fn accepted(reference: Option<String>) -> Submission {
    Submission::Accepted {
        reference,
        raw: "SENT".to_owned(),
    }
}
