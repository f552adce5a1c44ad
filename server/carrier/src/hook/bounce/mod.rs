//! What comes back to the bounce address of an SMTP account, posted by a mail server as it is (`message/rfc822`).
//!
//! Delivery status notifications (RFC 3464), feedback reports (RFC 5965), and what servers write in plain text are understood.
//! Our key is in the address the report was sent to (`bounce+KEY@…`), else in the `Message-ID` of
//! the message it returns.

mod feedback;
mod fields;
mod plain;
mod report;
mod verdict;

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::{
    Incoming, Item, Notice, Status, Verdict,
    refusal::{Refusal, taken},
    text, verify,
};
use crate::Settings;

/// Headers that tell where a report was sent to.
const ENVELOPE_HEADERS: [&str; 5] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "to",
];

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let token = settings
        .get("bounce_token")
        .ok_or(Refusal::forged("the account has no bounce token"))?;
    verify::bearer(token, request)?;
    let message = MessageParser::default()
        .parse(request.body)
        .filter(|message| !message.headers().is_empty())
        .ok_or(Refusal::unreadable("the body is not an e-mail"))?;
    let key = match message.message_id() {
        Some(id) => format!("mail:{}", text::bare(id)),
        None => verify::hash(&[request.body]),
    };
    Ok(taken(vec![Item::new(key, request.body)]))
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let mail = MessageParser::default()
        .parse(item)
        .ok_or("The bounce is not an e-mail.")?;
    let mut base = Status {
        message: key(&mail),
        reference: original_id(&mail),
        at: date(&mail),
        ..Status::default()
    };
    if base.message.is_none() {
        base.message = base.reference.as_deref().and_then(text::key_of_message_id);
    }
    let statuses = if let Some(part) = part(&mail, "delivery-status") {
        report::read(&part, &base)
    } else if let Some(part) = part(&mail, "feedback-report") {
        return Ok(notices(feedback::read(&part, &base)));
    } else if is_report(&mail) || is_from_a_server(&mail) {
        plain::read(&mail, &base)
    } else if is_automatic(&mail) {
        return Ok(Vec::new());
    } else {
        return Err("The e-mail is neither a delivery report nor a complaint.".to_owned());
    };
    // A report of a server that yields nothing may be about somebody who can't be reached: it is shown.
    if statuses.is_empty() {
        return Err("The delivery report names no recipient and no reason.".to_owned());
    }
    Ok(notices(statuses))
}

fn notices(statuses: Vec<Status>) -> Vec<Notice> {
    statuses
        .into_iter()
        .map(|status| Notice::Status(Box::new(status)))
        .collect()
}

/// Whether the mail calls itself a report (RFC 6522), or names the recipients that failed as Exim does.
fn is_report(mail: &Message<'_>) -> bool {
    let is_multipart = mail.content_type().is_some_and(|held| {
        held.ctype().eq_ignore_ascii_case("multipart")
            && held
                .subtype()
                .is_some_and(|held| held.eq_ignore_ascii_case("report"))
    });
    is_multipart || mail.header_raw("X-Failed-Recipients").is_some()
}

/// Names that mail servers write by.
const DAEMONS: [&str; 5] = [
    "mailer-daemon",
    "postmaster@",
    "mail delivery system",
    "mail delivery subsystem",
    "mdaemon@",
];

/// Whether a mail server wrote it, and no person: the return path is empty (RFC 5321 §4.5.5), or the sender is one of the names
/// that servers use. An answer of somebody on holiday has an empty path as well, and says so (RFC 3834 §5).
fn is_from_a_server(mail: &Message<'_>) -> bool {
    let is_bounce_path = mail
        .header_raw("Return-Path")
        .is_some_and(|path| path.trim() == "<>");
    let from = mail.header_raw("From").unwrap_or_default().to_lowercase();
    DAEMONS.iter().any(|name| from.contains(name)) || (is_bounce_path && !is_automatic(mail))
}

/// Our key in one of the addresses the mail was sent to.
fn key(mail: &Message<'_>) -> Option<String> {
    ENVELOPE_HEADERS.iter().find_map(|wanted| {
        mail.headers_raw()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .find_map(|(_, value)| text::key_of_envelope(value))
    })
}

fn date(mail: &Message<'_>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(mail.date()?.to_timestamp(), 0)
}

/// The text of the first part `message/{subtype}`.
fn part(mail: &Message<'_>, subtype: &str) -> Option<String> {
    mail.parts
        .iter()
        .find(|part| {
            part.content_type().is_some_and(|held| {
                held.ctype().eq_ignore_ascii_case("message")
                    && held
                        .subtype()
                        .is_some_and(|held| held.eq_ignore_ascii_case(subtype))
            })
        })
        .map(|part| match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            PartType::Message(inner) => String::from_utf8_lossy(inner.raw_message()).into_owned(),
            PartType::Multipart(_) => String::new(),
        })
}

/// `Message-ID` of the message that is returned, whole or its headers only.
fn original_id(mail: &Message<'_>) -> Option<String> {
    mail.parts.iter().skip(1).find_map(|part| {
        if let PartType::Message(inner) = &part.body {
            return inner.message_id().map(text::bare);
        }
        let is_headers = part.content_type().is_some_and(|held| {
            held.subtype()
                .is_some_and(|held| held.eq_ignore_ascii_case("rfc822-headers"))
        });
        let text = match &part.body {
            PartType::Text(text) if is_headers => text.as_bytes(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if is_headers => bytes,
            _ => return None,
        };
        let text = [text, b"\r\n\r\n"].concat();
        MessageParser::default()
            .parse(&text)?
            .message_id()
            .map(text::bare)
    })
}

/// Whether nobody wrote it: somebody on holiday has an answer sent (RFC 3834, and what is used in its place).
fn is_automatic(mail: &Message<'_>) -> bool {
    let has = |name: &str| mail.header_raw(name).is_some();
    let is_submitted = mail
        .header_raw("Auto-Submitted")
        .is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"));
    let is_bulk_reply = mail.header_raw("Precedence").is_some_and(|value| {
        ["auto_reply", "auto-reply"]
            .iter()
            .any(|word| value.trim().eq_ignore_ascii_case(word))
    });
    is_submitted
        || is_bulk_reply
        || has("X-Autoreply")
        || has("X-Autorespond")
        || has("X-Auto-Response-Suppress")
}
