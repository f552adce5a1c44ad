//! Whom a campaign is for.

use serde::{Deserialize, Serialize};

use crate::EventKind;

/// Most addresses typed in by hand.
pub const TYPED_MAX: usize = 1_000;
/// Deepest nesting of a filter.
pub const CONDITION_DEPTH_MAX: usize = 6;
/// Most conditions of one filter.
pub const CONDITIONS_MAX: usize = 50;

/// Whom a campaign is for. Always people among the contacts: a file is imported into a list first, and typed
/// addresses become contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Audience {
    /// Not chosen yet.
    #[default]
    Nobody,
    /// The main list.
    Everyone,
    /// A saved list.
    List {
        /// Its id.
        list: String,
    },
    /// Whoever meets a condition.
    Filter {
        /// The condition.
        condition: Condition,
    },
    /// Addresses written by hand: numbers, mailboxes.
    Typed {
        /// As typed; checked when the step is saved.
        addresses: Vec<String>,
    },
    /// Those of an earlier campaign who are to hear again.
    FollowUp {
        /// Platform id of that campaign.
        campaign: String,
        /// Which of them.
        who: FollowUp,
    },
}

/// Which recipients of an earlier campaign are written to again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// Delivered, neither opened nor read.
    NotOpened,
    /// Delivered, not clicked.
    NotClicked,
    /// Failed, or never sent.
    NotReached,
}

impl FollowUp {
    /// All of them, in menu order.
    pub const ALL: [Self; 3] = [Self::NotOpened, Self::NotClicked, Self::NotReached];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotOpened => "not_opened",
            Self::NotClicked => "not_clicked",
            Self::NotReached => "not_reached",
        }
    }
}

/// A condition on a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum Condition {
    /// All of them hold; true when there are none.
    All {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// One of them holds.
    Any {
        /// The conditions.
        of: Vec<Condition>,
    },
    /// It doesn't hold.
    Not {
        /// The condition.
        of: Box<Condition>,
    },
    /// On this list.
    OnList {
        /// Its id.
        list: String,
    },
    /// An attribute compares like this with a value, case ignored. A contact without the attribute only meets
    /// [`Compare::Absent`] and [`Compare::IsNot`].
    Attribute {
        /// Its name; `name`, `email`, `phone` and `time_zone` are the fields of these names.
        name: String,
        /// How.
        compare: Compare,
        /// With what; a number where numbers are compared.
        #[serde(default)]
        value: String,
    },
    /// Did this in an earlier campaign, by human-likely evidence.
    Did {
        /// What: sent, delivered, opened, read, clicked, replied, converted, failed.
        event: EventKind,
        /// In this campaign; in any when absent.
        #[serde(default)]
        campaign: Option<String>,
        /// Within this many days before now; ever when absent.
        #[serde(default)]
        days: Option<u32>,
    },
}

/// How an attribute is compared.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Equal.
    #[default]
    Is,
    /// Not equal, or absent.
    IsNot,
    /// Has it inside.
    Contains,
    /// Begins with it.
    Begins,
    /// Both are numbers and it is greater.
    Above,
    /// Both are numbers and it is smaller.
    Below,
    /// There is one.
    Present,
    /// There is none.
    Absent,
}

impl Compare {
    /// All of them, in menu order.
    pub const ALL: [Self; 8] = [
        Self::Is,
        Self::IsNot,
        Self::Contains,
        Self::Begins,
        Self::Above,
        Self::Below,
        Self::Present,
        Self::Absent,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::Begins => "begins",
            Self::Above => "above",
            Self::Below => "below",
            Self::Present => "present",
            Self::Absent => "absent",
        }
    }
}

/// How many people an audience comes to on a channel, each counted in the first line that fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudienceCount {
    /// Contacts that match.
    pub matched: u64,
    /// Of these: with no address for the channel.
    pub no_address: u64,
    /// Suppressed.
    pub suppressed: u64,
    /// Who never agreed, or left.
    pub no_consent: u64,
    /// Typed more than once, or spelled differently.
    pub duplicates: u64,
    /// Who will be written to; for push, devices.
    pub eligible: u64,
}

/// A placeholder without a default that some of those who would be written to have no value for. They are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingValue {
    /// Name of the placeholder, such as `code`.
    pub placeholder: String,
    /// Arms whose message needs it, such as `A`.
    pub variants: Vec<String>,
    /// How many have no value for it, whichever arm they fall into; for push, devices.
    pub recipients: u64,
    /// How many would be written to.
    pub eligible: u64,
    /// Some who have none: the first and the last of them among the contacts. Empty for typed addresses that are no
    /// contacts yet.
    pub examples: Vec<MissingExample>,
}

/// A contact that has no value for a placeholder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingExample {
    /// Id of the contact.
    pub contact: String,
    /// Their address on the channel, for push their name; masked for roles that don't see contact data.
    pub shown: String,
}
