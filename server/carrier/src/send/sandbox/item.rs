//! What the simulator posts: JSON of its own, kept in the inbox like any carrier's, and understood again.

use chrono::{DateTime, Utc};
use domain::{Channel, EventKind, Evidence, contact::SuppressionSource};
use serde::{Deserialize, Serialize};

use crate::hook::{Inbound, Keyword, Notice, Status};

/// The wire form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Wire {
    /// Something happened to a message.
    Status(Box<WireStatus>),
    /// Somebody wrote.
    Inbound {
        message: String,
        channel: Channel,
        from: String,
        to: String,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keyword: Option<WireKeyword>,
        at: DateTime<Utc>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireStatus {
    pub(super) message: String,
    pub(super) to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<EventKind>,
    pub(super) raw: String,
    pub(super) at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) carrier: Option<String>,
    /// Place among the message's links, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) suppress: Option<SuppressionSource>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireKeyword {
    Stop,
    Start,
    Help,
}

/// The simulator's own id of a message.
pub(super) fn reference(message: &str) -> String {
    format!("sandbox-{message}")
}

/// Understands what [`super::receipts()`] made. [`Status::link`] is the link's place among the message's links, from 1, in
/// digits: the simulator knows no addresses.
///
/// # Errors
/// A sentence without contact data.
pub fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let wire: Wire = serde_json::from_slice(item)
        .map_err(|_| "this is not an item of the simulator".to_owned())?;
    Ok(vec![match wire {
        Wire::Status(status) => Notice::Status(Box::new(Status {
            reference: Some(reference(&status.message)),
            message: Some(status.message),
            recipient: Some(status.to),
            kind: status.kind,
            raw: status.raw,
            at: Some(status.at),
            reason: status.reason,
            carrier: status.carrier,
            link: status.link.map(|place| place.to_string()),
            user_agent: status.user_agent,
            ip: status.ip,
            evidence: status.evidence,
            suppress: status.suppress,
        })),
        Wire::Inbound {
            message,
            channel,
            from,
            to,
            text,
            keyword,
            at,
        } => Notice::Inbound(Box::new(Inbound {
            channel,
            from,
            to,
            text,
            answers: Some(reference(&message)),
            keyword: keyword.map(|keyword| match keyword {
                WireKeyword::Stop => Keyword::Stop,
                WireKeyword::Start => Keyword::Start,
                WireKeyword::Help => Keyword::Help,
            }),
            at: Some(at),
        })),
    }])
}
