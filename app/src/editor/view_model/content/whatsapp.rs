//! WhatsApp messages.

use domain::content::{
    WhatsAppButton, WhatsAppContent, WhatsAppHeader, WhatsAppTemplate,
    whatsapp::{has_header_value, link_start, placeholders},
};

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
        if let Some(start) = Some(target).filter(|_| kind == "url").and_then(link_start) {
            let value = message.link_values.get(links).cloned();
            fields.set(format!("link_values.{links}"), value.unwrap_or_default());
            fields.set(format!("shown.link.{links}"), start);
            fields.set(format!("shown.link_of.{links}"), text.clone());
            links += 1;
        }
    }
    for (n, name) in placeholders(&template.body).into_iter().enumerate() {
        let value = message.body_values.get(n).cloned().unwrap_or_default();
        fields.set(format!("body_values.{n}"), value);
        fields.set(format!("shown.value.{n}"), name);
    }
    if has_header_value(template) {
        fields.set("shown.header_value", "1");
    }
    fields.set("media", message.media.clone());
    fields.set("header_value", message.header_value.clone());
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
        if template.name != message.template.name {
            // Another template has other places; its translations have the same.
            message.body_values.clear();
            message.link_values.clear();
            message.header_value.clear();
            message.media.clear();
        }
        let bodies = placeholders(&template.body).len();
        message.body_values.resize(bodies, String::new());
        let links = template.buttons.iter().filter(|button| is_open(button));
        message.link_values.resize(links.count(), String::new());
        message.template = template;
    }
}

/// Whether a button's address has an end that is filled in.
fn is_open(button: &WhatsAppButton) -> bool {
    matches!(button, WhatsAppButton::Url { url, .. } if link_start(url).is_some())
}
