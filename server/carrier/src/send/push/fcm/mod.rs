//! Firebase Cloud Messaging, HTTP v1: one request a device.

mod answer;
mod message;
mod token;

use domain::contact::PushTarget;
use reqwest::{Method, header::AUTHORIZATION};
use serde_json::{Value, json};

use super::{push_body, unsent};
use crate::{
    Network, Outgoing, Settings, SettingsError, Submission,
    send::{
        Answer, Carrier,
        http::{Client, Reply, check_url, client},
    },
};

use self::{
    answer::Outcome,
    token::{Access, ServiceAccount, Tokens},
};

const API_BASE: &str = "https://fcm.googleapis.com";
/// Nobody subscribes to it: to ask Firebase whether it would send.
const CHECK_TOPIC: &str = "reportage-check";

/// A Firebase project.
pub(super) struct Fcm {
    client: Client,
    /// Where messages are posted.
    url: String,
    tokens: Tokens,
}

impl Fcm {
    pub(super) fn new(settings: &Settings, network: &Network) -> Result<Self, SettingsError> {
        let client = client(network)?;
        let account = ServiceAccount::read(settings.require("service_account")?, network)?;
        let base = settings.get("api_base").unwrap_or(API_BASE);
        check_url(base, network)
            .map_err(|denied| SettingsError::new("api_base", denied.to_string()))?;
        Ok(Self {
            url: format!(
                "{}/v1/projects/{}/messages:send",
                base.trim_end_matches('/'),
                account.project_id
            ),
            tokens: Tokens::new(client.clone(), account),
            client,
        })
    }

    async fn hand_over(&self, message: &Outgoing) -> Result<Submission, Submission> {
        let push = push_body(message)?;
        let PushTarget::Fcm { token } = &push.target else {
            return Err(unsent(
                "BAD_PLATFORM",
                "The device is a browser; this account sends to apps.",
            ));
        };
        let body = json!({ "message": message::build(token, &message.message, push)? });
        let access = self.tokens.access(super::now()).await?;
        let reply = self.post(&access, &body).await?;
        match answer::read(&reply) {
            Outcome::Done(submission) => Ok(submission),
            Outcome::TokenRefused => Err(self.without_token(access).await),
        }
    }

    /// A token that was good before may have been withdrawn: another is asked for. One that never was good shows that
    /// the account isn't.
    async fn without_token(&self, access: Access) -> Submission {
        self.tokens.forget(&access).await;
        if access.is_fresh {
            Submission::Account {
                reason: "Firebase does not accept the service account (AUTH_ERROR).".to_owned(),
            }
        } else {
            Submission::Later {
                reason: "Firebase withdrew the access token; another one is asked for.".to_owned(),
                after: None,
                is_account: false,
            }
        }
    }

    async fn post(&self, access: &Access, body: &Value) -> Result<Reply, Submission> {
        let request = self
            .client
            .request(Method::POST, &self.url)?
            .header(AUTHORIZATION, format!("Bearer {}", access.token))
            .json(body);
        Ok(self.client.send(request).await?)
    }

    /// Asks Firebase to check a message and not to send it.
    async fn try_out(&self) -> Result<(), Submission> {
        let body = json!({
            "validate_only": true,
            "message": { "topic": CHECK_TOPIC, "data": { "reportage_kind": "check" } },
        });
        let access = self.tokens.access(super::now()).await?;
        let reply = self.post(&access, &body).await?;
        match answer::read(&reply) {
            Outcome::Done(Submission::Accepted { .. }) => Ok(()),
            Outcome::Done(other) => Err(other),
            Outcome::TokenRefused => Err(self.without_token(access).await),
        }
    }
}

impl Carrier for Fcm {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async { self.hand_over(message).await.unwrap_or_else(|early| early) })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async {
            match self.try_out().await {
                Ok(()) | Err(Submission::Accepted { .. }) => Ok(()),
                Err(
                    Submission::Refused { reason, .. }
                    | Submission::Later { reason, .. }
                    | Submission::Account { reason }
                    | Submission::Uncertain { reason },
                ) => Err(reason),
            }
        })
    }
}
