//! What SES says inside of an SNS notification: event publishing (`eventType`) and feedback (`notificationType`).

use domain::contact::SuppressionSource;
use serde_json::Value;

use crate::hook::{
    Notice, Status, json, text,
    words::{self, Word},
};

pub(in crate::hook) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    // SES greets a new topic in words.
    if item.starts_with(b"Successfully validated SNS topic") {
        return Ok(Vec::new());
    }
    let event = json::reparse(item)?;
    let kind = json::text(&event, "/eventType")
        .or_else(|| json::text(&event, "/notificationType"))
        .ok_or("The event has no type.")?;
    let statuses = match kind {
        "Bounce" => bounces(&event),
        "Complaint" => complaints(&event),
        "Delivery" => each(&event, "/delivery", "/recipients"),
        "DeliveryDelay" => each(&event, "/deliveryDelay", "/delayedRecipients"),
        "Open" => vec![engaged(&event, "/open")],
        "Click" => vec![engaged(&event, "/click")],
        "Subscription" => subscription(&event),
        "Reject" => each(&event, "/reject", ""),
        "Rendering Failure" => each(&event, "/failure", ""),
        _ => each(&event, "/mail", ""),
    };
    Ok(statuses
        .into_iter()
        .map(|status| Notice::Status(Box::new(status)))
        .collect())
}

/// What is the same for every recipient of an event; `part` is the object that belongs to its type.
fn common(event: &Value, part: &str, word: Word) -> Status {
    let at = |pointer: &str| json::moment(event, pointer);
    Status {
        message: key(event),
        reference: json::string(event, "/mail/messageId"),
        kind: word.kind,
        raw: word.raw,
        suppress: word.suppress,
        at: at(&format!("{part}/timestamp")).or_else(|| at("/mail/timestamp")),
        ..Status::default()
    }
}

fn kind_word(event: &Value) -> Word {
    let kind = json::text(event, "/eventType")
        .or_else(|| json::text(event, "/notificationType"))
        .unwrap_or_default();
    words::ses(kind)
}

/// Our key: the tag `message`, the `Message-ID` that the message was given to SES with, or its envelope sender.
fn key(event: &Value) -> Option<String> {
    let original = || {
        json::list(event, "/mail/headers")
            .iter()
            .filter(|header| {
                json::text(header, "/name").is_some_and(|n| n.eq_ignore_ascii_case("message-id"))
            })
            .find_map(|header| text::key_of_message_id(json::text(header, "/value")?))
    };
    json::text(event, "/mail/tags/message/0")
        .filter(|key| text::is_key(key))
        .map(str::to_owned)
        .or_else(original)
        .or_else(|| text::key_of_envelope(json::text(event, "/mail/source")?))
}

/// One status for each address in a list of the part; without a list, for each address of the message.
fn each(event: &Value, part: &str, list: &str) -> Vec<Status> {
    let word = kind_word(event);
    let reason = ["reason", "errorMessage", "delayType"]
        .iter()
        .find_map(|name| json::text(event, &format!("{part}/{name}")))
        .and_then(text::reason);
    let addresses = match list {
        "" => json::list(event, "/mail/destination"),
        list => json::list(event, &format!("{part}{list}")),
    };
    let address =
        |value: &Value| json::string(value, "").or_else(|| json::string(value, "/emailAddress"));
    let mut found: Vec<Status> = addresses
        .iter()
        .map(|value| Status {
            recipient: address(value),
            reason: json::text(value, "/diagnosticCode")
                .and_then(text::reason)
                .or_else(|| reason.clone()),
            ..common(event, part, word.clone())
        })
        .collect();
    if found.is_empty() {
        found.push(Status {
            reason,
            ..common(event, part, word)
        });
    }
    found
}

fn bounces(event: &Value) -> Vec<Status> {
    let get = |name: &str| json::text(event, name).unwrap_or_default();
    let (kind, sub_kind) = (get("/bounce/bounceType"), get("/bounce/bounceSubType"));
    json::list(event, "/bounce/bouncedRecipients")
        .iter()
        .map(|bounced| {
            let status = json::text(bounced, "/status").unwrap_or_default();
            let word = words::ses_bounce(kind, sub_kind, status);
            let said = json::text(bounced, "/diagnosticCode")
                .map_or_else(|| format!("{status} {kind} {sub_kind}"), str::to_owned);
            Status {
                recipient: json::string(bounced, "/emailAddress"),
                reason: text::reason(&said),
                ..common(event, "/bounce", word)
            }
        })
        .collect()
}

fn complaints(event: &Value) -> Vec<Status> {
    let get = |name: &str| json::text(event, name).unwrap_or_default();
    let word = match (
        get("/complaint/complaintFeedbackType"),
        get("/complaint/complaintSubType"),
    ) {
        // Taken back: somebody moved it out of the spam folder. The other two are reports of machines, about signatures
        // (RFC 6591) and what a filter found: nobody complained.
        (nobody @ ("not-spam" | "auth-failure" | "virus"), _) => Word {
            raw: nobody.to_uppercase(),
            kind: None,
            suppress: None,
        },
        // Not sent, because of an earlier complaint.
        (_, "OnAccountSuppressionList") => {
            words::ses("Reject").suppress(SuppressionSource::Complaint)
        }
        _ => words::ses("Complaint"),
    };
    json::list(event, "/complaint/complainedRecipients")
        .iter()
        .map(|complained| Status {
            recipient: json::string(complained, "/emailAddress"),
            reason: text::reason(get("/complaint/complaintFeedbackType")),
            ..common(event, "/complaint", word.clone())
        })
        .collect()
}

/// Opens and clicks don't say who: it is certain only when the message had one recipient.
fn engaged(event: &Value, part: &str) -> Status {
    let get = |name: &str| json::string(event, &format!("{part}/{name}"));
    Status {
        recipient: only_recipient(event),
        link: get("link"),
        user_agent: get("userAgent"),
        ip: get("ipAddress"),
        ..common(event, part, kind_word(event))
    }
}

fn only_recipient(event: &Value) -> Option<String> {
    match json::list(event, "/mail/destination") {
        [one] => one.as_str().map(str::to_owned),
        _ => None,
    }
}

/// A choice of topics is not ours; leaving all of them is.
fn subscription(event: &Value) -> Vec<Status> {
    let has_left = event
        .pointer("/subscription/newTopicPreferences/unsubscribeAll")
        .and_then(Value::as_bool);
    if has_left != Some(true) {
        return Vec::new();
    }
    vec![Status {
        recipient: only_recipient(event),
        ..common(event, "/subscription", kind_word(event))
    }]
}
