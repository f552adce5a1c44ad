//! Contacts: who they are, what they agreed to, which of them are never to be written to.
//!
//! Writes of contacts take the workspace's turn ([`crate::turn`]). Whether a row is a new person or a known one is decided
//! in memory ([`merge`]), so that thousands of rows cost three look-ups and two statements.

mod check;
mod devices;
mod dry_run;
mod hidden;
mod imports;
mod lists;
mod merge;
#[cfg(test)]
mod merge_tests;
mod owner;
mod query;
mod save;
mod suppression;
#[cfg(test)]
mod tests;
mod write;
pub(crate) use check::is_attribute_name;
pub use check::normal_address;
pub use dry_run::DryRun;
pub use imports::{Advance, IMPORTS_BYTES_MAX, ImportWork, NewImport};
pub use merge::Upserted;

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    contact::{Attributes, Consent, Contact, SuppressionSource},
};

use crate::{Error, Result};

/// A row of `contact`.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ContactRow {
    pub(crate) pk: i64,
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) attributes: String,
    pub(crate) consent_sms: i64,
    pub(crate) consent_email: i64,
    pub(crate) consent_push: i64,
    pub(crate) consent_whatsapp: i64,
    pub(crate) consent_rcs: i64,
    pub(crate) created_us: i64,
    pub(crate) updated_us: i64,
}

/// The columns of [`ContactRow`].
macro_rules! contact_columns {
    () => {
        "pk, id, external_id, name, phone, email, time_zone, attributes, consent_sms, consent_email, \
         consent_push, consent_whatsapp, consent_rcs, created_us, updated_us"
    };
}
pub(crate) use contact_columns;

impl ContactRow {
    /// What they agreed to on a channel.
    pub(crate) fn consent(&self, channel: Channel) -> Consent {
        let code = match channel {
            Channel::Sms => self.consent_sms,
            Channel::Email => self.consent_email,
            Channel::Push => self.consent_push,
            Channel::WhatsApp => self.consent_whatsapp,
            Channel::Rcs => self.consent_rcs,
        };
        u8::try_from(code)
            .ok()
            .and_then(Consent::from_code)
            .unwrap_or_default()
    }

    fn set_consent(&mut self, channel: Channel, consent: Consent) {
        let code = i64::from(consent as u8);
        match channel {
            Channel::Sms => self.consent_sms = code,
            Channel::Email => self.consent_email = code,
            Channel::Push => self.consent_push = code,
            Channel::WhatsApp => self.consent_whatsapp = code,
            Channel::Rcs => self.consent_rcs = code,
        }
    }

    /// Number or mailbox a channel reaches them by; none for push, whose devices are apart.
    pub(crate) fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Sms | Channel::WhatsApp | Channel::Rcs => self.phone.as_deref(),
            Channel::Email => self.email.as_deref(),
            Channel::Push => None,
        }
    }

    /// The contact, with what other tables know of it.
    fn contact(
        self,
        suppressed: Vec<(Channel, SuppressionSource)>,
        devices: u32,
    ) -> Result<Contact> {
        Ok(Contact {
            consents: Channel::ALL.map(|channel| self.consent(channel)),
            attributes: attributes(&self.attributes)?,
            created_at: time(self.created_us)?,
            updated_at: time(self.updated_us)?,
            id: self.id,
            external_id: self.external_id,
            name: self.name,
            phone: self.phone,
            email: self.email,
            time_zone: self.time_zone,
            suppressed,
            devices,
        })
    }
}

/// Column of a channel's consent.
pub(crate) fn consent_column(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "consent_sms",
        Channel::Email => "consent_email",
        Channel::Push => "consent_push",
        Channel::WhatsApp => "consent_whatsapp",
        Channel::Rcs => "consent_rcs",
    }
}

pub(crate) fn attributes(text: &str) -> Result<Attributes> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt("attributes"))
}

fn time(at_us: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at_us).ok_or(Error::Corrupt("time"))
}

fn channel(code: i64) -> Result<Channel> {
    u8::try_from(code)
        .ok()
        .and_then(Channel::from_code)
        .ok_or(Error::Corrupt("channel"))
}

pub(crate) fn source(code: i64) -> Result<SuppressionSource> {
    u8::try_from(code)
        .ok()
        .and_then(SuppressionSource::from_code)
        .ok_or(Error::Corrupt("suppression"))
}

/// A value as JSON to bind: lists and rows reach SQL in one parameter.
pub(crate) fn bound<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt("parameter"))
}

/// A text as part of a `LIKE … ESCAPE '!'` pattern that means itself.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern
}
