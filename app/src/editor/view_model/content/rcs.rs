//! RCS messages.

use domain::content::{RcsContent, Suggestion};

use super::lines;
use crate::editor::fields::Fields;

pub(super) fn fill(fields: &mut Fields, message: &RcsContent, add: &str) {
    fields.set("shape", if message.is_card { "card" } else { "text" });
    fields.set("text", message.text.clone());
    fields.set("title", message.title.clone());
    fields.set("image", message.image.clone());
    fields.set("fallback", message.fallback.clone());
    let mut rows = 0;
    for suggestion in &message.suggestions {
        let (kind, text, target) = match suggestion {
            Suggestion::Reply { text } => ("reply", text, ""),
            Suggestion::Url { text, url } => ("url", text, url.as_str()),
            Suggestion::Phone { text, number } => ("phone", text, number.as_str()),
        };
        fields.set(format!("suggestions.{rows}.kind"), kind);
        fields.set(format!("suggestions.{rows}.text"), text.clone());
        fields.set(format!("suggestions.{rows}.target"), target);
        rows += 1;
    }
    if add == "suggestions" {
        fields.set(format!("suggestions.{rows}.kind"), "reply");
    }
}

pub(super) fn take(fields: &Fields, message: &mut RcsContent) {
    message.is_card = fields.get("shape") == "card";
    message.text = lines(fields.get("text"));
    message.fallback = lines(fields.get("fallback"));
    fields.trimmed("title").clone_into(&mut message.title);
    fields.trimmed("image").clone_into(&mut message.image);
    let row = |n: u32| {
        let get = |name: &str| {
            fields
                .trimmed(&format!("suggestions.{n}.{name}"))
                .to_owned()
        };
        let (text, target) = (get("text"), get("target"));
        if text.is_empty() && target.is_empty() {
            return None;
        }
        Some(match get("kind").as_str() {
            "url" => Suggestion::Url { text, url: target },
            "phone" => Suggestion::Phone {
                text,
                number: target,
            },
            _ => Suggestion::Reply { text },
        })
    };
    message.suggestions = fields
        .rows("suggestions")
        .into_iter()
        .filter_map(row)
        .collect();
}
