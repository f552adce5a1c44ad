//! E-mail by SMTP (RFC 5321).

mod letter;
mod pool;
mod session;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use domain::{EventKind, contact::SuppressionSource};
use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, TlsParameters, TlsParametersBuilder},
    extension::ClientId,
};

use super::{Answer, Carrier};
use crate::{Network, Outgoing, OutgoingBody, Settings, SettingsError, Submission};

use letter::{address, letter};
use pool::Pool;
use session::{Cause, Fault, Limits, Security, Server, Stage};

/// An account at a mail server.
///
/// # Errors
/// The first setting that can't be used.
pub fn smtp(settings: &Settings, network: &Network) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(Smtp::new(settings, network, Vec::new())?))
}

/// Connections of an account at once, unless it says otherwise.
const CONNECTIONS: usize = 8;
/// Most that an account may ask for: about what the engine has under way.
const CONNECTIONS_MAX: usize = 100;

struct Smtp {
    pool: Pool,
    bounce_address: Option<String>,
}

impl Smtp {
    /// `roots` are trusted besides Mozilla's.
    fn new(
        settings: &Settings,
        network: &Network,
        roots: Vec<Certificate>,
    ) -> Result<Self, SettingsError> {
        let host = settings.require("host")?;
        let (security, usual_port) = security(settings, host, &roots)?;
        let port = match settings.get("port").map(str::parse) {
            None => usual_port,
            Some(Ok(port)) if port > 0 => port,
            Some(_) => {
                return Err(SettingsError::new(
                    "port",
                    "has to be a number from 1 to 65535",
                ));
            }
        };
        let connections = match settings.get("connections").map(str::parse) {
            None => CONNECTIONS,
            Some(Ok(connections)) if (1..=CONNECTIONS_MAX).contains(&connections) => connections,
            Some(_) => {
                let message = format!("has to be a number from 1 to {CONNECTIONS_MAX}");
                return Err(SettingsError::new("connections", message));
            }
        };
        let credentials = credentials(settings)?;
        let is_open = matches!(security, Security::None);
        if credentials.is_some() && is_open && !network.allows_private {
            return Err(SettingsError::new(
                "security",
                "a password must not travel unprotected",
            ));
        }
        let bounce_address = settings.get("bounce_address").map(str::to_owned);
        let mut hello = ClientId::default();
        if let Some(bounces) = &bounce_address {
            let bounces = address(bounces)
                .ok_or_else(|| SettingsError::new("bounce_address", "is not a mail address"))?;
            hello = ClientId::Domain(bounces.domain().to_owned());
        }
        Ok(Self {
            pool: Pool::new(
                connections,
                Server {
                    host: host.to_owned(),
                    port,
                    security,
                    credentials,
                    hello,
                    network: network.clone(),
                    limits: Limits::default(),
                },
            ),
            bounce_address,
        })
    }

    async fn send(&self, message: &Outgoing) -> Submission {
        let OutgoingBody::Email(body) = &message.body else {
            return Submission::Refused {
                kind: EventKind::Unsent,
                raw: "NOT_SENT".to_owned(),
                reason: "this account carries e-mail only".to_owned(),
                suppress: None,
                is_device_gone: false,
            };
        };
        let letter = match letter(message, body, self.bounce_address.as_deref()) {
            Ok(letter) => letter,
            Err(unwritable) => return unwritable.into(),
        };
        match self.pool.hand_over(&letter.envelope, &letter.bytes).await {
            Ok(()) => Submission::Accepted {
                reference: Some(letter.message_id),
                raw: "SENT".to_owned(),
            },
            Err(fault) => outcome(&fault),
        }
    }
}

impl Carrier for Smtp {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(self.send(message))
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async {
            self.pool
                .check()
                .await
                .map_err(|fault| match outcome(&fault) {
                    Submission::Account { reason }
                    | Submission::Later { reason, .. }
                    | Submission::Uncertain { reason }
                    | Submission::Refused { reason, .. } => reason,
                    Submission::Accepted { .. } => String::new(),
                })
        })
    }
}

/// Protection, and the usual port with it.
fn security(
    settings: &Settings,
    host: &str,
    roots: &[Certificate],
) -> Result<(Security, u16), SettingsError> {
    let security = settings.get("security").unwrap_or("starttls");
    let tls = || -> Result<TlsParameters, SettingsError> {
        roots
            .iter()
            .cloned()
            .fold(
                TlsParameters::builder(host.to_owned()),
                TlsParametersBuilder::add_root_certificate,
            )
            .build_rustls()
            .map_err(|_| SettingsError::new("security", "TLS could not be set up on this machine"))
    };
    Ok(match security {
        "starttls" => (Security::StartTls(tls()?), 587),
        "tls" => (Security::Tls(tls()?), 465),
        "none" => (Security::None, 25),
        _ => {
            return Err(SettingsError::new(
                "security",
                "has to be `starttls`, `tls` or `none`",
            ));
        }
    })
}

