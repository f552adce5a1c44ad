//! SMS, WhatsApp and RCS by Twilio Programmable Messaging.

mod content;
mod form;
mod templates;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use domain::content::WhatsAppTemplate;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;

use super::{
    Answer, Carrier,
    http::{self, Client, Failure, Reply},
};
use crate::{Network, Outgoing, OutgoingBody, Settings, SettingsError, Submission};

use content::Contents;

const API: &str = "https://api.twilio.com";
const CONTENT_API: &str = "https://content.twilio.com";

/// An account at Twilio.
///
/// # Errors
/// The first setting that can't be used.
pub fn twilio(settings: &Settings, network: &Network) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(Twilio::new(settings, network)?))
}

struct Twilio {
    client: Client,
    account_sid: String,
    auth_token: String,
    messaging_service_sid: Option<String>,
    api: String,
    content_api: String,
    contents: Contents,
}

impl Twilio {
    fn new(settings: &Settings, network: &Network) -> Result<Self, SettingsError> {
        let account_sid = settings.require("account_sid")?;
        if !is_sid(account_sid, "AC") {
            return Err(SettingsError::new(
                "account_sid",
                "has to be AC and 32 hexadecimal digits",
            ));
        }
        let service = settings.get("messaging_service_sid");
        if service.is_some_and(|service| !is_sid(service, "MG")) {
            return Err(SettingsError::new(
                "messaging_service_sid",
                "has to be MG and 32 hexadecimal digits",
            ));
        }
        let base = match settings.get("api_base") {
            None => None,
            Some(base) => Some(super::api_base(base, network)?),
        };
        Ok(Self {
            client: http::client(network)?,
            account_sid: account_sid.to_owned(),
            auth_token: settings.require("auth_token")?.to_owned(),
            messaging_service_sid: service.map(str::to_owned),
            content_api: base.clone().unwrap_or_else(|| CONTENT_API.to_owned()),
            api: base.unwrap_or_else(|| API.to_owned()),
            contents: Contents::default(),
        })
    }

    fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, Failure> {
        let request = self.client.request(method, url)?;
        Ok(request.basic_auth(&self.account_sid, Some(&self.auth_token)))
    }

    async fn send(&self, message: &Outgoing) -> Submission {
        match self.try_send(message).await {
            Ok(submission) | Err(submission) => submission,
        }
    }

    async fn try_send(&self, message: &Outgoing) -> Result<Submission, Submission> {
        let mut form = form::form(message, self.messaging_service_sid.as_deref())?;
        let rich = match &message.body {
            OutgoingBody::Rcs(body) if content::is_rich(body) => Some(content::rich(body)?),
            _ => None,
        };
        if let Some(rich) = &rich {
            form.push(("ContentSid", self.content_sid(rich).await?));
            form.push(("ContentVariables", rich.variables()));
        }
        let url = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json",
            self.api, self.account_sid
        );
        let request = self.request(Method::POST, &url)?.form(&form);
        let reply = self.client.send(request).await?;
        if let Some(rich) = &rich
            && let Some(submission) = self.without_content(rich, &reply).await
        {
            return Ok(submission);
        }
        Ok(outcome(&reply))
    }

    async fn get(&self, url: &str) -> Result<Reply, String> {
        let request = self
            .request(Method::GET, url)
            .map_err(|failure| failure.to_string())?;
        let reply = self
            .client
            .send(request)
            .await
            .map_err(|failure| failure.to_string())?;
        match reply.status {
            StatusCode::OK => Ok(reply),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                Err("Twilio does not know this account SID with this auth token".to_owned())
            }
            status => Err(format!("Twilio answered with {}", status.as_u16())),
        }
    }
}

impl Carrier for Twilio {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(self.send(message))
    }

    // No `resolve`: Twilio does not keep a sender's own key. Its messages can be listed by recipient and day, and the
    // recipient is not known here.

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async {
            #[derive(Deserialize)]
            struct Account {
                status: String,
            }
            let url = format!("{}/2010-04-01/Accounts/{}.json", self.api, self.account_sid);
            let reply = self.get(&url).await?;
            let account: Account = serde_json::from_slice(&reply.body)
                .map_err(|_| "Twilio's answer can't be read; check the API address".to_owned())?;
            match account.status.as_str() {
                "active" => Ok(()),
                status => Err(format!("the account is {}", super::redact(status))),
            }
        })
    }

    fn templates(&self) -> Answer<'_, Result<Vec<WhatsAppTemplate>, String>> {
        Box::pin(templates::all(self))
    }
}

/// What Twilio's answer means.
fn outcome(reply: &Reply) -> Submission {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Created {
        sid: Option<String>,
        status: Option<String>,
        error_code: Option<u32>,
        error_message: Option<String>,
    }
    #[derive(Deserialize)]
    struct Error {
        code: u32,
        #[serde(default)]
        message: String,
    }
    if reply.status == StatusCode::CREATED {
        // The status alone says that it was taken; the rest may be missing.
        let created: Created = serde_json::from_slice(&reply.body).unwrap_or_default();
        let status = created.status.unwrap_or_else(|| "accepted".to_owned());
        if matches!(status.as_str(), "failed" | "undelivered") {
            let code = created.error_code.unwrap_or_default();
            return words::failed(code, &created.error_message.unwrap_or_default(), &status);
        }
        return Submission::Accepted {
            reference: created.sid,
            raw: status.to_ascii_uppercase(),
        };
    }
    if reply.status.is_success() {
        return Submission::Uncertain {
            reason: format!(
                "Twilio answered with {} instead of 201",
                reply.status.as_u16()
            ),
        };
    }
    if let Ok(error) = serde_json::from_slice::<Error>(&reply.body)
        && reply.status.is_client_error()
    {
        return words::refused(error.code, &error.message, reply);
    }
    reply
        .outcome("Twilio")
        .unwrap_or_else(|| Submission::Account {
            reason: format!(
                "Twilio answered with {}, and not as Twilio does; check the API address",
                reply.status.as_u16()
            ),
        })
}

/// Whether it is an id of Twilio's of this kind.
fn is_sid(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}
