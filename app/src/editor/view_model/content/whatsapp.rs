//! WhatsApp messages.

use std::collections::BTreeSet;

use domain::content::{WhatsAppButton, WhatsAppContent, WhatsAppHeader, WhatsAppTemplate};

use crate::editor::fields::Fields;

/// What a template is told by from the others of its account.
pub(in crate::editor) fn template_key(template: &WhatsAppTemplate) -> String {
    format!("{}|{}", template.name, template.language)
}

pub(super) fn fill(fields: &mut Fields, message: &WhatsAppContent) {
    let template = &message.template;
    if template.name.is_empty() {
        return;
    }
    fields.set("template", template_key(template));
    // The template itself is shown, never sent: the account's own is copied when it is chosen.
    let header = match &template.header {
        WhatsAppHeader::None => "none",
        WhatsAppHeader::Text { text } => {
            fields.set("shown.header", text.clone());
            "text"
        }
        WhatsAppHeader::Image => "image",
        WhatsAppHeader::Video => "video",
        WhatsAppHeader::Document => "document",
    };
    fields.set("shown.header_kind", header);
    fields.set("shown.body", template.body.clone());
    fields.set("shown.footer", template.footer.clone());
    fields.set("shown.category", template.category.clone());
    fields.set("shown.status", template.status.clone());
    let mut links = 0;
    for (n, button) in template.buttons.iter().enumerate() {
        let (kind, text, target) = match button {
            WhatsAppButton::QuickReply { text } => ("reply", text, ""),
            WhatsAppButton::Url { text, url } => ("url", text, url.as_str()),
            WhatsAppButton::Phone { text, number } => ("phone", text, number.as_str()),
        };
        fields.set(format!("button.{n}.kind"), kind);
        fields.set(format!("button.{n}.text"), text.clone());
        fields.set(format!("button.{n}.target"), target);
        if kind == "url" && target.ends_with("{{1}}") {
            let value = message.link_values.get(links).cloned();
            fields.set(format!("link_values.{links}"), value.unwrap_or_default());
            fields.set(format!("shown.link.{links}"), target);
            links += 1;
        }
    }
    for n in 0..placeholders(&template.body) {
        let value = message.body_values.get(n).cloned().unwrap_or_default();
        fields.set(format!("body_values.{n}"), value);
    }
    fields.set("media", message.media.clone());
    fields.set("header_value", message.header_value.clone());
}

/// How many different `{{1}}`, `{{2}}` … a text has.
fn placeholders(body: &str) -> usize {
    let names = body.split("{{").skip(1);
    let names: BTreeSet<&str> = names
        .filter_map(|rest| Some(rest.split_once("}}")?.0.trim()))
        .collect();
    names.len()
}

pub(super) fn take(
    fields: &Fields,
    message: &mut WhatsAppContent,
    template: Option<WhatsAppTemplate>,
) {
    let values = |prefix: &str| {
        let rows = fields.rows(prefix).into_iter();
        rows.map(|n| fields.trimmed(&format!("{prefix}.{n}")).to_owned())
            .collect()
    };
    message.body_values = values("body_values");
    message.link_values = values("link_values");
    fields.trimmed("media").clone_into(&mut message.media);
    fields
        .trimmed("header_value")
        .clone_into(&mut message.header_value);
    if let Some(template) = template {
        message
            .body_values
            .resize(placeholders(&template.body), String::new());
        message.template = template;
    }
}
