//! One thing that happened to one message or participant.

mod check;

pub use check::{
    AMOUNT_MAX, CLOCK_AHEAD_MAX, KEY_CHARS_MAX, LINK_BYTES_MAX, Rejection, TEXT_CHARS_MAX,
    VALUE_BYTES_MAX,
};

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Evidence, money::Amount};

macro_rules! kinds {
    ($($variant:ident = $code:literal, $wire:literal, $doc:literal;)*) => {
        /// What happened. The codes are stored: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum EventKind {
            $(
                #[doc = $doc]
                #[serde(rename = $wire)]
                $variant = $code,
            )*
        }

        impl EventKind {
            /// Every kind, in code order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Wire name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// Stored code.
            #[must_use]
            pub fn code(self) -> u8 {
                self as u8
            }

            /// The kind with this stored code.
            #[must_use]
            pub fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl FromStr for EventKind {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($wire => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    };
}

kinds! {
    Queued = 0, "queued", "Accepted by the platform, not yet handed to the carrier.";
    Unsent = 1, "unsent", "Will not be handed to the carrier (blocked, blacklisted, incomplete).";
    Sent = 2, "sent", "Accepted by the carrier.";
    Delivered = 3, "delivered", "Reached the handset, mailbox or device.";
    SoftFailed = 4, "soft_failed", "Not delivered for now; a later attempt may succeed.";
    Failed = 5, "failed", "Not delivered, for good.";
    Opened = 6, "opened", "Opened (email pixel, push tap).";
    Read = 7, "read", "Read receipt (WhatsApp, RCS).";
    Clicked = 8, "clicked", "A tracked link was followed.";
    Replied = 9, "replied", "The recipient answered this message.";
    Unsubscribed = 10, "unsubscribed", "The recipient opted out.";
    Complained = 11, "complained", "The recipient reported it as spam.";
    Converted = 12, "converted", "The recipient did what the campaign is for; may carry a value.";
    Received = 13, "received", "Inbound message (keyword, chatbot).";
    Visited = 14, "visited", "Interactive: the landing page was opened.";
    Played = 15, "played", "Interactive: the content was played.";
    Answered = 16, "answered", "Interactive: a question was answered.";
    Submitted = 17, "submitted", "Interactive: a form was submitted.";
    Completed = 18, "completed", "Interactive: taken part to the end.";
    PrizeAssigned = 19, "prize_assigned", "Interactive: a prize was assigned.";
    Redeemed = 20, "redeemed", "Interactive: a coupon was redeemed.";
    PassAdded = 21, "pass_added", "Interactive: a pass was added to the wallet.";
    PassRemoved = 22, "pass_removed", "Interactive: a pass was removed from the wallet.";
    Achieved = 23, "achieved", "A person of the audience did what the campaign is for, whatever was sent to them, if anything; may carry a value. Says nothing of a message: the holdout is compared by it.";
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl EventKind {
    /// Engagement with a message: proves that it was delivered, unless a machine did it
    /// ([`Standing::of`](crate::message::Standing::of)).
    #[must_use]
    pub fn is_engagement(self) -> bool {
        matches!(
            self,
            Self::Opened | Self::Read | Self::Clicked | Self::Replied | Self::Converted
        )
    }

    /// Whether the carrier must have accepted the message for this to happen.
    #[must_use]
    pub fn implies_sent(self) -> bool {
        self.is_engagement()
            || matches!(
                self,
                Self::Sent | Self::Delivered | Self::SoftFailed | Self::Failed
            )
    }

    /// One of the six kinds that describe handing over a message; the rest are reactions.
    #[must_use]
    pub fn is_delivery(self) -> bool {
        matches!(
            self,
            Self::Queued
                | Self::Unsent
                | Self::Sent
                | Self::Delivered
                | Self::SoftFailed
                | Self::Failed
        )
    }

    /// Kinds that only interactive campaigns have.
    #[must_use]
    pub fn is_interactive(self) -> bool {
        (Self::Visited.code()..=Self::PassRemoved.code()).contains(&self.code())
    }

    /// Kinds that happen without a message of ours: to who takes part, writes in, or acts by themselves. Their
    /// `message` may be left out.
    #[must_use]
    pub fn may_lack_message(self) -> bool {
        self.is_interactive() || matches!(self, Self::Received | Self::Achieved)
    }

    /// Whether a machine (scanner, prefetcher) can cause it without a person.
    #[must_use]
    pub fn can_be_machine(self) -> bool {
        matches!(
            self,
            Self::Opened | Self::Read | Self::Clicked | Self::Visited
        )
    }
}

/// An event as a caller gives it (`POST /ingest/v1/events`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Dedupe key, unique within the workspace.
    pub id: String,
    /// Platform id or `external_id` of the campaign.
    pub campaign: String,
    /// The message it happened to. Defaults to `recipient` where [`EventKind::may_lack_message`].
    pub message: String,
    /// The person: number, address, device or any stable key.
    pub recipient: String,
    /// What happened.
    pub kind: EventKind,
    /// When it happened, by the sender's clock.
    pub at: DateTime<Utc>,
    /// The provider's own word, such as `DELIVRD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_status: Option<String>,
    /// The link clicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Full user agent string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Client address; resolved to a country, then truncated or dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Mobile operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Device class: mobile, tablet, desktop …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Why it failed, or why someone left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Worth of a conversion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Amount>,
    /// ISO 4217 code of `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Arm of an A/B test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Anything else, kept as given (a JSON object as text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub props: Option<String>,
}

/// An event after enrichment: the form that is stored. Times are microseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Dedupe key as given.
    pub id: String,
    /// Campaign reference as given: platform id or `external_id`.
    pub campaign: String,
    /// Message key.
    pub message: String,
    /// Recipient key.
    pub recipient: String,
    /// What happened.
    pub kind: EventKind,
    /// When it happened.
    pub at_us: i64,
    /// When it reached us.
    pub received_us: i64,
    /// Who caused it, as far as can be told.
    pub evidence: Evidence,
    /// Provider's word.
    pub raw_status: Option<String>,
    /// Country, device class and so on, in [`Dimension`] order; `variant` included.
    pub dimensions: [Option<String>; Dimension::COUNT],
    /// Worth and its currency (empty when none was given).
    pub value: Option<(Amount, String)>,
    /// User agent, kept so that evidence can be scored again.
    pub user_agent: Option<String>,
    /// Truncated address, if the workspace keeps any.
    pub ip: Option<String>,
    /// Anything else, JSON object as text.
    pub props: Option<String>,
}

/// What a breakdown can be made by. The codes are stored: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Dimension {
    /// Tracked link.
    Link = 0,
    /// Country of the person.
    Country = 1,
    /// Operating system.
    Os = 2,
    /// Device class.
    Device = 3,
    /// Mobile operator.
    Carrier = 4,
    /// Failure or opt-out reason.
    Reason = 5,
    /// Arm of an A/B test.
    Variant = 6,
}

