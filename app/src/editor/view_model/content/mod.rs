//! What a message says, channel by channel.

mod push;
mod rcs;
mod whatsapp;

pub(in crate::editor) use whatsapp::template_key;

use domain::{
    Refusal,
    content::{Content, EmailContent, PushKind, WhatsAppTemplate},
};

use super::Chosen;
use crate::editor::fields::Fields;

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
        Content::Push(one) => push::fill(fields, one, add),
        Content::WhatsApp(message) => whatsapp::fill(fields, message),
        Content::Rcs(message) => rcs::fill(fields, message, add),
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
        Content::Push(one) => return push::take(fields, one),
        Content::WhatsApp(message) => whatsapp::take(fields, message, template),
        Content::Rcs(message) => rcs::take(fields, message),
    }
    Ok(())
}

/// Forms end lines with two characters; messages count each.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
