//! Web Push: a request to the browser's push service (RFC 8030), encrypted for the browser (RFC 8291).

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{
    contact::PushTarget,
    content::{Circle, PushKind},
};
use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE},
};
use serde::Serialize;

use super::{
    TTL_S, accepted,
    endpoint::{Hosts, keys},
    failed, gone, now, push_body, topic, unsent,
    vapid::Vapid,
};
use crate::{
    Network, Outgoing, PushBody, Settings, SettingsError, Submission,
    send::{
        Answer, Carrier,
        http::{Client, Failure, Reply, client},
    },
};

/// Largest request body that a push service has to take, in bytes (RFC 8030 §7.2).
const BODY_BYTES_MAX: usize = 4_096;
/// What encryption adds: salt, record size, the sender's key, the end of padding and the tag (RFC 8188, RFC 8291).
const OVERHEAD_BYTES: usize = 16 + 4 + 1 + 65 + 1 + 16;
/// How much of an answer is looked through for a known cause, in bytes.
const CAUSE_BYTES_MAX: usize = 2_048;

/// How the large push services say that a subscription was made with another key than ours.
const OTHER_KEY: [&str; 5] = [
    // Google.
    "do not correspond to the credentials",
    "does not correspond to the sender ID",
    "UnauthorizedRegistration",
    // Mozilla.
    "VAPID public key mismatch",
    // Apple.
    "VapidPkHashMismatch",
];

/// What the worker in the browser gets. Empty parts are left out: there is little room.
#[derive(Serialize)]
struct Payload<'a> {
    title: &'a str,
    body: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    image: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    link: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geo: Option<&'a Circle>,
    report: &'a str,
    message: &'a str,
}

/// A Web Push account.
pub(super) struct WebPush {
    client: Client,
    network: Network,
    hosts: Hosts,
    vapid: Vapid,
}

impl WebPush {
    pub(super) fn new(settings: &Settings, network: &Network) -> Result<Self, SettingsError> {
        Ok(Self {
            client: client(network)?,
            network: network.clone(),
            hosts: Hosts::new(settings)?,
            vapid: Vapid::new(settings)?,
        })
    }

    async fn hand_over(&self, message: &Outgoing) -> Result<Submission, Submission> {
        let push = push_body(message)?;
        let (url, body) = self.letter(message, push)?;
        let origin = url.origin().ascii_serialization();
        let authorization =
            self.vapid
                .authorization(&origin, now())
                .ok_or_else(|| Submission::Later {
                    reason: "The notification could not be signed just now.".to_owned(),
                    after: None,
                    is_account: false,
                })?;
        let mut request = self
            .client
            .request(Method::POST, url.as_str())
            .map_err(without_answer)?
            .header("ttl", TTL_S)
            .header("urgency", urgency(push.content.kind))
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(AUTHORIZATION, authorization);
        if let Some(topic) = topic(&message.message) {
            request = request.header("topic", topic);
        }
        let reply = self
            .client
            .send(request.body(body))
            .await
            .map_err(without_answer)?;
        let submission = outcome(&reply, self.vapid.is_proven(&origin));
        if matches!(submission, Submission::Accepted { .. }) {
            self.vapid.prove(&origin);
        }
        Ok(submission)
    }

    /// Where it goes, and what, encrypted.
    fn letter(&self, message: &Outgoing, push: &PushBody) -> Result<(Url, Vec<u8>), Submission> {
        let PushTarget::WebPush {
            endpoint,
            p256dh,
            auth,
        } = &push.target
        else {
            return Err(unsent(
                "BAD_PLATFORM",
                "The device belongs to an app; this account sends to browsers.",
            ));
        };
        let url = self
            .hosts
            .check(endpoint, &self.network)
            .map_err(|reason| failed("BAD_DEVICE_TOKEN", &reason))?;
        let (key, auth) = keys(p256dh, auth).map_err(|reason| gone("BAD_DEVICE_TOKEN", &reason))?;
        let plain = payload(message, push);
        if plain.len() + OVERHEAD_BYTES > BODY_BYTES_MAX {
            return Err(unsent(
                "PAYLOAD_LIMIT_EXCEEDED",
                &format!(
                    "The notification has {} bytes; browsers take {}. Shorten its text or its data.",
                    plain.len(),
                    BODY_BYTES_MAX - OVERHEAD_BYTES
                ),
            ));
        }
        let body = web_push_native::encrypt(plain, &key, &auth).map_err(|_| {
            unsent(
                "INVALID_MESSAGE",
                "The notification could not be encrypted.",
            )
        })?;
        Ok((url, body))
    }
}

