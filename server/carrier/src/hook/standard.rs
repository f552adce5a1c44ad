//! Events of senders who use Standard Webhooks, in a vocabulary of ours. Their proof is [`super::svix`].
//!
//! ```json
//! {"type": "message.delivered", "timestamp": "2026-11-25T09:30:00Z", "data": {
//!     "channel": "sms", "message": "KEY", "reference": "id of theirs", "recipient": "+34600000001", "status": "DELIVRD",
//!     "reason": "…", "carrier": "…", "link": "https://…", "user_agent": "…", "ip": "…"}}
//! ```
//!
//! | `type` | what |
//! |---|---|
//! | `message.` and a kind (`sent`, `delivered`, `soft_failed`, `failed`, `opened`, `read`, `clicked`, `unsubscribed`, `complained`) | a message's status; without a known kind `status` decides, by the tables of §4.3 |
//! | `message.received` | an answer: `from`, `to`, `text`, `answers` (their id of the message answered) |
//! | `contact.unsubscribed`, `contact.subscribed` | `address` |

use domain::{Channel, EventKind, contact::SuppressionSource};
use serde_json::Value;

use super::{ConsentAct, ConsentNotice, Inbound, Notice, Status, answer_word, json, text, words};

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let body = json::reparse(item)?;
    let kind = json::text(&body, "/type").ok_or("The event has no type.")?;
    let at = json::moment(&body, "/timestamp");
    let channel = || {
        json::text(&body, "/data/channel")
            .and_then(|name| {
                Channel::ALL
                    .into_iter()
                    .find(|channel| channel.as_str() == name)
            })
            .ok_or("The event names no channel: sms, email, push, whatsapp or rcs.")
    };
    let get = |name: &str| json::string(&body, name);
    match kind {
        "message.received" => {
            let said = get("/data/text").unwrap_or_default();
            Ok(vec![Notice::Inbound(Box::new(Inbound {
                channel: channel()?,
                from: get("/data/from").ok_or("The message doesn't say who wrote it.")?,
                to: get("/data/to").unwrap_or_default(),
                keyword: answer_word(channel()?, &said),
                text: said,
                answers: get("/data/answers"),
                at,
            }))])
        }
        "contact.unsubscribed" | "contact.subscribed" => {
            Ok(vec![Notice::Consent(Box::new(ConsentNotice {
                channel: channel()?,
                address: get("/data/address").ok_or("The event names no address.")?,
                message: get("/data/message").filter(|key| text::is_key(key)),
                reference: get("/data/reference"),
                act: match kind {
                    "contact.subscribed" => ConsentAct::Returned,
                    _ => ConsentAct::Left(SuppressionSource::User),
                },
                at,
            }))])
        }
        _ => match kind.strip_prefix("message.") {
            Some(event) => Ok(vec![Notice::Status(Box::new(Status {
                at,
                ..status(&body, event, channel().unwrap_or_default())
            }))]),
            None => Ok(Vec::new()),
        },
    }
}

fn status(body: &Value, event: &str, channel: Channel) -> Status {
    let get = |name: &str| json::string(body, &format!("/data/{name}"));
    let raw = text::word(&get("status").unwrap_or_else(|| event.to_owned()));
    // Only what can happen to a message that was handed over; the platform's own doings are not theirs to tell.
    let told = event.parse().ok().filter(|kind| {
        matches!(
            kind,
            EventKind::Sent
                | EventKind::Delivered
                | EventKind::SoftFailed
                | EventKind::Failed
                | EventKind::Opened
                | EventKind::Read
                | EventKind::Clicked
                | EventKind::Unsubscribed
                | EventKind::Complained
        )
    });
    let kind = told.or_else(|| words::kind(channel, &raw));
    Status {
        message: get("message").filter(|key| text::is_key(key)),
        reference: get("reference"),
        recipient: get("recipient"),
        kind,
        raw,
        at: None,
        reason: get("reason").and_then(|reason| text::reason(&reason)),
        carrier: get("carrier"),
        link: get("link"),
        user_agent: get("user_agent"),
        ip: get("ip"),
        evidence: None,
        suppress: match kind {
            Some(EventKind::Unsubscribed) => Some(SuppressionSource::User),
            Some(EventKind::Complained) => Some(SuppressionSource::Complaint),
            _ => None,
        },
    }
}
