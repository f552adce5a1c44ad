//! The two families of campaigns and their types.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The two tabs of Performance Reports.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CampaignKind {
    /// Sends a message to each recipient.
    #[default]
    Messaging,
    /// Invites people to take part in something.
    Interactive,
}

impl CampaignKind {
    /// Both, in tab order.
    pub const ALL: [Self; 2] = [Self::Messaging, Self::Interactive];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Interactive => "interactive",
        }
    }
}

impl fmt::Display for CampaignKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CampaignKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

macro_rules! campaign_types {
    ($($(#[$meta:meta])* $variant:ident, $wire:literal, $label:literal, $kind:ident;)*) => {
        /// Channel of a messaging campaign, or type of an interactive one.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CampaignType {
            $(
                #[doc = $label]
                #[serde(rename = $wire)]
                $(#[$meta])*
                $variant,
            )*
        }

        impl CampaignType {
            /// Every type, in menu order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Wire name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// Name shown to people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The family it belongs to.
            #[must_use]
            pub fn kind(self) -> CampaignKind {
                match self { $(Self::$variant => CampaignKind::$kind,)* }
            }
        }
    };
}

campaign_types! {
    #[default]
    Sms, "sms", "SMS", Messaging;
    Email, "email", "Email", Messaging;
    Push, "push", "Push", Messaging;
    WhatsApp, "whatsapp", "WhatsApp", Messaging;
    Rcs, "rcs", "RCS", Messaging;
    ESwipe, "e_swipe", "E-Swipe", Interactive;
    SubscriptionForm, "subscription_form", "Subscription form", Interactive;
    Trivia, "trivia", "Trivia", Interactive;
    WebTrivia, "web_trivia", "Web trivia", Interactive;
    Keyword, "keyword", "Keyword", Interactive;
    DigitalCoupon, "digital_coupon", "Digital coupon", Interactive;
    Raffle, "raffle", "Raffle giveaway", Interactive;
    MemberCard, "member_card", "Member card", Interactive;
    Poll, "poll", "Polls & surveys", Interactive;
    WebPoll, "web_poll", "Web polls & surveys", Interactive;
    Geofence, "geofence", "Geofence", Interactive;
    Chatbot, "chatbot", "Chatbot", Interactive;
}

impl CampaignType {
    /// The types of one tab, in menu order.
    pub fn of_kind(kind: CampaignKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |t| t.kind() == kind)
    }
}

impl fmt::Display for CampaignType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CampaignType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|t| t.as_str() == text)
            .ok_or(())
    }
}
