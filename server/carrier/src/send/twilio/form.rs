//! A message as Twilio's form.

use std::collections::BTreeMap;

use domain::{EventKind, content::whatsapp::placeholders};

use super::{content, is_sid};
use crate::{Outgoing, OutgoingBody, RcsBody, Submission, WhatsAppBody, WhatsAppValue};

/// Why a plain text can't be another one by SMS.
const OTHER_FALLBACK: &str = "Twilio sends a plain text by SMS as it is; make the SMS the same text, leave it empty, or add a chip";

pub(super) type Form = Vec<(&'static str, String)>;

/// The form, or why there is none. A card or chips are still without their template.
pub(super) fn form(message: &Outgoing, service: Option<&str>) -> Result<Form, Submission> {
    let mut form = Form::new();
    match &message.body {
        OutgoingBody::Sms { text } => {
            form.push(("To", message.to.clone()));
            sender(&mut form, &message.from, service)?;
            form.push(("Body", text.clone()));
        }
        OutgoingBody::WhatsApp(body) => {
            form.push(("To", format!("whatsapp:{}", message.to)));
            form.push((
                "From",
                format!("whatsapp:{}", message.from.trim_start_matches("whatsapp:")),
            ));
            form.push(("ContentSid", content_sid(body)?));
            let variables = variables(body);
            if !variables.is_empty() {
                form.push(("ContentVariables", serde_json::json!(variables).to_string()));
            }
        }
        OutgoingBody::Rcs(body) => rcs(&mut form, message, body, service)?,
        OutgoingBody::Email(_) | OutgoingBody::Push(_) => {
            return Err(unsent(
                "NOT_SENT",
                "Twilio carries SMS, WhatsApp and RCS only",
            ));
        }
    }
    if let Some(callback) = &message.callback {
        form.push(("StatusCallback", callback.clone()));
    }
    Ok(form)
}

fn sender(form: &mut Form, from: &str, service: Option<&str>) -> Result<(), Submission> {
    if is_sid(from, "MG") {
        form.push(("MessagingServiceSid", from.to_owned()));
        return Ok(());
    }
    if !from.is_empty() {
        form.push(("From", from.to_owned()));
    }
    if let Some(service) = service {
        form.push(("MessagingServiceSid", service.to_owned()));
    } else if from.is_empty() {
        return Err(account("the account needs a sender or a messaging service"));
    }
    Ok(())
}

/// RCS goes to whatever RCS sender the messaging service holds. Plain `To` lets Twilio fall back to SMS, of a text with the
/// same text; `rcs:` before it forbids that. Cards and chips exist at Twilio only as content templates.
fn rcs(
    form: &mut Form,
    message: &Outgoing,
    body: &RcsBody,
    service: Option<&str>,
) -> Result<(), Submission> {
    let service = match (is_sid(&message.from, "MG"), service) {
        (true, _) => message.from.as_str(),
        (false, Some(service)) => service,
        (false, None) => {
            return Err(account(
                "RCS at Twilio needs a messaging service with an RCS sender; set its SID in the account",
            ));
        }
    };
    let is_rich = content::is_rich(body);
    let to = if body.fallback.trim().is_empty() {
        format!("rcs:{}", message.to)
    } else if is_rich || content::is_own_fallback(body) {
        message.to.clone()
    } else {
        return Err(unsent("NOT_SENT", OTHER_FALLBACK));
    };
    form.push(("To", to));
    form.push(("MessagingServiceSid", service.to_owned()));
    if is_rich {
        return Ok(());
    }
    form.push(("Body", body.text.clone()));
    if !body.image.is_empty() {
        form.push(("MediaUrl", body.image.clone()));
    }
    Ok(())
}

fn content_sid(body: &WhatsAppBody) -> Result<String, Submission> {
    if is_sid(&body.template.name, "HX") {
        Ok(body.template.name.clone())
    } else {
        Err(unsent(
            "NOT_SENT",
            "the template is not one of this Twilio account; choose it again from the account's templates",
        ))
    }
}

/// Values by the names of the placeholders they stand for. Twilio numbers placeholders through the whole template; a
/// place whose name isn't known gets the number after the last.
fn variables(body: &WhatsAppBody) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let in_body = placeholders(&body.template.body);
    let mut bodies = 0;
    for value in &body.values {
        let (name, text) = match value {
            WhatsAppValue::Body(text) => {
                bodies += 1;
                (in_body.get(bodies - 1).map(|name| (*name).to_owned()), text)
            }
            WhatsAppValue::Header(text) => (super::templates::in_header(&body.template), text),
            WhatsAppValue::Link(place, text) => {
                (super::templates::in_button(&body.template, *place), text)
            }
        };
        let name = name.unwrap_or_else(|| (variables.len() + 1).to_string());
        variables.insert(name, text.clone());
    }
    variables
}

pub(super) fn unsent(raw: &str, reason: &str) -> Submission {
    Submission::Refused {
        kind: EventKind::Unsent,
        raw: raw.to_owned(),
        reason: reason.to_owned(),
        suppress: None,
        is_device_gone: false,
    }
}

fn account(reason: &str) -> Submission {
    Submission::Account {
        reason: reason.to_owned(),
    }
}
