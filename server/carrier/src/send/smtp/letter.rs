//! A message as a mail: headers, parts, envelope.

use domain::EventKind;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MessageBuilder, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use url::Host;

use crate::{EmailBody, Outgoing, Submission};

/// A mail, ready to be handed over.
pub(super) struct Letter {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
    /// With its angle brackets.
    pub(super) message_id: String,
}

/// Why a mail can't be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwritable {
    raw: &'static str,
    reason: &'static str,
}

const BAD_TO: Unwritable = Unwritable {
    raw: "BAD_TO",
    reason: "the recipient's address can't be written to",
};
const BAD_FROM: Unwritable = Unwritable {
    raw: "BAD_FROM",
    reason: "the sender is not a mail address",
};

const fn not_sent(reason: &'static str) -> Unwritable {
    Unwritable {
        raw: "NOT_SENT",
        reason,
    }
}

impl From<Unwritable> for Submission {
    fn from(unwritable: Unwritable) -> Self {
        Self::Refused {
            kind: EventKind::Unsent,
            raw: unwritable.raw.to_owned(),
            reason: unwritable.reason.to_owned(),
            suppress: None,
            is_device_gone: false,
        }
    }
}

/// Writes the mail. `bounce_address` is the envelope's sender; the message's key goes into it (VERP), so that a bounce
/// tells which message it is about.
pub(super) fn letter(
    message: &Outgoing,
    body: &EmailBody,
    bounce_address: Option<&str>,
) -> Result<Letter, Unwritable> {
    check(message, body)?;
    let from = address(&message.from).ok_or(BAD_FROM)?;
    let to = address(&message.to).ok_or(BAD_TO)?;
    let name = Some(body.from_name.trim()).filter(|name| !name.is_empty());
    let message_id = format!("<{}@{}>", message.message, from.domain());
    let bounces = match bounce_address {
        None => from.clone(),
        Some(bounces) => verp(bounces, &message.message).ok_or(not_sent(
            "the bounce address of the account is not a mail address",
        ))?,
    };
    let mut mail = Message::builder()
        .from(Mailbox::new(name.map(str::to_owned), from))
        .to(Mailbox::new(None, to.clone()))
        .subject(body.subject.as_str())
        .message_id(Some(message_id.clone()))
        // Each of these is read by one provider, which echoes it in its events; anybody else passes it on. Postmark gives an id of
        // its own to a mail. SendGrid names ours in events of delivery alone: its opens, clicks, complaints and unsubscriptions
        // carry unique arguments and nothing else of the sender's. Mailgun keeps ours unless it is told otherwise.
        .raw_header(header("X-PM-Metadata-message", &message.message)?)
        .raw_header(header(
            "X-SMTPAPI",
            &format!(
                "{{\"unique_args\":{{\"message\":\"{}\"}}}}",
                message.message
            ),
        )?)
        .raw_header(header(
            "X-Mailgun-Variables",
            &format!("{{\"message\":\"{}\"}}", message.message),
        )?);
    mail = headers(mail, body)?;
    let mail = match (body.text.is_empty(), body.html.is_empty()) {
        (_, true) => mail.singlepart(SinglePart::plain(body.text.clone())),
        (true, false) => mail.singlepart(SinglePart::html(body.html.clone())),
        (false, false) => mail.multipart(MultiPart::alternative_plain_html(
            body.text.clone(),
            body.html.clone(),
        )),
    };
    let unwritable = not_sent("the mail can't be put together");
    Ok(Letter {
        bytes: mail
            .map_err(|_| not_sent("the mail can't be put together"))?
            .formatted(),
        envelope: Envelope::new(Some(bounces), vec![to]).map_err(|_| unwritable)?,
        message_id,
    })
}

/// Refuses what could break out of a header.
fn check(message: &Outgoing, body: &EmailBody) -> Result<(), Unwritable> {
    let is_key = !message.message.is_empty()
        && message.message.len() <= 40
        && message
            .message
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric());
    if !is_key {
        return Err(not_sent(
            "the message's key is not made of letters and digits",
        ));
    }
    for line in [
        &body.subject,
        &body.from_name,
        &body.reply_to,
        &message.from,
        &message.to,
    ] {
        if line.chars().any(char::is_control) {
            return Err(not_sent(
                "a header holds a line break or another control character",
            ));
        }
    }
    Ok(())
}

fn headers(mut mail: MessageBuilder, body: &EmailBody) -> Result<MessageBuilder, Unwritable> {
    if !body.reply_to.trim().is_empty() {
        let reply_to = address(&body.reply_to)
            .ok_or(not_sent("the address for answers is not a mail address"))?;
        mail = mail.reply_to(Mailbox::new(None, reply_to));
    }
    if let Some(url) = &body.unsubscribe {
        mail = mail
            .raw_header(header("List-Unsubscribe", &format!("<{url}>"))?)
            .raw_header(header(
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click",
            )?);
    }
    if let Some(id) = &body.feedback_id {
        mail = mail.raw_header(header("Feedback-ID", id)?);
    }
    Ok(mail)
}

/// An address; its domain in the form of the DNS, since few servers take other letters there.
pub(super) fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.trim().rsplit_once('@')?;
    if domain.is_ascii() {
        return Address::new(user, domain).ok();
    }
    match Host::parse(domain).ok()? {
        Host::Domain(domain) => Address::new(user, domain).ok(),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// `bounce@x.org` becomes `bounce+KEY@x.org`.
fn verp(bounces: &str, message: &str) -> Option<Address> {
    let bounces = address(bounces)?;
    Address::new(format!("{}+{message}", bounces.user()), bounces.domain()).ok()
}

/// A header of visible ASCII, left as it is: these are read by machines, and folding or encoding would break them.
fn header(name: &'static str, value: &str) -> Result<HeaderValue, Unwritable> {
    let is_plain = value.len() <= 900 && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_plain {
        return Err(not_sent(
            "a header is too long or holds letters that don't belong there",
        ));
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
        value.to_owned(),
    ))
}
