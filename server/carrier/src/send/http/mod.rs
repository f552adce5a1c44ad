//! The way out over HTTP: TLS with ring and Mozilla's roots, no redirects, no proxy of the environment, no private
//! addresses, and errors that tell what has become of the request.
//!
//! Nothing is sent twice, with one exception that is reqwest's: a request that an HTTP/2 server declined unread
//! (`REFUSED_STREAM`, `GOAWAY`) goes out again.

mod guard;
#[cfg(test)]
mod tests;

pub use guard::{Denied, addresses, is_public};

use std::{error::Error as StdError, sync::Arc, time::Duration};

use chrono::DateTime;
use reqwest::{
    Method, RequestBuilder, StatusCode, Url,
    header::{DATE, HeaderMap, RETRY_AFTER},
    redirect,
};
use url::Host;

use crate::{Network, SettingsError, Submission};

/// Time to reach a host: name, TCP and TLS.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a request and its answer.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
/// An idle connection is closed after this, before most servers do: one that dies under a request leaves it uncertain.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest wait that a carrier can ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A client with its connections. Clones share them.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    network: Network,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; empty when it broke off or was longer than 4 MiB: the status stands all the same.
    pub body: Vec<u8>,
}

/// Why there is no answer. The texts hold a host and no path, since paths may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address must not be called from here; nothing was sent.
    #[error("{0}")]
    Denied(String),
    /// The request certainly did not reach anybody.
    #[error("{0}")]
    NotSent(String),
    /// The request was, or may have been, written, and no answer came.
    #[error("{0}")]
    Unanswered(String),
}

impl From<Failure> for Submission {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied(reason) => Self::Account { reason },
            Failure::NotSent(reason) => Self::Later {
                reason,
                after: None,
                is_account: false,
            },
            Failure::Unanswered(reason) => Self::Uncertain { reason },
        }
    }
}

/// A client of its own connections.
///
/// # Errors
/// When TLS can't be set up.
pub fn client(network: &Network) -> Result<Client, SettingsError> {
    build(network, CONNECT_TIMEOUT, TOTAL_TIMEOUT)
}

fn build(network: &Network, connect: Duration, total: Duration) -> Result<Client, SettingsError> {
    let broken = |_| SettingsError::new("tls", "could not be set up on this machine");
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .map_err(broken)?
    .with_root_certificates(rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    })
    .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let inner = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(guard::Guard {
            network: network.clone(),
        })
        .user_agent("Reportage")
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(connect)
        .timeout(total)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build()
        .map_err(|_| SettingsError::new("tls", "could not be set up on this machine"))?;
    Ok(Client {
        inner,
        network: network.clone(),
    })
}

/// Checks an address that is to be called: `https` without credentials in it, and no private number for a host. Names
/// are looked at again when they are resolved. Where [`Network::allows_private`], `http` and any host will do.
///
/// # Errors
/// A sentence.
pub fn check_url(url: &str, network: &Network) -> Result<Url, Failure> {
    let denied = |reason: &str| Err(Failure::Denied(reason.to_owned()));
    let Ok(url) = Url::parse(url) else {
        return denied("the address can't be read; it has to look like https://host/path");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return denied("the address must not hold a user name or password");
    }
    let is_private = match url.host() {
        None => return denied("the address has no host"),
        Some(Host::Domain(_)) => false,
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
    };
    if !network.allows_private {
        if url.scheme() != "https" {
            return denied("the address has to begin with https://");
        }
        if is_private {
            return denied(PRIVATE);
        }
    } else if !matches!(url.scheme(), "http" | "https") {
        return denied("the address has to begin with https://");
    }
    Ok(url)
}

/// What is said of a private address.
pub(super) const PRIVATE: &str =
    "the address is inside a private network, which this server is not allowed to call";

impl Client {
    /// A request to an address that may be called.
    ///
    /// # Errors
    /// [`Failure::Denied`].
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, Failure> {
        let url = check_url(url, &self.network)?;
        Ok(self.inner.request(method, url))
    }

    /// Sends a request once. Any status is an answer.
    ///
    /// # Errors
    /// Whether it may have arrived.
    pub async fn send(&self, request: RequestBuilder) -> Result<Reply, Failure> {
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut body = Vec::new();
        let mut is_whole = false;
        while let Ok(chunk) = response.chunk().await {
            let Some(chunk) = chunk else {
                is_whole = true;
                break;
            };
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        if !is_whole {
            body.clear();
        }
        Ok(Reply {
            status: response.status(),
            headers: response.headers().clone(),
            body,
        })
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let host = error.url().and_then(Url::host_str).unwrap_or("the carrier");
    if error.is_builder() {
        return Failure::Denied(
            "the request could not be made; check the account's settings".to_owned(),
        );
    }
    let chain: Vec<&dyn StdError> =
        std::iter::successors(error.source(), |&error| error.source()).collect();
    if chain.iter().any(|error| is_denied(*error)) {
        return Failure::Denied(PRIVATE.to_owned());
    }
    if error.is_connect() {
        let cause = match chain.last() {
            _ if error.is_timeout() => "it did not answer in time".to_owned(),
            Some(cause) => cause.to_string(),
            None => "the connection failed".to_owned(),
        };
        return Failure::NotSent(format!("{host} could not be reached: {cause}"));
    }
    Failure::Unanswered(if error.is_timeout() {
        format!("{host} did not answer in time")
    } else {
        format!("{host} closed the connection without an answer")
    })
}

/// [`Denied`], bare or inside of an I/O error, whose `source` would skip it.
fn is_denied(error: &(dyn StdError + 'static)) -> bool {
    error.is::<Denied>()
        || error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .is_some_and(|inner| inner.is::<Denied>())
}

impl Reply {
    /// The body as JSON; none when it isn't.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// How long the carrier asks to be left alone (`Retry-After`, in seconds or as a date), at most a day. A date counts
    /// from the carrier's own clock, the `Date` of the same answer.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let wanted = text(RETRY_AFTER)?.trim();
        let wait = match wanted.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let until = DateTime::parse_from_rfc2822(wanted).ok()?;
                let now = DateTime::parse_from_rfc2822(text(DATE)?.trim()).ok()?;
                (until - now).to_std().unwrap_or_default()
            }
        };
        Some(wait.min(RETRY_AFTER_MAX))
    }

    /// What the status alone says of a message handed to a JSON API; none for success, and for 400s that are about the
    /// message.
    #[must_use]
    pub fn outcome(&self, carrier: &str) -> Option<Submission> {
        let status = self.status.as_u16();
        match status {
            429 => Some(Submission::Later {
                reason: format!("{carrier} asks to send more slowly"),
                after: self.retry_after(),
                is_account: true,
            }),
            503 if self.headers.contains_key(RETRY_AFTER) => Some(Submission::Later {
                reason: format!("{carrier} is not available at the moment"),
                after: self.retry_after(),
                is_account: true,
            }),
            401 | 403 => Some(Submission::Account {
                reason: format!("{carrier} does not accept the account's credentials ({status})"),
            }),
            300..=399 => Some(Submission::Account {
                reason: format!("{carrier} answers with a redirect; check the API address"),
            }),
            500..=599 => Some(Submission::Uncertain {
                reason: format!("{carrier} answered with an error of its own ({status})"),
            }),
            _ => None,
        }
    }
}
