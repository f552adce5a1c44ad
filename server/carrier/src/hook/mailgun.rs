//! Mailgun's webhooks, in their JSON form.
//!
//! The signature covers a time and a token, not the body. A token counts once (it is the item's key), and it must be young:
//! Mailgun tries again for eight hours, so twelve are allowed. Whoever keeps keys for less than that can be told a body twice.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Evidence;
use ring::hmac;

use super::{
    Incoming, Item, Notice, Status, Verdict, json,
    refusal::{Refusal, taken},
    text, verify, words,
};
use crate::Settings;

/// How old a signature may be.
const AGE_MAX: TimeDelta = TimeDelta::hours(12);
/// How far their clock may run ahead.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);

pub(super) fn receive(
    settings: &Settings,
    request: &Incoming<'_>,
    now: DateTime<Utc>,
) -> Result<Verdict, Refusal> {
    let secret = settings.require("signing_key")?;
    let body = json::parse(request.body)?;
    let get =
        |name: &str| json::string(&body, name).ok_or(Refusal::forged("the signature is missing"));
    let time = get("/signature/timestamp")?;
    let token = get("/signature/token")?;
    let signature = verify::unhex(&get("/signature/signature")?)
        .ok_or(Refusal::forged("the signature is not hexadecimal"))?;
    let is_signed = verify::is_hmac(
        hmac::HMAC_SHA256,
        secret.as_bytes(),
        &[time.as_bytes(), token.as_bytes()],
        &signature,
    );
    if !is_signed {
        return Err(Refusal::forged("the signature is wrong"));
    }
    let at = json::unix(&body, "/signature/timestamp")
        .ok_or(Refusal::forged("the signature has no time"))?;
    if at < now - AGE_MAX || at > now + AHEAD_MAX {
        return Err(Refusal::forged("the signature is too old"));
    }
    Ok(taken(vec![Item::new(token, request.body)]))
}

/// The signature of a time and a token.
pub(super) fn sign(secret: &str, time: &str, token: &str) -> String {
    verify::hex(&verify::hmac(
        hmac::HMAC_SHA256,
        secret.as_bytes(),
        &[time.as_bytes(), token.as_bytes()],
    ))
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let body = json::reparse(item)?;
    let event = body.get("event-data").ok_or("There is no event in it.")?;
    let kind = json::text(event, "/event").ok_or("The event has no name.")?;
    let get = |name: &str| json::string(event, name);
    let id = get("/message/headers/message-id");
    let said = get("/delivery-status/description")
        .or_else(|| get("/delivery-status/message"))
        .or_else(|| get("/reject/reason"))
        .or_else(|| get("/reason"));
    let status = get("/delivery-status/enhanced-code")
        .or_else(|| said.as_deref().and_then(text::status_code))
        .or_else(|| get("/delivery-status/code"))
        .unwrap_or_default();
    let word = words::mailgun(
        kind,
        &get("/severity").unwrap_or_default(),
        &get("/reason").unwrap_or_default(),
        &status,
    );
    let evidence = match get("/client-info/bot").as_deref() {
        None => None,
        Some("apple") => Some(Evidence::Prefetch),
        Some("gmail") => Some(Evidence::Proxy),
        Some(_) => Some(Evidence::Machine),
    };
    Ok(vec![Notice::Status(Box::new(Status {
        message: get("/user-variables/message")
            .filter(|key| text::is_key(key))
            .or_else(|| id.as_deref().and_then(text::key_of_message_id)),
        reference: id.as_deref().map(text::bare),
        recipient: get("/recipient"),
        kind: word.kind,
        raw: word.raw,
        at: json::unix(event, "/timestamp"),
        reason: matches!(kind, "failed" | "rejected")
            .then_some(said)
            .flatten()
            .and_then(|said| text::reason(&said)),
        link: get("/url"),
        user_agent: get("/client-info/user-agent"),
        ip: get("/ip"),
        evidence,
        suppress: word.suppress,
        ..Status::default()
    }))])
}
