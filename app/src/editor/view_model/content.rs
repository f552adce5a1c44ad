//! What a message says, channel by channel.

use std::collections::BTreeSet;

use domain::{
    Refusal,
    content::{
        Circle, Content, EmailContent, PushContent, PushKind, RcsContent, Suggestion,
        WhatsAppButton, WhatsAppContent, WhatsAppHeader, WhatsAppTemplate,
    },
};

use super::Chosen;
use crate::editor::fields::Fields;

/// What a template is told by from the others of its account.
pub(in crate::editor) fn template_key(template: &WhatsAppTemplate) -> String {
    format!("{}|{}", template.name, template.language)
}

pub(super) fn fill_detail(fields: &mut Fields, content: &Content) {
    match content {
        Content::Email(mail) => {
            fields.set("from_name", mail.from_name.clone());
            fields.set("reply_to", mail.reply_to.clone());
            fields.set("subject", mail.subject.clone());
            fields.set("preheader", mail.preheader.clone());
        }
        Content::Push(push) => fields.set("kind", push.kind.as_str()),
        _ => {}
    }
}

/// Who it comes from is the same in all arms; subject and preheader on the first step are those of the first arm.
pub(super) fn take_detail(fields: &Fields, content: &mut Content, is_first: bool) {
    match content {
        Content::Email(mail) => {
            fields.trimmed("from_name").clone_into(&mut mail.from_name);
            fields.trimmed("reply_to").clone_into(&mut mail.reply_to);
            if is_first {
                fields.trimmed("subject").clone_into(&mut mail.subject);
                fields.trimmed("preheader").clone_into(&mut mail.preheader);
            }
        }
        Content::Push(push) => {
            let kind = fields.trimmed("kind");
            let kind = PushKind::ALL.into_iter().find(|one| one.as_str() == kind);
            push.kind = kind.unwrap_or_default();
        }
        _ => {}
    }
}

/// Where the design comes from.
pub(super) fn take_template(
    fields: &Fields,
    mail: &mut EmailContent,
    chosen: Chosen,
) -> Result<(), Refusal> {
    let (html, mjml) = match fields.trimmed("start") {
        "empty" => (String::new(), String::new()),
        "paste" => {
            let source = lines(fields.get("source"));
            if source.trim().is_empty() {
                let why = "paste the HTML or MJML, or choose a file";
                return Err(Refusal::invalid("source", why));
            }
            if source.contains("<mjml") {
                (String::new(), source)
            } else {
                (source, String::new())
            }
        }
        "keep" => return Ok(()),
        _ => match chosen.design {
            Some(mjml) => (String::new(), mjml),
            None => return Err(Refusal::invalid("start", "choose where to begin")),
        },
    };
    (mail.html, mail.mjml) = (html, mjml);
    Ok(())
}

pub(super) fn fill_message(fields: &mut Fields, content: &Content, add: &str) {
    match content {
        Content::Sms(sms) => fields.set("text", sms.text.clone()),
        Content::Email(mail) => {
            fields.set("subject", mail.subject.clone());
            fields.set("preheader", mail.preheader.clone());
            fields.set("text", mail.text.clone());
            if mail.mjml.is_empty() {
                fields.set("html", mail.html.clone());
            } else {
                fields.set("mjml", mail.mjml.clone());
            }
        }
        Content::Push(push) => fill_push(fields, push, add),
        Content::WhatsApp(message) => fill_whatsapp(fields, message),
        Content::Rcs(message) => fill_rcs(fields, message, add),
    }
}

/// `template` is the one named by the form, as the account has it; none when it stays.
pub(super) fn take_message(
    fields: &Fields,
    content: &mut Content,
    template: Option<WhatsAppTemplate>,
) -> Result<(), Refusal> {
    match content {
        Content::Sms(sms) => sms.text = lines(fields.get("text")),
        Content::Email(mail) => {
            if fields.has("has_subject") {
                fields.trimmed("subject").clone_into(&mut mail.subject);
                fields.trimmed("preheader").clone_into(&mut mail.preheader);
            }
            mail.text = lines(fields.get("text"));
            if mail.mjml.is_empty() {
                mail.html = lines(fields.get("html"));
            } else {
                mail.mjml = lines(fields.get("mjml"));
            }
        }
        Content::Push(push) => return take_push(fields, push),
        Content::WhatsApp(message) => take_whatsapp(fields, message, template),
        Content::Rcs(message) => take_rcs(fields, message),
    }
    Ok(())
}

/// Forms end lines with two characters; messages count each.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn fill_push(fields: &mut Fields, push: &PushContent, add: &str) {
    fields.set("kind", push.kind.as_str());
    fields.set("title", push.title.clone());
    fields.set("body", push.body.clone());
    fields.set("image", push.image.clone());
    fields.set("link", push.link.clone());
    let circle = push.geo.clone().unwrap_or_default();
    fields.set("geo.latitude", circle.latitude);
    fields.set("geo.longitude", circle.longitude);
    let radius = Some(circle.radius_m).filter(|radius| *radius > 0);
    let radius = radius.map(|radius| radius.to_string());
    fields.set("geo.radius_m", radius.unwrap_or_default());
    let mut rows = 0;
    for (name, value) in &push.data {
        fields.set(format!("data.{rows}.name"), name.clone());
        fields.set(format!("data.{rows}.value"), value.clone());
        rows += 1;
    }
    if add == "data" {
        fields.set(format!("data.{rows}.name"), "");
    }
}

fn take_push(fields: &Fields, push: &mut PushContent) -> Result<(), Refusal> {
    fields.trimmed("title").clone_into(&mut push.title);
    push.body = lines(fields.get("body"));
    fields.trimmed("image").clone_into(&mut push.image);
    fields.trimmed("link").clone_into(&mut push.link);
    let has_circle = ["latitude", "longitude", "radius_m"]
        .iter()
        .any(|name| fields.has(&format!("geo.{name}")));
    push.geo = if has_circle && push.kind == PushKind::Geo {
        let radius = fields.trimmed("geo.radius_m").parse();
        let why = "give whole metres from 50 to 100,000, without a comma";
        Some(Circle {
            latitude: fields.trimmed("geo.latitude").to_owned(),
            longitude: fields.trimmed("geo.longitude").to_owned(),
            radius_m: radius.map_err(|_| Refusal::invalid("geo.radius_m", why))?,
        })
    } else {
        None
    };
    push.data.clear();
    for row in fields.rows("data") {
        let name = fields.trimmed(&format!("data.{row}.name"));
        let value = fields.get(&format!("data.{row}.value"));
        if name.is_empty() && value.is_empty() {
            continue;
        }
        if name.is_empty() || push.data.contains_key(name) {
            let why = "give each value a name of its own";
            return Err(Refusal::invalid(format!("data.{row}.name"), why));
        }
        push.data.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

fn fill_whatsapp(fields: &mut Fields, message: &WhatsAppContent) {
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

fn take_whatsapp(
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

fn fill_rcs(fields: &mut Fields, message: &RcsContent, add: &str) {
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

fn take_rcs(fields: &Fields, message: &mut RcsContent) {
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
