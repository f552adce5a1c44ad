//! Infobip: delivery reports, seen reports and what people answer.

use domain::{Channel, EventKind, contact::SuppressionSource};
use serde_json::Value;

use super::{
    Inbound, Incoming, Item, Notice, Status, Verdict, json, keyword,
    refusal::{Refusal, taken},
    text, verify, words,
};
use crate::Settings;

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    verify::basic(settings, request)?;
    let body = json::parse(request.body)?;
    let results = body
        .get("results")
        .and_then(Value::as_array)
        .ok_or(Refusal::unreadable("there are no results in it"))?;
    let items = results.iter().map(|result| {
        let kept = result.to_string();
        let get = |name: &str| json::text(result, name);
        let what = get("/status/name").or_else(|| get("/status/groupName"));
        let when = get("/doneAt").or_else(|| get("/seenAt"));
        match get("/messageId") {
            Some(id) => Item::new(
                format!(
                    "{id}:{}:{}",
                    what.unwrap_or(if get("/seenAt").is_some() {
                        "SEEN"
                    } else {
                        "RECEIVED"
                    }),
                    when.unwrap_or_default()
                ),
                kept,
            ),
            None => Item::new(verify::hash(&[kept.as_bytes()]), kept),
        }
    });
    Ok(taken(items.collect()))
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let result = json::reparse(item)?;
    let is_report = result.get("status").is_some() || result.get("seenAt").is_some();
    if is_report {
        return Ok(vec![Notice::Status(Box::new(status(&result)))]);
    }
    inbound(&result).map(|inbound| vec![Notice::Inbound(Box::new(inbound))])
}

/// The channel it names. Without one: RCS when the message was seen, else SMS, of which most reports are.
fn channel(result: &Value) -> Channel {
    match json::text(result, "/channel") {
        Some("RCS") => Channel::Rcs,
        Some("WHATSAPP") => Channel::WhatsApp,
        Some("EMAIL") => Channel::Email,
        None if result.get("seenAt").is_some() => Channel::Rcs,
        None if result.pointer("/message/type").is_some() => Channel::Rcs,
        _ => Channel::Sms,
    }
}

fn status(result: &Value) -> Status {
    let get = |name: &str| json::string(result, name);
    let is_seen = result.get("status").is_none();
    let group = if is_seen {
        "SEEN".to_owned()
    } else {
        get("/status/groupName").unwrap_or_default()
    };
    let word = words::infobip(channel(result), &group);
    let error = get("/error/name").filter(|name| name != "NO_ERROR");
    let said = get("/error/description").or_else(|| get("/status/description"));
    let has_failed = word.kind == Some(EventKind::Failed);
    let reason = match (has_failed, &error, said) {
        (false, ..) => None,
        (true, Some(name), Some(said)) => Some(format!("{name}: {said}")),
        (true, name, said) => name.clone().or(said),
    };
    let is_for_good = result
        .pointer("/error/permanent")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let status_name = get("/status/name").unwrap_or_default();
    let suppress = match error.as_deref() {
        Some("EC_UNKNOWN_SUBSCRIBER" | "EC_UNIDENTIFIED_SUBSCRIBER") if is_for_good => {
            Some(SuppressionSource::HardFailure)
        }
        _ if status_name.contains("BLACKLIST") => Some(SuppressionSource::Carrier),
        _ => None,
    };
    Status {
        message: get("/callbackData").filter(|key| text::is_key(key)),
        reference: get("/messageId"),
        recipient: get("/to"),
        kind: word.kind,
        raw: word.raw,
        at: json::moment(result, "/doneAt").or_else(|| json::moment(result, "/seenAt")),
        reason: reason.and_then(|reason| text::reason(&reason)),
        carrier: get("/mccMnc"),
        suppress: suppress.filter(|_| has_failed),
        ..Status::default()
    }
}

fn inbound(result: &Value) -> Result<Inbound, String> {
    let from = json::text(result, "/from")
        .or_else(|| json::text(result, "/sender"))
        .and_then(text::number)
        .ok_or("The result is neither a report nor a message.")?;
    // `cleanText` is without the keyword that the number is rented with.
    let said = ["/text", "/cleanText", "/message/text"]
        .iter()
        .find_map(|name| json::text(result, name))
        .unwrap_or_default();
    let postback = json::text(result, "/message/postbackData");
    Ok(Inbound {
        channel: channel(result),
        from,
        to: json::string(result, "/to")
            .or_else(|| json::string(result, "/receiver"))
            .unwrap_or_default(),
        text: said.to_owned(),
        answers: json::string(result, "/pairedMessageId"),
        keyword: postback.and_then(keyword).or_else(|| keyword(said)),
        at: json::moment(result, "/receivedAt"),
    })
}
