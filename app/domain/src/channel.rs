//! The five ways a message can travel.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::CampaignType;

/// A way to reach a person. The codes are stored: never renumber.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Channel {
    /// Text message.
    #[default]
    Sms = 0,
    /// E-mail.
    Email = 1,
    /// Push notification to a browser or an app.
    Push = 2,
    /// WhatsApp.
    WhatsApp = 3,
    /// Rich Communication Services.
    Rcs = 4,
}

/// What a channel needs to know of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// E.164 number.
    Phone,
    /// Mailbox.
    Email,
    /// Registered browser or app.
    Device,
}

impl Channel {
    /// All five, in menu order.
    pub const ALL: [Self; 5] = [
        Self::Sms,
        Self::Email,
        Self::Push,
        Self::WhatsApp,
        Self::Rcs,
    ];

    /// Wire name; the one of its campaign type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.campaign_type().as_str()
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.campaign_type().label()
    }

    /// Stored code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The channel with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The messaging campaigns that go out by it.
    #[must_use]
    pub fn campaign_type(self) -> CampaignType {
        match self {
            Self::Sms => CampaignType::Sms,
            Self::Email => CampaignType::Email,
            Self::Push => CampaignType::Push,
            Self::WhatsApp => CampaignType::WhatsApp,
            Self::Rcs => CampaignType::Rcs,
        }
    }

    /// The channel of a messaging campaign; none for an interactive one.
    #[must_use]
    pub fn of_type(campaign_type: CampaignType) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.campaign_type() == campaign_type)
    }

    /// What it needs to know of a person.
    #[must_use]
    pub fn address_kind(self) -> AddressKind {
        match self {
            Self::Sms | Self::WhatsApp | Self::Rcs => AddressKind::Phone,
            Self::Email => AddressKind::Email,
            Self::Push => AddressKind::Device,
        }
    }

    /// Whether people can write back by it.
    #[must_use]
    pub fn has_inbound(self) -> bool {
        self.address_kind() == AddressKind::Phone
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_and_its_campaign_type_name_each_other() {
        for channel in Channel::ALL {
            assert_eq!(Channel::of_type(channel.campaign_type()), Some(channel));
            assert_eq!(Channel::from_code(channel.code()), Some(channel));
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
        assert_eq!(Channel::of_type(CampaignType::Trivia), None);
    }
}
