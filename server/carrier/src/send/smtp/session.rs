//! One connection to a mail server, command by command: so that it is known how far a message came.

use std::{error::Error as StdError, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        self,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};
use tokio::time::timeout;

use super::stream::{Sealed, connect};
use crate::{Network, send::http};

/// How long is waited.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// For the name, and the answer to a command.
    pub(super) command: Duration,
    /// For the answer to the message itself.
    pub(super) content: Duration,
}

impl Default for Limits {
    /// RFC 5321 grants a server five minutes for a command and ten for the message. One that needs more than these
    /// leaves the message uncertain, and an uncertain message is not sent again.
    fn default() -> Self {
        Self {
            command: Duration::from_secs(30),
            content: Duration::from_secs(120),
        }
    }
}

/// A mail server and how to speak to it.
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    pub(super) hello: ClientId,
    pub(super) network: Network,
    pub(super) limits: Limits,
}

/// How the connection is protected.
pub(super) enum Security {
    /// Upgraded, or not used.
    StartTls(TlsParameters),
    /// From the first byte.
    Tls(TlsParameters),
    /// Not at all.
    None,
}

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Name, TCP, TLS, greeting.
    Connect,
    /// Credentials.
    Auth,
    /// Sender.
    Mail,
    /// Recipient.
    Rcpt,
    /// Asking to begin.
    Data,
    /// The message was being written, or was written.
    Content,
}

/// What stopped it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server said no.
    Reply {
        /// Such as 550.
        code: u16,
        /// Its words, with addresses; not for logs.
        text: String,
    },
    /// The connection could not be made or broke.
    Lost(&'static str),
    /// The server can't be spoken to as it was set up.
    Setup(String),
    /// The address needs what the server can't do.
    Address,
}

/// Why a message was not handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) stage: Stage,
    pub(super) cause: Cause,
}

/// An open connection.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    limits: Limits,
    /// Messages it was used for.
    pub(super) used: u32,
}

impl Session {
    /// Connects, up to and with the credentials.
    pub(super) async fn open(server: &Server) -> Result<Self, Fault> {
        let fault = |cause| Fault {
            stage: Stage::Connect,
            cause,
        };
        let limits = server.limits;
        let found = timeout(
            limits.command,
            http::addresses(&server.host, server.port, &server.network),
        );
        let addresses = match found.await {
            Ok(Ok(addresses)) => addresses,
            Ok(Err(error))
                if error
                    .get_ref()
                    .is_some_and(|inner| inner.is::<http::Denied>()) =>
            {
                return Err(fault(Cause::Setup(http::PRIVATE.to_owned())));
            }
            Ok(Err(_)) | Err(_) => return Err(fault(Cause::Lost("its name could not be found"))),
        };
        let stream = connect(&addresses, http::CONNECT_TIMEOUT).await;
        let stream = stream.ok_or_else(|| fault(Cause::Lost("it could not be reached")))?;
        let opening = async {
            let stream: Box<dyn AsyncTokioStream> = match &server.security {
                Security::Tls(tls) => Box::new(Sealed::over(stream, tls.clone()).await?),
                Security::StartTls(_) | Security::None => Box::new(stream),
            };
            AsyncSmtpConnection::connect_with_transport(stream, &server.hello).await
        };
        let connection = limited(Stage::Connect, limits.command, opening).await?;
        let mut session = Self {
            connection,
            limits,
            used: 0,
        };
        if let Security::StartTls(tls) = &server.security {
            if !session.connection.can_starttls() {
                let text = "the mail server does not offer STARTTLS; choose `tls` or another port";
                return Err(fault(Cause::Setup(text.to_owned())));
            }
            let upgrade = session.connection.starttls(tls.clone(), &server.hello);
            limited(Stage::Connect, limits.command, upgrade).await?;
        }
        if let Some(credentials) = &server.credentials {
            let login = session.connection.auth(DEFAULT_MECHANISMS, credentials);
            limited(Stage::Auth, limits.command, login).await?;
        }
        Ok(session)
    }

    /// Hands one message over; the server's words when it has taken it.
    pub(super) async fn hand_over(
        &mut self,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<(), Fault> {
        self.used += 1;
        let mut parameters = Vec::new();
        let mut addresses = envelope.to().iter().chain(envelope.from());
        if !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
            if !self
                .connection
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Err(Fault {
                    stage: Stage::Mail,
                    cause: Cause::Address,
                });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let mail_from = Mail::new(envelope.from().cloned(), parameters);
        self.command(Stage::Mail, mail_from).await?;
        for to in envelope.to() {
            self.command(Stage::Rcpt, Rcpt::new(to.clone(), Vec::new()))
                .await?;
        }
        self.command(Stage::Data, Data).await?;
        let content = self.connection.message(mail);
        limited(Stage::Content, self.limits.content, content).await?;
        Ok(())
    }

    /// Makes the connection ready for another message after a refusal; false when it is of no more use.
    pub(super) async fn reset(&mut self) -> bool {
        self.command(Stage::Mail, Rset).await.is_ok()
    }

    /// Says goodbye, without insisting.
    pub(super) async fn quit(mut self) {
        let _ = timeout(Duration::from_secs(2), self.connection.quit()).await;
    }

    async fn command(
        &mut self,
        stage: Stage,
        command: impl std::fmt::Display,
    ) -> Result<Response, Fault> {
        limited(stage, self.limits.command, self.connection.command(command)).await
    }
}

async fn limited<T>(
    stage: Stage,
    limit: Duration,
    step: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, Fault> {
    let cause = match timeout(limit, step).await {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => cause(stage, &error),
        Err(_) => Cause::Lost("it did not answer in time"),
    };
    Err(Fault { stage, cause })
}

fn cause(stage: Stage, error: &smtp::Error) -> Cause {
    if let Some(code) = error.status() {
        return Cause::Reply {
            code: code.into(),
            text: error.source().map(ToString::to_string).unwrap_or_default(),
        };
    }
    let certificate = std::iter::successors(error.source(), |&error| error.source())
        .filter_map(|error| {
            let inner = error
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref);
            let inner = inner.map(|inner| inner as &(dyn StdError + 'static));
            inner.unwrap_or(error).downcast_ref::<rustls::Error>()
        })
        .find(|error| matches!(error, rustls::Error::InvalidCertificate(_)));
    if let Some(certificate) = certificate {
        return Cause::Setup(format!(
            "the mail server's certificate is not accepted: {certificate}"
        ));
    }
    match stage {
        Stage::Connect if error.is_client() => {
            Cause::Setup("the mail server can't be spoken to".to_owned())
        }
        Stage::Auth if error.is_client() => Cause::Setup(
            "the mail server offers no way to log in that this program knows (PLAIN, LOGIN)"
                .to_owned(),
        ),
        Stage::Connect => Cause::Lost("it could not be reached"),
        _ => Cause::Lost("the connection broke"),
    }
}
