//! Google's RCS Business Messaging.

use domain::{Channel, contact::SuppressionSource};
use ring::hmac;
use serde_json::Value;

use super::{
    ConsentAct, ConsentNotice, Inbound, Incoming, Item, Notice, Reply, Status, Verdict, json,
    keyword,
    refusal::{Refusal, taken},
    text, verify,
    words::Word,
};
use crate::Settings;

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let token = settings.require("client_token")?;
    let body = json::parse(request.body)?;
    if body.get("message").is_none()
        && let Some(given) = json::text(&body, "/clientToken")
    {
        return handshake(token, given, &body);
    }
    let signature = request
        .header("x-goog-signature")
        .ok_or(Refusal::forged("the signature is missing"))?;
    let signature =
        verify::decode(signature).ok_or(Refusal::forged("the signature is not base64"))?;
    // What is signed is what the body holds, not the body: nothing else of it is believed.
    let data = json::text(&body, "/message/data")
        .and_then(verify::decode)
        .ok_or(Refusal::unreadable("there are no data in base64"))?;
    let is_signed = verify::is_hmac(hmac::HMAC_SHA512, token.as_bytes(), &[&data], &signature);
    if !is_signed {
        return Err(Refusal::forged("the signature is wrong"));
    }
    let event = json::parse(&data)?;
    let key = match (
        json::text(&event, "/eventId"),
        json::text(&event, "/messageId"),
    ) {
        (Some(id), _) => format!("event:{id}"),
        (None, Some(id)) => {
            let kind = json::text(&event, "/eventType").unwrap_or("RECEIVED");
            format!("message:{id}:{kind}")
        }
        (None, None) => verify::hash(&[&data]),
    };
    Ok(taken(vec![Item::new(key, data)]))
}

/// Google asks once whether the address is ours, and wants its secret back.
fn handshake(token: &str, given: &str, body: &Value) -> Result<Verdict, Refusal> {
    const SECRET_BYTES_MAX: usize = 1_000;
    if !verify::is_same(given.as_bytes(), token.as_bytes()) {
        return Err(Refusal::forged("the client token is wrong"));
    }
    json::text(body, "/secret")
        .filter(|secret| secret.len() <= SECRET_BYTES_MAX)
        .map(|secret| {
            Verdict::Answer(Reply {
                content_type: "text/plain",
                body: secret.to_owned(),
            })
        })
        .ok_or(Refusal::unreadable("there is no secret to give back"))
}

/// The signature of data, as the header holds it.
pub(super) fn sign(token: &str, data: &[u8]) -> String {
    verify::encode(&verify::hmac(hmac::HMAC_SHA512, token.as_bytes(), &[data]))
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let event = json::reparse(item)?;
    let phone = json::text(&event, "/senderPhoneNumber")
        .or_else(|| json::text(&event, "/phoneNumber"))
        .and_then(text::number);
    match json::text(&event, "/eventType") {
        Some("IS_TYPING") => Ok(Vec::new()),
        Some(kind @ ("SUBSCRIBE" | "UNSUBSCRIBE")) => {
            Ok(vec![Notice::Consent(Box::new(ConsentNotice {
                channel: Channel::Rcs,
                address: phone.ok_or("The event names no number.")?,
                message: None,
                reference: None,
                act: match kind {
                    "SUBSCRIBE" => ConsentAct::Returned,
                    _ => ConsentAct::Left(SuppressionSource::User),
                },
                at: json::moment(&event, "/sendTime"),
            }))])
        }
        Some(kind) => Ok(vec![Notice::Status(Box::new(status(&event, kind, phone)))]),
        None => inbound(&event, phone),
    }
}

/// The id of a message is chosen by whoever sends it: it is our key.
fn status(event: &Value, kind: &str, phone: Option<String>) -> Status {
    let id = json::string(event, "/messageId");
    let (word, reason) = match kind {
        "TTL_EXPIRATION_REVOKED" => (
            Word::new(Channel::Rcs, "NOT_SENT"),
            Some("not delivered in its time, and withdrawn".to_owned()),
        ),
        kind => (Word::new(Channel::Rcs, kind), None),
    };
    Status {
        message: id.clone().filter(|key| text::is_key(key)),
        reference: id,
        recipient: phone,
        kind: word.kind,
        raw: word.raw,
        at: json::moment(event, "/sendTime"),
        reason,
        ..Status::default()
    }
}

fn inbound(event: &Value, phone: Option<String>) -> Result<Vec<Notice>, String> {
    let chip = json::text(event, "/suggestionResponse/text");
    let postback = json::text(event, "/suggestionResponse/postbackData");
    let said = json::text(event, "/text").or(chip).unwrap_or_default();
    let is_message = event.get("text").is_some()
        || event.get("suggestionResponse").is_some()
        || event.get("userFile").is_some()
        || event.get("location").is_some();
    if !is_message {
        return Err("The event tells neither a type nor a text.".to_owned());
    }
    Ok(vec![Notice::Inbound(Box::new(Inbound {
        channel: Channel::Rcs,
        from: phone.ok_or("The message doesn't say who wrote it.")?,
        to: json::string(event, "/agentId").unwrap_or_default(),
        text: said.to_owned(),
        answers: None,
        keyword: postback.and_then(keyword).or_else(|| keyword(said)),
        at: json::moment(event, "/sendTime"),
    }))])
}
