//! Postmark's webhooks. They carry no signature: name and password in the address, and TLS, are the proof.

use chrono::{DateTime, Utc};
use domain::{Channel, EventKind, contact::SuppressionSource};
use serde_json::Value;

use super::{
    ConsentAct, ConsentNotice, Inbound, Incoming, Item, Notice, Status, Verdict, answer_word, json,
    refusal::{Refusal, taken},
    text, verify,
    words::{self, Word},
};
use crate::Settings;

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    verify::basic(settings, request)?;
    let body = json::parse(request.body)?;
    let kind = json::text(&body, "/RecordType")
        .or_else(|| json::text(&body, "/MessageID").map(|_| "Inbound"))
        .ok_or(Refusal::unreadable("the event has no record type"))?;
    let mut parts = vec![kind.to_owned()];
    for name in [
        "/MessageID",
        "/ID",
        "/Recipient",
        "/DeliveredAt",
        "/BouncedAt",
        "/ReceivedAt",
        "/ChangedAt",
        "/OriginalLink",
    ] {
        parts.push(json::string(&body, name).unwrap_or_default());
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    Ok(taken(vec![Item::new(verify::hash(&parts), request.body)]))
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let event = json::reparse(item)?;
    let kind = json::text(&event, "/RecordType").unwrap_or("Inbound");
    let word = match kind {
        "Delivery" => Word::new(Channel::Email, "DELIVERED"),
        "Open" => Word::new(Channel::Email, "OPEN"),
        "Click" => Word::new(Channel::Email, "CLICK"),
        "SpamComplaint" => words::postmark_bounce("SpamComplaint"),
        "Bounce" => words::postmark_bounce(json::text(&event, "/Type").unwrap_or("Unknown")),
        "SubscriptionChange" => return Ok(subscription(&event).into_iter().collect()),
        "Inbound" => return Ok(inbound(&event).into_iter().collect()),
        other => Word::new(Channel::Email, other),
    };
    Ok(vec![Notice::Status(Box::new(status(&event, word)))])
}

fn at(event: &Value) -> Option<DateTime<Utc>> {
    ["/DeliveredAt", "/BouncedAt", "/ReceivedAt", "/ChangedAt"]
        .iter()
        .find_map(|name| json::moment(event, name))
}

fn status(event: &Value, word: Word) -> Status {
    let get = |name: &str| json::string(event, name);
    let has_failed = matches!(
        word.kind,
        Some(EventKind::Failed | EventKind::SoftFailed) | None
    );
    let said = get("/Details")
        .or_else(|| get("/Description"))
        .filter(|_| has_failed);
    Status {
        message: get("/Metadata/message").filter(|key| text::is_key(key)),
        reference: get("/MessageID"),
        recipient: get("/Recipient").or_else(|| get("/Email")),
        kind: word.kind,
        raw: word.raw,
        at: at(event),
        reason: said.and_then(|said| text::reason(&said)),
        link: get("/OriginalLink"),
        user_agent: get("/UserAgent"),
        ip: get("/Geo/IP"),
        suppress: word.suppress,
        ..Status::default()
    }
}

/// What changed on Postmark's list, and why. A bounce or a complaint is posted like this beside the event of its own: it is
/// what it is, and no unsubscription. Only a choice of the recipient is one; what an admin does there blocks the address, and
/// what an admin lifts is nobody's consent.
fn subscription(event: &Value) -> Option<Notice> {
    let is_blocked = event.pointer("/SuppressSending")?.as_bool()?;
    let is_recipient = json::text(event, "/Origin") == Some("Recipient");
    let act = match json::text(event, "/SuppressionReason") {
        _ if !is_blocked => ConsentAct::Reactivated,
        Some("HardBounce") => {
            let word = words::postmark_bounce("HardBounce");
            return Some(Notice::Status(Box::new(status(event, word))));
        }
        Some("SpamComplaint") => {
            let word = words::postmark_bounce("SpamComplaint");
            return Some(Notice::Status(Box::new(status(event, word))));
        }
        _ if is_recipient => {
            let word = words::postmark_bounce("Unsubscribe");
            return Some(Notice::Status(Box::new(status(event, word))));
        }
        _ => ConsentAct::Blocked(SuppressionSource::Carrier),
    };
    Some(Notice::Consent(Box::new(ConsentNotice {
        channel: Channel::Email,
        address: json::string(event, "/Recipient")?,
        message: json::string(event, "/Metadata/message").filter(|key| text::is_key(key)),
        reference: json::string(event, "/MessageID"),
        act,
        at: at(event),
    })))
}

/// An answer by e-mail; none for an automatic one.
fn inbound(event: &Value) -> Option<Notice> {
    let header = |name: &str| {
        json::list(event, "/Headers")
            .iter()
            .find(|header| {
                json::text(header, "/Name").is_some_and(|held| held.eq_ignore_ascii_case(name))
            })
            .and_then(|header| json::text(header, "/Value"))
    };
    if header("Auto-Submitted").is_some_and(|value| !value.eq_ignore_ascii_case("no")) {
        return None;
    }
    let said = json::text(event, "/StrippedTextReply")
        .or_else(|| json::text(event, "/TextBody"))
        .unwrap_or_default();
    Some(Notice::Inbound(Box::new(Inbound {
        channel: Channel::Email,
        from: json::string(event, "/FromFull/Email").or_else(|| json::string(event, "/From"))?,
        to: json::string(event, "/OriginalRecipient")
            .or_else(|| json::string(event, "/To"))
            .unwrap_or_default(),
        text: said.to_owned(),
        answers: header("In-Reply-To").map(text::bare),
        keyword: answer_word(Channel::Email, said),
        at: None,
    })))
}
