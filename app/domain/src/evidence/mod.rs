//! Who caused an open or a click: a person, or a machine acting before them.
//!
//! The rules are public and versioned: [`RULES_VERSION`] grows whenever one changes, so that stored events can
//! be scored again. [`classify`] reads the user agent alone, which is all that events of others bring; [`judge`] reads
//! a request to this server with its method, its headers and its timing; [`together`] reads the clicks of one message
//! beside each other, which are told to the reports only after that.
//!
//! Version 2 brought requests and more mail programs. Version 3: all clicks of a burst are a scanner's, the first two as
//! well; so are those within three seconds of a click on the link that people can't see, which counts as no click at all;
//! and what goes beyond [`CLICKS_MAX`] clicks on a message within about a minute is a machine's.

mod agent;
mod request;
#[cfg(test)]
mod tests;

pub use agent::{HUMAN_RULES, MACHINE_RULES, MAIL_RULES, Pattern, Rule, classify, explain};
pub use request::{
    CLICKS_MAX, HIDDEN_LINK, NEIGHBOURS_MS, REQUEST_RULES, Request, RequestRule, RequestTest,
    among, bursts, judge, judge_with, together,
};

use serde::{Deserialize, Serialize};

/// Version of the rules below and of the crawler list that goes with them.
pub const RULES_VERSION: u32 = 3;

/// Class of an event's cause. The codes are stored: never renumber.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Evidence {
    /// Nothing speaks against a person.
    #[default]
    Unknown = 0,
    /// A browser or app used by a person.
    Human = 1,
    /// A bot, script or library.
    Machine = 2,
    /// Through an image proxy that fetches when a person opens (Gmail).
    Proxy = 3,
    /// A security scanner following links.
    Scanner = 4,
    /// A client or proxy that fetches before anyone opens (Apple Mail privacy protection, link previews).
    Prefetch = 5,
}

impl Evidence {
    /// All classes, in code order.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Human,
        Self::Machine,
        Self::Proxy,
        Self::Scanner,
        Self::Prefetch,
    ];

    /// Stored code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The class with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Proxy => "proxy",
            Self::Scanner => "scanner",
            Self::Prefetch => "prefetch",
        }
    }

    /// Whether an open or a click of this class proves that the message arrived. A gateway follows links while it decides
    /// whether to take the message at all, so machines and scanners prove nothing; a mailbox that fetches ahead of its
    /// reader holds the message.
    #[must_use]
    pub fn proves_delivery(self) -> bool {
        !matches!(self, Self::Machine | Self::Scanner)
    }

    /// Whether reports count it by default: human, proxy and unknown.
    #[must_use]
    pub fn is_human_likely(self) -> bool {
        matches!(self, Self::Human | Self::Proxy | Self::Unknown)
    }
}

/// Which events a figure counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceFilter {
    /// Human-likely events only.
    #[default]
    Human,
    /// Everything, machines included.
    All,
}

impl EvidenceFilter {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::All => "all",
        }
    }
}
