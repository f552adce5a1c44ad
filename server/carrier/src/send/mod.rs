//! Handing messages over.

#[cfg(test)]
mod doubles;
pub mod http;
pub mod push;
pub mod sandbox;
pub mod smtp;

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
        _ => Err(SettingsError::new(
            "protocol",
            format!("{} only tells what happened", protocol.label()),
        )),
    }
}
