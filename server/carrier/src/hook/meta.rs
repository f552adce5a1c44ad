//! WhatsApp Cloud API: statuses, what people answer, and their wish to get no more marketing.

use chrono::{DateTime, Utc};
use domain::{Channel, contact::SuppressionSource};
use ring::hmac;
use serde_json::{Value, json};

use super::{
    ConsentAct, ConsentNotice, Inbound, Incoming, Item, Notice, Reply, Status, Verdict, json,
    keyword,
    refusal::{Refusal, taken},
    text, verify, words,
};
use crate::Settings;

/// Longest challenge that is given back.
const CHALLENGE_BYTES_MAX: usize = 1_000;

/// Meta asks once whether the address is ours, and wants its challenge back.
pub(super) fn handshake(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let held = settings.require("verify_token")?;
    let query = verify::query(request.url);
    let get = |name| verify::first(&query, name).unwrap_or_default();
    if get("hub.mode") != "subscribe"
        || !verify::is_same(get("hub.verify_token").as_bytes(), held.as_bytes())
    {
        return Err(Refusal::forged("the verify token is wrong"));
    }
    let challenge = get("hub.challenge");
    if challenge.is_empty() || challenge.len() > CHALLENGE_BYTES_MAX {
        return Err(Refusal::unreadable("there is no challenge"));
    }
    Ok(Verdict::Answer(Reply {
        content_type: "text/plain",
        body: challenge.to_owned(),
    }))
}

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let secret = settings.require("app_secret")?;
    let signature = request
        .header("x-hub-signature-256")
        .and_then(|header| header.trim().strip_prefix("sha256="))
        .ok_or(Refusal::forged("the signature is missing"))?;
    let signature =
        verify::unhex(signature).ok_or(Refusal::forged("the signature is not hexadecimal"))?;
    let is_signed = verify::is_hmac(
        hmac::HMAC_SHA256,
        secret.as_bytes(),
        &[request.body],
        &signature,
    );
    if !is_signed {
        return Err(Refusal::forged("the signature is wrong"));
    }
    let body = json::parse(request.body)?;
    if json::text(&body, "/object") != Some("whatsapp_business_account") {
        return Err(Refusal::unreadable("not of a WhatsApp business account"));
    }
    let changes = json::list(&body, "/entry")
        .iter()
        .flat_map(|entry| json::list(entry, "/changes"));
    Ok(taken(changes.flat_map(items).collect()))
}

/// The signature of a body, as the header holds it.
pub(super) fn sign(secret: &str, body: &[u8]) -> String {
    let tag = verify::hmac(hmac::HMAC_SHA256, secret.as_bytes(), &[body]);
    format!("sha256={}", verify::hex(&tag))
}

/// One item for each status, message and preference; one for a change of any other kind.
fn items(change: &Value) -> Vec<Item> {
    let empty = Value::Null;
    let value = change.get("value").unwrap_or(&empty);
    let to = json::text(value, "/metadata/display_phone_number").unwrap_or_default();
    let mut found = Vec::new();
    for status in json::list(value, "/statuses") {
        let id = json::text(status, "/id").unwrap_or_default();
        let word = json::text(status, "/status").unwrap_or_default();
        let kept = json!({ "status": status });
        found.push(match (id, word) {
            ("", _) | (_, "") => hashed(&kept),
            (id, word) => Item::new(format!("{id}:{word}"), kept.to_string()),
        });
    }
    for message in json::list(value, "/messages") {
        let kept = json!({ "message": message, "to": to });
        found.push(match json::text(message, "/id") {
            Some(id) => Item::new(format!("{id}:received"), kept.to_string()),
            None => hashed(&kept),
        });
    }
    for preference in json::list(value, "/user_preferences") {
        found.push(hashed(&json!({ "preference": preference })));
    }
    if found.is_empty() {
        found.push(hashed(&json!({ "other": change })));
    }
    found
}

