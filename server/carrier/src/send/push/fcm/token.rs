//! Access tokens: a signed statement of the service account is exchanged for one (RFC 7523), about once an hour.

use std::{sync::Arc, time::Instant};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64},
};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    Network, SettingsError, Submission,
    send::http::{Client, Failure, check_url},
};

/// The right to send.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// Where Google gives tokens; any other place would be given a statement that Google believes.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long a statement is good; Google takes an hour at most.
const STATEMENT_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// A token is not used in its last minutes: a message may wait that long for a connection.
const UNUSED_AT_END: TimeDelta = TimeDelta::minutes(5);

/// A service account out of its JSON file. Has no `Debug`: it holds the key.
pub(super) struct ServiceAccount {
    pub(super) project_id: String,
    email: String,
    key_id: String,
    key: RsaKeyPair,
    token_uri: String,
}

/// The file as Google writes it; the rest of its fields are not needed.
#[derive(Deserialize)]
struct File {
    r#type: String,
    project_id: String,
    #[serde(default)]
    private_key_id: String,
    private_key: String,
    client_email: String,
    token_uri: String,
}

impl ServiceAccount {
    /// Reads the file's text.
    pub(super) fn read(text: &str, network: &Network) -> Result<Self, SettingsError> {
        let wrong = |message: &str| SettingsError::new("service_account", message);
        let file: File = serde_json::from_str(text).map_err(|_unreadable| {
            wrong("is not the JSON file that Firebase gives for a service account")
        })?;
        if file.r#type != "service_account" {
            return Err(wrong(
                "is another kind of file; a service account is needed",
            ));
        }
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if file.project_id.is_empty() || !file.project_id.bytes().all(is_id) {
            return Err(wrong("holds a project_id that can't be one"));
        }
        let may_be_elsewhere =
            network.allows_private && check_url(&file.token_uri, network).is_ok();
        if file.token_uri != TOKEN_URI && !may_be_elsewhere {
            return Err(wrong(&format!("holds a token_uri other than {TOKEN_URI}")));
        }
        let key = private_key(&file.private_key)
            .ok_or_else(|| wrong("holds a private_key that can't be read"))?;
        Ok(Self {
            project_id: file.project_id,
            email: file.client_email,
            key_id: file.private_key_id,
            key,
            token_uri: file.token_uri,
        })
    }

    /// Who we are and what we want, signed.
    fn statement(&self, now: DateTime<Utc>) -> Option<String> {
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": now.timestamp(),
            "exp": (now + STATEMENT_LIFETIME).timestamp(),
        });
        let encode = |value: &serde_json::Value| BASE64.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &random,
                signed.as_bytes(),
                &mut signature,
            )
            .ok()?;
        Some(format!("{signed}.{}", BASE64.encode(signature)))
    }
}

/// An RSA key in PKCS #8, PEM.
fn private_key(pem: &str) -> Option<RsaKeyPair> {
    let inner = pem
        .trim()
        .strip_prefix("-----BEGIN PRIVATE KEY-----")?
        .strip_suffix("-----END PRIVATE KEY-----")?;
    let base64: String = inner.split_ascii_whitespace().collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).ok()?).ok()
}

/// A token to send with.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) token: Arc<str>,
    /// Whether nothing was sent with it before.
    pub(super) is_fresh: bool,
    unused_after: DateTime<Utc>,
}

/// The token of now. Whoever needs one while it is fetched waits for the same one.
pub(super) struct Tokens {
    client: Client,
    account: ServiceAccount,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    /// The last failure, for those who were waiting when it happened.
    failure: Option<(Instant, Submission)>,
}

impl Tokens {
    pub(super) fn new(client: Client, account: ServiceAccount) -> Self {
        Self {
            client,
            account,
            state: Mutex::default(),
        }
    }

    /// The token, fetched when there is none or it is about to end. The error is what becomes of the message: never
    /// uncertain, since nothing of it went out.
    pub(super) async fn access(&self, now: DateTime<Utc>) -> Result<Access, Submission> {
        let asked_at = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(access) = &mut state.access
            && now < access.unused_after
        {
            access.is_fresh = false;
            return Ok(access.clone());
        }
        if let Some((failed_at, failure)) = &state.failure
            && *failed_at >= asked_at
        {
            return Err(failure.clone());
        }
        match self.fetch(now).await {
            Ok(access) => {
                state.access = Some(access.clone());
                state.failure = None;
                Ok(access)
            }
            Err(failure) => {
                state.failure = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// Drops a token that was refused, unless another has taken its place.
    pub(super) async fn forget(&self, refused: &Access) {
        let mut state = self.state.lock().await;
        if state
            .access
            .as_ref()
            .is_some_and(|access| access.token == refused.token)
        {
            state.access = None;
        }
    }

    async fn fetch(&self, now: DateTime<Utc>) -> Result<Access, Submission> {
        let later = |reason: String, after| Submission::Later {
            reason,
            after,
            is_account: true,
        };
        let statement = self.account.statement(now).ok_or_else(|| {
            later(
                "The request for a token could not be signed.".to_owned(),
                None,
            )
        })?;
        let form = [("grant_type", GRANT), ("assertion", statement.as_str())];
        let request = self
            .client
            .request(Method::POST, &self.account.token_uri)?
            .form(&form);
        let reply = match self.client.send(request).await {
            Ok(reply) => reply,
            Err(Failure::Denied(reason)) => return Err(Submission::Account { reason }),
            Err(failure) => return Err(later(failure.to_string(), None)),
        };
        let status = reply.status.as_u16();
        match status {
            200 => {}
            429 | 500..=599 => {
                let reason = format!("Google gives no access token at the moment ({status}).");
                return Err(later(reason, reply.retry_after()));
            }
            _ => {
                let word = error_word(&reply.body);
                let reason = format!(
                    "Google does not accept the service account ({status}{word}). Has its key been deleted?"
                );
                return Err(Submission::Account { reason });
            }
        }
        let granted: Granted = serde_json::from_slice(&reply.body).map_err(|_unreadable| {
            later(
                "Google's answer to the request for a token can't be read.".to_owned(),
                None,
            )
        })?;
        let lifetime = TimeDelta::seconds(i64::from(granted.expires_in));
        Ok(Access {
            token: granted.access_token.into(),
            is_fresh: true,
            unused_after: now + (lifetime - UNUSED_AT_END).max(lifetime / 2),
        })
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: u32,
}

/// The stable word of an OAuth error (RFC 6749 §5.2), with a blank before it; nothing else of the answer is repeated.
fn error_word(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    serde_json::from_slice::<Refusal>(body)
        .ok()
        .map(|refusal| refusal.error)
        .filter(|word| word.len() < 40 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .map_or_else(String::new, |word| format!(" {word}"))
}
