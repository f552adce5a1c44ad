//! Resend's events. Their proof is [`super::svix`].

use domain::{Channel, contact::SuppressionSource};
use serde_json::Value;

use super::{ConsentAct, ConsentNotice, Notice, Status, json, text, words};

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let body = json::reparse(item)?;
    let kind = json::text(&body, "/type").ok_or("The event has no type.")?;
    let Some(event) = kind.strip_prefix("email.") else {
        let change = contact(&body, kind).or_else(|| suppression(&body, kind));
        return Ok(change.into_iter().collect());
    };
    if event == "received" {
        return Ok(Vec::new());
    }
    let get = |name: &str| json::string(&body, name);
    let word = words::resend(
        event,
        &get("/data/bounce/type").unwrap_or_default(),
        &get("/data/bounce/subType").unwrap_or_default(),
    );
    let reason = [
        "/data/bounce/message",
        "/data/failed/reason",
        "/data/suppressed/message",
    ]
    .iter()
    .find_map(|name| json::text(&body, name));
    let of_part = |part: &str, name: &str| get(&format!("/data/{part}/{name}"));
    let engaged = |name: &str| of_part("click", name).or_else(|| of_part("open", name));
    Ok(vec![Notice::Status(Box::new(Status {
        message: key(&body),
        reference: get("/data/email_id"),
        recipient: recipient(&body),
        kind: word.kind,
        raw: word.raw,
        at: json::moment(&body, "/data/click/timestamp")
            .or_else(|| json::moment(&body, "/data/open/timestamp"))
            .or_else(|| json::moment(&body, "/created_at")),
        reason: reason.and_then(text::reason),
        link: engaged("link"),
        user_agent: engaged("userAgent"),
        ip: engaged("ipAddress"),
        suppress: word.suppress,
        ..Status::default()
    }))])
}

/// Our key: the tag `message` (tags are an object, or a list of pairs), or the `Message-ID` it was handed over with.
fn key(body: &Value) -> Option<String> {
    let named = |list: &str, name: &str| {
        json::list(body, list)
            .iter()
            .find(|pair| json::text(pair, "/name").is_some_and(|n| n.eq_ignore_ascii_case(name)))
            .and_then(|pair| json::text(pair, "/value"))
    };
    json::text(body, "/data/tags/message")
        .or_else(|| named("/data/tags", "message"))
        .filter(|key| text::is_key(key))
        .map(str::to_owned)
        .or_else(|| text::key_of_message_id(named("/data/headers", "message-id")?))
        .or_else(|| text::key_of_message_id(json::text(body, "/data/message_id")?))
}

fn recipient(body: &Value) -> Option<String> {
    match json::list(body, "/data/to") {
        [one] => one.as_str().map(str::to_owned),
        _ => None,
    }
}

/// What Resend put on its own list, to which it delivers nothing, or took off it
/// (resend.com/docs/webhooks/suppressions/added).
fn suppression(body: &Value, kind: &str) -> Option<Notice> {
    let act = match (kind, json::text(body, "/data/origin")) {
        ("suppression.added", Some("complaint")) => {
            ConsentAct::Blocked(SuppressionSource::Complaint)
        }
        ("suppression.added", Some("bounce")) => {
            ConsentAct::Blocked(SuppressionSource::HardFailure)
        }
        ("suppression.added", _) => ConsentAct::Blocked(SuppressionSource::Carrier),
        ("suppression.removed", _) => ConsentAct::Reactivated,
        _ => return None,
    };
    Some(Notice::Consent(Box::new(ConsentNotice {
        channel: Channel::Email,
        address: json::string(body, "/data/email")?,
        message: None,
        reference: None,
        act,
        at: json::moment(body, "/created_at"),
    })))
}

/// A contact who left. One that is not unsubscribed says nothing: every import of contacts is told like that.
fn contact(body: &Value, kind: &str) -> Option<Notice> {
    let has_left = body.pointer("/data/unsubscribed").and_then(Value::as_bool) == Some(true);
    if !has_left || !matches!(kind, "contact.created" | "contact.updated") {
        return None;
    }
    Some(Notice::Consent(Box::new(ConsentNotice {
        channel: Channel::Email,
        address: json::string(body, "/data/email")?,
        message: None,
        reference: None,
        act: ConsentAct::Left(SuppressionSource::User),
        at: json::moment(body, "/created_at"),
    })))
}