fn hashed(kept: &Value) -> Item {
    let kept = kept.to_string();
    Item::new(verify::hash(&[kept.as_bytes()]), kept)
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let item = json::reparse(item)?;
    if let Some(status) = item.get("status") {
        return read_status(status).map(|status| vec![Notice::Status(Box::new(status))]);
    }
    if let Some(message) = item.get("message") {
        let to = json::text(&item, "/to").unwrap_or_default();
        let inbound = read_message(message, to)?;
        return Ok(inbound
            .map(|inbound| Notice::Inbound(Box::new(inbound)))
            .into_iter()
            .collect());
    }
    if let Some(preference) = item.get("preference") {
        return Ok(read_preference(preference).into_iter().collect());
    }
    Ok(Vec::new())
}

fn at(value: &Value) -> Option<DateTime<Utc>> {
    json::unix(value, "/timestamp")
}

fn read_status(status: &Value) -> Result<Status, String> {
    let word = json::text(status, "/status").ok_or("The status has no word.")?;
    let code = json::string(status, "/errors/0/code");
    let said = json::text(status, "/errors/0/error_data/details")
        .or_else(|| json::text(status, "/errors/0/title"))
        .or_else(|| json::text(status, "/errors/0/message"));
    let (reason, suppress) = match &code {
        Some(code) => words::meta_error(code, said),
        None => (None, None),
    };
    let word = words::meta(word, code.as_deref());
    Ok(Status {
        message: json::string(status, "/biz_opaque_callback_data").filter(|key| text::is_key(key)),
        reference: json::string(status, "/id"),
        recipient: json::string(status, "/recipient_id"),
        kind: word.kind,
        raw: word.raw,
        at: at(status),
        reason,
        suppress,
        ..Status::default()
    })
}

/// None for what is no answer of a person: notes of the system, and a reaction taken back.
fn read_message(message: &Value, to: &str) -> Result<Option<Inbound>, String> {
    let from = json::text(message, "/from").and_then(text::number);
    let is_answer = json::text(message, "/context/id").is_some();
    // Somebody with a user name and no number (2026) is known by the message they answer.
    let from = match from {
        Some(from) => from,
        None if is_answer => String::new(),
        None => return Err("The message doesn't say who wrote it.".to_owned()),
    };
    let kind = json::text(message, "/type").unwrap_or_default();
    let mut answers = json::string(message, "/context/id");
    let mut payload = None;
    let said = match kind {
        "system" | "unsupported" | "unknown" => return Ok(None),
        "text" => json::text(message, "/text/body"),
        "button" => {
            payload = json::text(message, "/button/payload");
            json::text(message, "/button/text")
        }
        "interactive" => {
            payload = json::text(message, "/interactive/button_reply/id")
                .or_else(|| json::text(message, "/interactive/list_reply/id"));
            json::text(message, "/interactive/button_reply/title")
                .or_else(|| json::text(message, "/interactive/list_reply/title"))
        }
        "reaction" => {
            answers = json::string(message, "/reaction/message_id");
            match json::text(message, "/reaction/emoji") {
                Some(emoji) => Some(emoji),
                None => return Ok(None),
            }
        }
        media => json::text(message, &format!("/{media}/caption")),
    }
    .unwrap_or_default();
    Ok(Some(Inbound {
        channel: Channel::WhatsApp,
        from,
        to: text::number(to).unwrap_or_default(),
        text: said.to_owned(),
        answers,
        keyword: payload.and_then(keyword).or_else(|| keyword(said)),
        at: at(message),
    }))
}

/// `stop` and `resume` of marketing messages.
fn read_preference(preference: &Value) -> Option<Notice> {
    let act = match json::text(preference, "/value")? {
        "stop" => ConsentAct::Left(SuppressionSource::User),
        "resume" => ConsentAct::Returned,
        _ => return None,
    };
    if json::text(preference, "/category") != Some("marketing_messages") {
        return None;
    }
    Some(Notice::Consent(Box::new(ConsentNotice {
        channel: Channel::WhatsApp,
        address: text::number(&json::string(preference, "/wa_id")?)?,
        message: None,
        reference: None,
        act,
        at: at(preference),
    })))
}
