//! A notification in FCM's form (`projects.messages` of the v1 reference).
//!
//! What the system shows by itself has a `notification`. What only the app may show (in the app, inside a circle, or
//! not at all) is `data` alone: the system would show a `notification` at once and anywhere.
//! The app finds under `data`: the campaign's own data, `link`, and under names that begin with `reportage_` the kind,
//! the message's key, the address to report to, and for those it shows itself the words.

use std::collections::BTreeMap;

use domain::content::{PushContent, PushKind};
use serde_json::{Map, Value, json};

use crate::{
    PushBody, Submission,
    send::push::{TTL_S, topic, unsent},
};

/// Most bytes of notification and data together.
const PAYLOAD_BYTES_MAX: usize = 4_096;

/// The message for a registration token.
pub(super) fn build(token: &str, key: &str, push: &PushBody) -> Result<Value, Submission> {
    let content = &push.content;
    let is_shown = matches!(content.kind, PushKind::Regular | PushKind::Deeplink);
    let data = data(key, push, is_shown)?;
    let notification = is_shown.then(|| notification(content));
    check_size(&data, notification.as_ref())?;
    let mut message = json!({
        "token": token,
        "data": data,
        "android": android(key, content.kind, is_shown),
        "apns": apns(key, is_shown),
        "webpush": web_push(key, content),
    });
    if let Some(notification) = notification {
        message["notification"] = Value::Object(notification);
    }
    Ok(message)
}

fn notification(content: &PushContent) -> Map<String, Value> {
    [
        ("title", &content.title),
        ("body", &content.body),
        ("image", &content.image),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(name, text)| (name.to_owned(), Value::from(text.as_str())))
    .collect()
}

/// Strings by name, which is all that FCM takes.
fn data(
    key: &str,
    push: &PushBody,
    is_shown: bool,
) -> Result<BTreeMap<String, String>, Submission> {
    let content = &push.content;
    let mut data = content.data.clone();
    if data.keys().any(|name| is_reserved(name)) {
        return Err(unsent(
            "INVALID_MESSAGE",
            "Firebase reserves the data names from, message_type and those that begin with google or gcm. Rename \
             them.",
        ));
    }
    let mut ours = vec![
        ("reportage_kind", content.kind.as_str()),
        ("reportage_message", key),
        ("reportage_report", &push.report),
    ];
    if !is_shown {
        ours.extend([
            ("reportage_title", content.title.as_str()),
            ("reportage_body", &content.body),
            ("reportage_image", &content.image),
        ]);
    }
    let circle = content
        .geo
        .as_ref()
        .filter(|_| content.kind == PushKind::Geo);
    let radius = circle
        .map(|circle| circle.radius_m.to_string())
        .unwrap_or_default();
    if let Some(circle) = circle {
        ours.extend([
            ("reportage_latitude", circle.latitude.as_str()),
            ("reportage_longitude", &circle.longitude),
            ("reportage_radius_m", &radius),
        ]);
    }
    for (name, value) in ours {
        if !value.is_empty() {
            data.insert(name.to_owned(), value.to_owned());
        }
    }
    if !content.link.is_empty() {
        data.insert("link".to_owned(), content.link.clone());
    }
    Ok(data)
}

/// Names that FCM refuses the whole message for.
fn is_reserved(name: &str) -> bool {
    matches!(name, "from" | "message_type") || name.starts_with("google") || name.starts_with("gcm")
}

fn check_size(
    data: &BTreeMap<String, String>,
    notification: Option<&Map<String, Value>>,
) -> Result<(), Submission> {
    let of_data: usize = data
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let of_notification: usize = notification
        .into_iter()
        .flatten()
        .map(|(name, value)| name.len() + value.as_str().map_or(0, str::len))
        .sum();
    let size = of_data + of_notification;
    if size <= PAYLOAD_BYTES_MAX {
        return Ok(());
    }
    Err(unsent(
        "PAYLOAD_LIMIT_EXCEEDED",
        &format!(
            "The notification has {size} bytes; Firebase takes {PAYLOAD_BYTES_MAX}. Shorten its text or its data."
        ),
    ))
}

fn android(key: &str, kind: PushKind, is_shown: bool) -> Value {
    let priority = match kind {
        PushKind::Regular | PushKind::Deeplink | PushKind::Geo => "HIGH",
        PushKind::InApp | PushKind::Data => "NORMAL",
    };
    let mut android = json!({ "priority": priority, "ttl": format!("{TTL_S}s") });
    if is_shown {
        android["notification"] = json!({ "tag": key });
    }
    android
}

/// iOS wakes an app for what it doesn't show only at low priority.
fn apns(key: &str, is_shown: bool) -> Value {
    let (kind, priority, aps) = if is_shown {
        ("alert", "10", json!({ "mutable-content": 1 }))
    } else {
        ("background", "5", json!({ "content-available": 1 }))
    };
    let mut headers = json!({ "apns-push-type": kind, "apns-priority": priority });
    if let Some(key) = topic(key) {
        headers["apns-collapse-id"] = key.into();
    }
    json!({ "headers": headers, "payload": { "aps": aps } })
}

/// For browsers that registered through Firebase.
fn web_push(key: &str, content: &PushContent) -> Value {
    let mut headers = json!({ "TTL": TTL_S.to_string() });
    if let Some(key) = topic(key) {
        headers["Topic"] = key.into();
    }
    let mut web_push = json!({ "headers": headers });
    // Firebase takes nothing but https here, and no place inside an app.
    if content.link.starts_with("https://") {
        web_push["fcm_options"] = json!({ "link": content.link });
    }
    web_push
}
