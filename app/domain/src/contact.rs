//! The people a workspace may write to, and those it may not.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Channel;

/// Attributes of a contact; most of them come from the columns of an import.
pub type Attributes = BTreeMap<String, String>;

/// Most attributes of one contact.
pub const ATTRIBUTES_MAX: usize = 100;
/// Longest name of an attribute, in characters: letters, digits and `_`, beginning with a letter.
pub const ATTRIBUTE_NAME_CHARS_MAX: usize = 64;
/// Longest value of an attribute, in characters.
pub const ATTRIBUTE_CHARS_MAX: usize = 1_000;

/// What a person agreed to on one channel. The codes are stored: never renumber.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Consent {
    /// Nothing is known: they are not written to.
    #[default]
    Unknown = 0,
    /// They agreed.
    Subscribed = 1,
    /// They left.
    Unsubscribed = 2,
}

impl Consent {
    /// All, in code order.
    pub const ALL: [Self; 3] = [Self::Unknown, Self::Subscribed, Self::Unsubscribed];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Subscribed => "subscribed",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// The one with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// A person. Every one of them is on the main list; who is suppressed stays on it and is not written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Opaque id.
    pub id: String,
    /// The caller's own id, unique within the workspace.
    pub external_id: Option<String>,
    /// Name, as one would greet them.
    pub name: String,
    /// E.164, unique within the workspace.
    pub phone: Option<String>,
    /// Mailbox, unique within the workspace.
    pub email: Option<String>,
    /// IANA zone: when it is night for them.
    pub time_zone: Option<String>,
    /// Everything else known of them.
    pub attributes: Attributes,
    /// What they agreed to, per channel, in [`Channel::ALL`] order.
    pub consents: [Consent; 5],
    /// Channels on which they are suppressed, and why.
    pub suppressed: Vec<(Channel, SuppressionSource)>,
    /// Registered browsers and apps.
    pub devices: u32,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When anything above last changed.
    pub updated_at: DateTime<Utc>,
}

/// A person as a caller gives them. Who has the same `external_id`, else e-mail, else phone, is the same person;
/// what is absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContact {
    /// The caller's own id, at most 128 characters.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Name, at most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// E.164.
    #[serde(default)]
    pub phone: Option<String>,
    /// Mailbox.
    #[serde(default)]
    pub email: Option<String>,
    /// IANA zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Attributes to set; an empty value removes one.
    #[serde(default)]
    pub attributes: Attributes,
    /// What they agreed to. Never lifts an earlier unsubscription unless `is_renewed`.
    #[serde(default)]
    pub consents: BTreeMap<Channel, Consent>,
    /// Whether the person themself agreed anew, after leaving.
    #[serde(default)]
    pub is_renewed: bool,
}

/// Where a push notification goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushTarget {
    /// A browser's subscription (W3C Push API), base64url without padding.
    WebPush {
        /// Where to post, at the browser's push service.
        endpoint: String,
        /// The browser's public key, an uncompressed P-256 point.
        p256dh: String,
        /// Shared secret, 16 bytes.
        auth: String,
    },
    /// An app's registration token at Firebase Cloud Messaging.
    Fcm {
        /// The token.
        token: String,
    },
}

macro_rules! sources {
    ($($variant:ident = $code:literal, $wire:literal, $label:literal;)*) => {
        /// Why somebody is not written to. The codes are stored: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum SuppressionSource {
            $(
                #[doc = $label]
                #[serde(rename = $wire)]
                $variant = $code,
            )*
        }

        impl SuppressionSource {
            /// All of them, in code order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Wire name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// For people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The one with this stored code.
            #[must_use]
            pub fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl FromStr for SuppressionSource {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($wire => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    };
}

sources! {
    User = 0, "user", "Unsubscribed";
    Complaint = 1, "complaint", "Reported as spam";
    HardFailure = 2, "hard_failure", "Address doesn't exist";
    Stop = 3, "stop", "Answered STOP";
    Carrier = 4, "carrier", "Blocked at the carrier";
    Admin = 5, "admin", "Blocked by an admin";
}

impl fmt::Display for SuppressionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SuppressionSource {
    /// Whether the person's own new consent (START, a renewed subscription) lifts it.
    #[must_use]
    pub fn is_lifted_by_consent(self) -> bool {
        matches!(self, Self::User | Self::Stop | Self::Carrier)
    }
}

/// An entry of the blocklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// On which channel.
    pub channel: Channel,
    /// E.164, mailbox or device id; masked for roles below admin.
    pub address: String,
    /// Why.
    pub source: SuppressionSource,
    /// In whose words, such as a bounce's text.
    pub reason: Option<String>,
    /// The campaign that caused it.
    pub campaign: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// A saved list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactList {
    /// Opaque id.
    pub id: String,
    /// Name, unique within the workspace.
    pub name: String,
    /// People on it.
    pub members: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// How many contacts there are, and how many can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCounts {
    /// Everybody.
    pub contacts: u64,
    /// Who can be written to, per channel, in [`Channel::ALL`] order: with an address, consent, and no suppression.
    pub reachable: [u64; 5],
    /// Entries of the blocklist, per channel.
    pub suppressed: [u64; 5],
}

/// What to find among contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactQuery {
    /// Part of a name, a number's or an address's beginning.
    pub q: String,
    /// Only members of this list.
    pub list: Option<String>,
    /// Only who is suppressed on any channel.
    pub blocked: bool,
    /// From the page before.
    pub cursor: Option<String>,
}

/// A page of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPage {
    /// Newest first.
    pub contacts: Vec<Contact>,
    /// Pass back to get the next page; none at the end.
    pub next_cursor: Option<String>,
}

/// A page of the blocklist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionPage {
    /// Newest first.
    pub entries: Vec<Suppression>,
    /// Pass back to get the next page; none at the end.
    pub next_cursor: Option<String>,
}
