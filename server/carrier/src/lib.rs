#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod answers;
pub mod hook;
mod message;
pub mod send;

pub use message::{
    EmailBody, Outgoing, OutgoingBody, PushBody, RcsBody, Submission, WhatsAppBody, WhatsAppValue,
};

use std::{collections::BTreeMap, fmt};

use domain::carrier::Protocol;

/// Everything known of an account, secrets included. `Debug` shows none of the values.
#[derive(Clone, Default)]
pub struct Settings {
    fields: BTreeMap<String, String>,
}

impl Settings {
    /// Settings and secrets by the names of [`Protocol::fields`].
    #[must_use]
    pub fn new(fields: BTreeMap<String, String>) -> Self {
        Self { fields }
    }

    /// The same settings with one more field, such as [`hook::CERTIFICATE`].
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// A field; none when it is absent or blank.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// A field that the protocol requires.
    ///
    /// # Errors
    /// [`SettingsError`] when it is absent.
    pub fn require(&self, name: &'static str) -> Result<&str, SettingsError> {
        self.get(name)
            .ok_or_else(|| SettingsError::new(name, "is missing"))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.keys()).finish()
    }
}

/// A setting that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct SettingsError {
    /// Name of the field.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl SettingsError {
    /// A sentence about a field.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// How this process may reach others.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Whether addresses inside private networks may be called: for test doubles and relays next door. Without it
    /// loopback, private, link-local and metadata addresses are refused after the name is resolved (SSRF).
    pub allows_private: bool,
}

/// Checks an account's settings without calling anybody.
///
/// # Errors
/// The first field that can't be used.
pub fn check_settings(protocol: Protocol, settings: &Settings) -> Result<(), SettingsError> {
    for field in protocol.fields() {
        if field.is_required {
            settings.require(field.name)?;
        }
    }
    answers::check(settings)?;
    hook::check(protocol, settings)
}
