//! Standard Webhooks, and Svix from which they come: the proof of Resend's and other events.
//!
//! Both sets of headers are read (`webhook-id` and `svix-id`). A list of signatures is for the sender's change of
//! secrets: one that fits is enough. The account may hold several secrets too, with blanks between them.

use chrono::{DateTime, TimeDelta, Utc};
use ring::{
    hmac,
    signature::{ED25519, UnparsedPublicKey},
};

use super::{
    Incoming, Item, Verdict,
    refusal::{Refusal, taken},
    verify,
};
use crate::{Settings, SettingsError};

/// How far the sender's clock may be from ours.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// Signatures looked at in one header.
const SIGNATURES_MAX: usize = 32;

/// A key that signatures are checked by.
pub(super) enum Key {
    /// `whsec_`: a shared secret; `v1` signatures.
    Secret(Vec<u8>),
    /// `whpk_`: the sender's ed25519 key; `v1a` signatures.
    Public(Vec<u8>),
}

/// The keys of an account.
pub(super) fn keys(settings: &Settings) -> Result<Vec<Key>, SettingsError> {
    settings
        .require("signing_secret")?
        .split_whitespace()
        .map(key)
        .collect()
}

fn key(text: &str) -> Result<Key, SettingsError> {
    const ED25519_BYTES: usize = 32;
    let error = |message: &str| SettingsError::new("signing_secret", message);
    if let Some(key) = text.strip_prefix("whpk_") {
        return verify::decode(key)
            .filter(|key| key.len() == ED25519_BYTES)
            .map(Key::Public)
            .ok_or_else(|| {
                error("is not an ed25519 public key: whpk_ and 32 bytes in base64 are expected")
            });
    }
    if text.starts_with("whsk_") {
        return Err(error(
            "is the sender's private key; ask for the public one, whpk_…",
        ));
    }
    let secret = text.strip_prefix("whsec_").unwrap_or(text);
    verify::decode(secret)
        .filter(|secret| !secret.is_empty())
        .map(Key::Secret)
        .ok_or_else(|| error("is not a signing secret: whsec_ and base64 are expected"))
}

pub(super) fn receive(
    settings: &Settings,
    request: &Incoming<'_>,
    now: DateTime<Utc>,
) -> Result<Verdict, Refusal> {
    let keys = keys(settings)?;
    let header = |name: &str| {
        request
            .header(&format!("webhook-{name}"))
            .or_else(|| request.header(&format!("svix-{name}")))
            .filter(|value| !value.is_empty())
            .ok_or(Refusal::forged("the signature is missing"))
    };
    let (id, time, signatures) = (header("id")?, header("timestamp")?, header("signature")?);
    let at = time
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(Refusal::forged("the signature has no time"))?;
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", request.body].concat();
    let is_signed = signatures
        .split_whitespace()
        .take(SIGNATURES_MAX)
        .filter_map(|signature| signature.split_once(','))
        .filter_map(|(version, signature)| Some((version, verify::decode(signature)?)))
        .any(|(version, signature)| {
            keys.iter().any(|key| match (key, version) {
                (Key::Secret(secret), "v1") => {
                    verify::is_hmac(hmac::HMAC_SHA256, secret, &[&signed], &signature)
                }
                (Key::Public(key), "v1a") => UnparsedPublicKey::new(&ED25519, key)
                    .verify(&signed, &signature)
                    .is_ok(),
                _ => false,
            })
        });
    if !is_signed {
        return Err(Refusal::forged("the signature is wrong"));
    }
    if at < now - TOLERANCE || at > now + TOLERANCE {
        return Err(Refusal::forged("the signature is too old"));
    }
    Ok(taken(vec![Item::new(id, request.body)]))
}

/// A `v1` signature, as the header holds it.
pub(super) fn sign(secret: &[u8], id: &str, time: i64, body: &[u8]) -> String {
    let time = time.to_string();
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let tag = verify::hmac(hmac::HMAC_SHA256, secret, &parts);
    format!("v1,{}", verify::encode(&tag))
}
