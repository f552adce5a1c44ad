//! Handing messages over.

#[cfg(test)]
mod doubles;
pub mod http;
pub mod meta;
pub mod push;
pub mod sandbox;
pub mod smtp;
pub mod twilio;

use std::{future::Future, pin::Pin, sync::Arc};

use domain::{carrier::Protocol, content::WhatsAppTemplate};

use crate::{Network, Outgoing, Settings, SettingsError, Submission};

/// A boxed answer, so that the trait can be an object.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An account that messages are handed to. One value per account, shared by all workers; it holds the connections.
pub trait Carrier: Send + Sync {
    /// Hands a message over. Never repeats by itself: whoever calls decides what a failure means.
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission>;

    /// Asks the carrier whether it has a message whose submission went unanswered. `None` when it can't say.
    fn resolve<'a>(&'a self, message: &'a str) -> Answer<'a, Option<Submission>> {
        let _ = message;
        Box::pin(async { None })
    }

    /// Whether the account works, as far as can be told without sending: credentials, reachability.
    ///
    /// # Errors
    /// A sentence for the person who set it up, without secrets.
    fn check(&self) -> Answer<'_, Result<(), String>>;

    /// Templates of the account; empty where the protocol has none.
    ///
    /// # Errors
    /// A sentence.
    fn templates(&self) -> Answer<'_, Result<Vec<WhatsAppTemplate>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// The carrier of an account.
///
/// # Errors
/// When a setting can't be used, or the protocol sends nothing.
pub fn carrier(
    protocol: Protocol,
    settings: &Settings,
    network: &Network,
) -> Result<Arc<dyn Carrier>, SettingsError> {
    match protocol {
        Protocol::Sandbox => sandbox::sandbox(settings),
        Protocol::WebPush => push::web_push(settings, network),
        Protocol::Fcm => push::fcm(settings, network),
        Protocol::Smtp => smtp::smtp(settings, network),
        Protocol::Twilio => twilio::twilio(settings, network),
        Protocol::MetaWhatsApp => meta::meta(settings, network),
        _ => Err(SettingsError::new(
            "protocol",
            format!("{} only tells what happened", protocol.label()),
        )),
    }
}

/// An API's address from the settings, without a slash at its end.
fn api_base(base: &str, network: &Network) -> Result<String, SettingsError> {
    match http::check_url(base, network) {
        Ok(url) if url.query().is_none() && url.fragment().is_none() => {
            Ok(base.trim_end_matches('/').to_owned())
        }
        Ok(_) => Err(SettingsError::new(
            "api_base",
            "has to be an address without ? and #",
        )),
        Err(failure) => Err(SettingsError::new("api_base", failure.to_string())),
    }
}

/// A carrier's words, short, and with mailboxes and numbers of phones taken out: reasons are kept and shown, and
/// addresses don't belong there.
fn redact(text: &str) -> String {
    let is_address = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.contains('@') || digits >= 7
    };
    text.split_whitespace()
        .map(|word| if is_address(word) { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|letter| !letter.is_control())
        .take(300)
        .collect()
}