impl Carrier for WebPush {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async { self.hand_over(message).await.unwrap_or_else(|early| early) })
    }

    /// The keys were checked when the account was read, and push services answer nothing without a subscription.
    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

fn payload(message: &Outgoing, push: &PushBody) -> Vec<u8> {
    let content = &push.content;
    let payload = Payload {
        title: &content.title,
        body: &content.body,
        image: &content.image,
        link: &content.link,
        kind: content.kind.as_str(),
        data: &content.data,
        geo: content
            .geo
            .as_ref()
            .filter(|_| content.kind == PushKind::Geo),
        report: &push.report,
        message: &message.message,
    };
    // Strings alone: writing them can't fail.
    serde_json::to_vec(&payload).unwrap_or_default()
}

/// What is not shown by itself may wait until the device is awake.
fn urgency(kind: PushKind) -> &'static str {
    match kind {
        PushKind::Regular | PushKind::Deeplink | PushKind::Geo => "normal",
        PushKind::InApp | PushKind::Data => "low",
    }
}

/// An address that may not be called is one device's trouble, not the account's.
fn without_answer(failure: Failure) -> Submission {
    match failure {
        Failure::Denied(_) => failed(
            "BAD_DEVICE_TOKEN",
            "The browser's push service is at an address that may not be called.",
        ),
        other => other.into(),
    }
}

/// What an answer means. Everything here is about one device, unless the push service has never taken our key: whoever
/// subscribes chooses the address, and must not be able to stop the account with it.
fn outcome(reply: &Reply, is_proven: bool) -> Submission {
    match reply.status.as_u16() {
        200..=299 => accepted(None),
        404 | 410 => gone("UNREGISTERED", "The browser is no longer subscribed."),
        413 => unsent(
            "PAYLOAD_LIMIT_EXCEEDED",
            "The notification is too large for the browser's push service.",
        ),
        400 | 401 | 403 if is_of_another_key(&reply.body) => failed(
            "MISMATCHED_TOKEN",
            "The browser subscribed with another VAPID key than this account has.",
        ),
        401 | 403 if is_proven => failed(
            "MISMATCHED_TOKEN",
            "The push service takes this account's key for other browsers, and not for this one.",
        ),
        status @ (401 | 403) => Submission::Account {
            reason: format!(
                "The push service rejects the account's VAPID key or contact (AUTH_ERROR, {status}). Check both."
            ),
        },
        400 => unsent(
            "INVALID_MESSAGE",
            "The push service could not read the notification.",
        ),
        429 => Submission::Later {
            reason: "The push service asks to send to this browser more slowly.".to_owned(),
            after: reply.retry_after(),
            is_account: false,
        },
        503 if reply.retry_after().is_some() => Submission::Later {
            reason: "The push service is not available at the moment.".to_owned(),
            after: reply.retry_after(),
            is_account: false,
        },
        status @ 500..=599 => Submission::Uncertain {
            reason: format!("The push service answered with an error of its own ({status})."),
        },
        status => failed(
            "NOT_CONTEMPLATED_ERROR",
            &format!("The push service answered with status {status}."),
        ),
    }
}

fn is_of_another_key(body: &[u8]) -> bool {
    let start = &body[..body.len().min(CAUSE_BYTES_MAX)];
    let text = String::from_utf8_lossy(start);
    OTHER_KEY.iter().any(|cause| text.contains(cause))
}