impl Dimension {
    /// How many there are.
    pub const COUNT: usize = 7;
    /// All of them, in code order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Link,
        Self::Country,
        Self::Os,
        Self::Device,
        Self::Carrier,
        Self::Reason,
        Self::Variant,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Country => "country",
            Self::Os => "os",
            Self::Device => "device",
            Self::Carrier => "carrier",
            Self::Reason => "reason",
            Self::Variant => "variant",
        }
    }

    /// Whether events of this kind count in the breakdown.
    ///
    /// Links: clicks. Country, system, device and variant: what people did. Carrier: delivery outcomes.
    /// Reason: failures, blocks, opt-outs and complaints.
    #[must_use]
    pub fn counts(self, kind: EventKind) -> bool {
        use EventKind::{Complained, Delivered, Failed, SoftFailed, Unsent, Unsubscribed};
        match self {
            Self::Link => kind == EventKind::Clicked,
            Self::Country | Self::Os | Self::Device | Self::Variant => {
                kind.is_engagement() || kind.is_interactive() || kind == EventKind::Received
            }
            Self::Carrier => matches!(kind, Delivered | SoftFailed | Failed),
            Self::Reason => {
                matches!(
                    kind,
                    Failed | SoftFailed | Unsent | Unsubscribed | Complained
                )
            }
        }
    }
}

/// Answer of the ingest endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestAnswer {
    /// Events stored by this request.
    pub accepted: u64,
    /// Events already stored earlier; they changed nothing.
    pub duplicate: u64,
    /// Events not taken, with their position in the batch.
    pub rejected: Vec<RejectedEvent>,
}

/// One rejected event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedEvent {
    /// Zero-based position in the batch.
    pub index: u64,
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: String,
}
