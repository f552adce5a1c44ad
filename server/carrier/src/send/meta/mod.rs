//! WhatsApp by Meta's Cloud API.

mod templates;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use domain::{
    EventKind,
    content::{WhatsAppHeader, WhatsAppTemplate},
};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Answer, Carrier,
    http::{self, Client, Failure, Reply},
};
use crate::{
    Network, Outgoing, OutgoingBody, Settings, SettingsError, Submission, WhatsAppBody,
    WhatsAppValue,
};

const API: &str = "https://graph.facebook.com/v23.0";

/// A phone number of a WhatsApp business account at Meta.
///
/// # Errors
/// The first setting that can't be used.
pub fn meta(settings: &Settings, network: &Network) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(Meta::new(settings, network)?))
}

struct Meta {
    client: Client,
    api: String,
    phone_number_id: String,
    waba_id: String,
    access_token: String,
}

impl Meta {
    fn new(settings: &Settings, network: &Network) -> Result<Self, SettingsError> {
        let digits = |name| {
            let id = settings.require(name)?;
            if id.bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(id.to_owned())
            } else {
                Err(SettingsError::new(
                    name,
                    "is made of digits only; it is not the phone number",
                ))
            }
        };
        Ok(Self {
            client: http::client(network)?,
            api: super::api_base(settings.get("api_base").unwrap_or(API), network)?,
            phone_number_id: digits("phone_number_id")?,
            waba_id: digits("waba_id")?,
            access_token: settings.require("access_token")?.to_owned(),
        })
    }

    /// Calls a path below the API's address.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, Failure> {
        let request = self
            .client
            .request(method, &format!("{}/{path}", self.api))?;
        let request = request.bearer_auth(&self.access_token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.client.send(request).await
    }

    async fn get(&self, path: &str) -> Result<Reply, String> {
        let reply = self
            .call(Method::GET, path, None)
            .await
            .map_err(|failure| failure.to_string())?;
        if reply.status == StatusCode::OK {
            return Ok(reply);
        }
        Err(match words::error(&reply) {
            Some(error) => words::said(&error),
            None => format!("Meta answered with {}", reply.status.as_u16()),
        })
    }

    async fn send(&self, message: &Outgoing) -> Submission {
        let OutgoingBody::WhatsApp(body) = &message.body else {
            return Submission::Refused {
                kind: EventKind::Unsent,
                raw: "NOT_SENT".to_owned(),
                reason: "this account carries WhatsApp only".to_owned(),
                suppress: None,
                is_device_gone: false,
            };
        };
        let path = format!("{}/messages", self.phone_number_id);
        match self
            .call(Method::POST, &path, Some(payload(message, body)))
            .await
        {
            Ok(reply) => outcome(&reply),
            Err(failure) => failure.into(),
        }
    }
}

impl Carrier for Meta {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(self.send(message))
    }

    // No `resolve`: Meta has no way to look a message up. It echoes our key in every status it posts.

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async {
            let path = format!("{}?fields=id,verified_name", self.phone_number_id);
            self.get(&path).await.map(|_| ())
        })
    }

    fn templates(&self) -> Answer<'_, Result<Vec<WhatsAppTemplate>, String>> {
        Box::pin(templates::all(self))
    }
}

fn payload(message: &Outgoing, body: &WhatsAppBody) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "type": "template",
        "template": {
            "name": body.template.name,
            "language": {"code": body.template.language},
            "components": components(body),
        },
        "biz_opaque_callback_data": message.message,
    })
}

fn components(body: &WhatsAppBody) -> Vec<Value> {
    let text = |text: &str| json!({"type": "text", "text": text});
    let mut components = Vec::new();
    let header = match body.template.header {
        WhatsAppHeader::Image => Some(json!({"type": "image", "image": {"link": body.media}})),
        WhatsAppHeader::Video => Some(json!({"type": "video", "video": {"link": body.media}})),
        WhatsAppHeader::Document => Some(
            json!({"type": "document", "document": {"link": body.media, "filename": file_name(&body.media)}}),
        ),
        WhatsAppHeader::None | WhatsAppHeader::Text { .. } => {
            body.values.iter().find_map(|value| match value {
                WhatsAppValue::Header(value) => Some(text(value)),
                _ => None,
            })
        }
    };
    if let Some(header) = header {
        components.push(json!({"type": "header", "parameters": [header]}));
    }
    let values = body.values.iter().filter_map(|value| match value {
        WhatsAppValue::Body(value) => Some(text(value)),
        _ => None,
    });
    let values: Vec<Value> = values.collect();
    if !values.is_empty() {
        components.push(json!({"type": "body", "parameters": values}));
    }
    for value in &body.values {
        if let WhatsAppValue::Link(place, value) = value {
            components.push(json!({
                "type": "button",
                "sub_type": "url",
                "index": place.to_string(),
                "parameters": [text(value)],
            }));
        }
    }
    components
}

/// What a document is called on the phone: the end of its address.
fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit('/').next() {
        Some(name) if !name.is_empty() => name,
        _ => "document",
    }
}

fn outcome(reply: &Reply) -> Submission {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Taken {
        messages: Vec<Message>,
    }
    #[derive(Deserialize)]
    struct Message {
        id: String,
        #[serde(default)]
        message_status: Option<String>,
    }
    if reply.status.is_success() {
        let taken: Taken = serde_json::from_slice(&reply.body).unwrap_or_default();
        let message = taken.messages.into_iter().next();
        let (reference, status) = match message {
            Some(message) => (Some(message.id), message.message_status),
            // The status webhook will name our key.
            None => (None, None),
        };
        return Submission::Accepted {
            reference,
            raw: status.map_or_else(
                || "ACCEPTED".to_owned(),
                |status| status.to_ascii_uppercase(),
            ),
        };
    }
    if let Some(outcome) = words::error(reply).and_then(|error| words::outcome(&error, reply)) {
        return outcome;
    }
    reply
        .outcome("Meta")
        .unwrap_or_else(|| Submission::Account {
            reason: format!(
                "Meta answered with {}, and not as Meta does; check the API address",
                reply.status.as_u16()
            ),
        })
}