fn credentials(settings: &Settings) -> Result<Option<Credentials>, SettingsError> {
    match (settings.get("username"), settings.get("password")) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => {
            Ok(Some(Credentials::new(user.to_owned(), password.to_owned())))
        }
        (Some(_), None) => Err(SettingsError::new("password", "is missing")),
        (None, Some(_)) => Err(SettingsError::new("username", "is missing")),
    }
}

/// What a fault means for the message. Only after the message itself was begun can it be anybody's guess.
fn outcome(fault: &Fault) -> Submission {
    match &fault.cause {
        Cause::Setup(reason) => Submission::Account {
            reason: reason.clone(),
        },
        Cause::Address => refused(
            EventKind::Unsent,
            "BAD_TO",
            "the mail server takes no addresses with letters beyond ASCII".to_owned(),
            None,
        ),
        Cause::Lost(what) if fault.stage == Stage::Content => Submission::Uncertain {
            reason: format!(
                "the mail server was given the message and nothing is known of it: {what}"
            ),
        },
        Cause::Lost(what) => Submission::Later {
            reason: match fault.stage {
                Stage::Connect | Stage::Auth => {
                    format!("the mail server can't be used at the moment: {what}")
                }
                _ => format!("the mail server did not take the message: {what}"),
            },
            after: None,
            is_account: false,
        },
        Cause::Reply { code, text } => answered(fault.stage, *code, text),
    }
}

fn answered(stage: Stage, code: u16, text: &str) -> Submission {
    let said = format!("the mail server answered {code} {}", super::redact(text));
    let enhanced = enhanced_code(text);
    if (400..500).contains(&code) {
        return Submission::Later {
            reason: said,
            after: None,
            // 421 closes the door to everybody; before a recipient is named, nothing is about this message.
            is_account: code == 421 || stage <= Stage::Mail,
        };
    }
    let words = text.to_ascii_lowercase();
    match stage {
        Stage::Connect | Stage::Auth => Submission::Account { reason: said },
        Stage::Mail if code == 552 => refused(EventKind::Unsent, "NOT_SENT", said, None),
        Stage::Mail if matches!(code, 500..=504 | 555) => {
            refused(EventKind::Unsent, "BAD_FROM", said, None)
        }
        Stage::Mail => Submission::Account { reason: said },
        _ if matches!(code, 530 | 535 | 538) || is_relay_denied(&words) => {
            Submission::Account { reason: said }
        }
        Stage::Rcpt | Stage::Data | Stage::Content => {
            let suppress = is_unknown_mailbox(code, enhanced, &words)
                .then_some(SuppressionSource::HardFailure);
            refused(EventKind::Failed, "BOUNCED_PERMANENT", said, suppress)
        }
    }
}

fn refused(
    kind: EventKind,
    raw: &str,
    reason: String,
    suppress: Option<SuppressionSource>,
) -> Submission {
    Submission::Refused {
        kind,
        raw: raw.to_owned(),
        reason,
        suppress,
        is_device_gone: false,
    }
}

/// Whether the mailbox doesn't exist, as against being full, or the message being unwelcome: by the enhanced code
/// (RFC 3463), else by the words, since a bare 550 may mean either.
fn is_unknown_mailbox(code: u16, enhanced: Option<(u16, u16)>, words: &str) -> bool {
    const UNKNOWN: [&str; 8] = [
        "unknown",
        "no such",
        "not exist",
        "doesn't exist",
        "not found",
        "no mailbox",
        "invalid mailbox",
        "mailbox unavailable",
    ];
    match enhanced {
        Some(code) => matches!(code, (1, 1 | 2 | 3 | 6 | 10) | (2, 1)),
        None => matches!(code, 550 | 551 | 553) && UNKNOWN.iter().any(|mark| words.contains(mark)),
    }
}

/// Whether the server carries nothing for this account, whoever it is for.
fn is_relay_denied(words: &str) -> bool {
    [
        "relay access",
        "relaying",
        "to relay",
        "relay not",
        "not relay",
    ]
    .iter()
    .any(|mark| words.contains(mark))
}

/// Subject and detail of the enhanced code that a permanent refusal begins with: `5.1.1` gives (1, 1).
fn enhanced_code(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split_whitespace().next()?.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    (class == "5" && parts.next().is_none())
        .then(|| Some((subject.parse().ok()?, detail.parse().ok()?)))
        .flatten()
}
