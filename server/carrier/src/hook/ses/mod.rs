//! Amazon SES through SNS: the envelope, its signature, and the subscription.
//!
//! Two questions are not answered by the signature, because anybody can have a topic at Amazon: whose topic it is
//! (`topic_arn` is pinned), and where an address leads that we are told to call (only SNS's own hosts).

mod event;
mod signature;

use chrono::{DateTime, Utc};
use domain::carrier::Protocol;
use serde_json::Value;
use url::Url;

use super::{
    CERTIFICATE, Incoming, Item, Reply, Verdict, json,
    refusal::{Refusal, taken},
};
use crate::{Settings, SettingsError};

pub(super) use event::read;

/// Address of the certificate that proves a request; none when the protocol knows no certificates, or the request is of
/// another topic or names no certificate of Amazon's. [`super::receive`] refuses it then, and nothing need be fetched.
///
/// Only `https` addresses of SNS hosts (`sns.REGION.amazonaws.com` or `.com.cn`) that end in `.pem` are given. The certificate
/// never changes under its address, so it may be kept for good. With `certificate_base` in the settings the address is
/// rewritten to that host, for a test double.
#[must_use]
pub fn certificate_url(
    protocol: Protocol,
    settings: &Settings,
    request: &Incoming<'_>,
) -> Option<String> {
    if protocol != Protocol::SesEvents || request.method != "POST" {
        return None;
    }
    let body: Value = serde_json::from_slice(request.body).ok()?;
    if json::text(&body, "/TopicArn") != settings.get("topic_arn") {
        return None;
    }
    let url = json::text(&body, "/SigningCertURL")?;
    let url = amazon_url(url).filter(|url| url.path().ends_with(".pem"))?;
    rebased(settings, &url)
}

/// An address at one of SNS's own hosts.
fn amazon_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let host = url.host_str()?;
    let region = host
        .strip_suffix(".cn")
        .unwrap_or(host)
        .strip_suffix(".amazonaws.com")?
        .strip_prefix("sns.")?;
    let is_region = region.len() >= 3
        && region
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (is_plain && is_region).then_some(url)
}

/// The address itself, or at the double's host.
fn rebased(settings: &Settings, url: &Url) -> Option<String> {
    let Some(base) = settings.get("certificate_base") else {
        return Some(url.to_string());
    };
    let mut made = Url::parse(base).ok()?;
    made.set_path(url.path());
    made.set_query(url.query());
    Some(made.to_string())
}

pub(super) fn receive(
    settings: &Settings,
    request: &Incoming<'_>,
    now: DateTime<Utc>,
) -> Result<Verdict, Refusal> {
    let topic = settings.require("topic_arn")?;
    let envelope = json::parse(request.body)?;
    if json::text(&envelope, "/TopicArn") != Some(topic) {
        return Err(Refusal::forged("of another topic"));
    }
    if certificate_url(Protocol::SesEvents, settings, request).is_none() {
        return Err(Refusal::forged("the certificate is not one of Amazon's"));
    }
    let certificate = settings.get(CERTIFICATE).ok_or_else(|| {
        SettingsError::new(CERTIFICATE, "the signing certificate was not fetched")
    })?;
    signature::verify(&envelope, certificate, now)?;
    match json::text(&envelope, "/Type") {
        Some("Notification") => {
            let id = json::text(&envelope, "/MessageId")
                .ok_or(Refusal::unreadable("the notification has no id"))?;
            let message = json::text(&envelope, "/Message").unwrap_or_default();
            Ok(taken(vec![Item::new(id, message)]))
        }
        Some("SubscriptionConfirmation") => json::text(&envelope, "/SubscribeURL")
            .and_then(amazon_url)
            .and_then(|url| rebased(settings, &url))
            .map(|url| Verdict::Confirm { url })
            .ok_or(Refusal::forged(
                "the address to confirm is not one of Amazon's",
            )),
        Some("UnsubscribeConfirmation") => Ok(Verdict::Answer(Reply::default())),
        _ => Err(Refusal::unreadable("the message has no known type")),
    }
}
