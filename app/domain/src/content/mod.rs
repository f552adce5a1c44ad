//! What a message says, per channel, before it is personalised.
//!
//! Texts are templates: `{{ name }}`, `{{ city | default("your city") }}`. Rendering them is the server's; here is what
//! they are made of, and the counting of SMS, which the editor shows at each keystroke.

mod sms;
pub mod whatsapp;

pub use sms::{Encoding, SmsLength, sms_length};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Channel;

/// Most arms of an A/B test.
pub const VARIANTS_MAX: usize = 4;
/// Longest SMS, in characters, after personalisation (the limit of Twilio, and of the user's document).
pub const SMS_CHARS_MAX: usize = 1_600;
/// Longest subject and preheader, in characters.
pub const SUBJECT_CHARS_MAX: usize = 250;
/// Longest HTML or MJML, in bytes. Gmail cuts what is longer than 102 kB.
pub const HTML_BYTES_MAX: usize = 512 * 1024;
/// Longest push payload, in bytes (RFC 8030 services and FCM take 4,096; some of it is ours).
pub const PUSH_BYTES_MAX: usize = 3_000;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "lowercase")]
pub enum Content {
    /// Text message.
    Sms(SmsContent),
    /// E-mail.
    Email(EmailContent),
    /// Push notification.
    Push(PushContent),
    /// WhatsApp template message.
    WhatsApp(WhatsAppContent),
    /// RCS message.
    Rcs(RcsContent),
}

impl Content {
    /// Nothing written yet.
    #[must_use]
    pub fn empty(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms(SmsContent::default()),
            Channel::Email => Self::Email(EmailContent::default()),
            Channel::Push => Self::Push(PushContent::default()),
            Channel::WhatsApp => Self::WhatsApp(WhatsAppContent::default()),
            Channel::Rcs => Self::Rcs(RcsContent::default()),
        }
    }

    /// The channel it is for.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Sms(_) => Channel::Sms,
            Self::Email(_) => Channel::Email,
            Self::Push(_) => Channel::Push,
            Self::WhatsApp(_) => Channel::WhatsApp,
            Self::Rcs(_) => Channel::Rcs,
        }
    }
}

/// A text message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmsContent {
    /// Template of the text. Tracked links in it become short links.
    pub text: String,
}

/// An e-mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmailContent {
    /// Name shown before the sender's address.
    pub from_name: String,
    /// Where answers go; the sender's address when empty.
    pub reply_to: String,
    /// Template of the subject.
    pub subject: String,
    /// Template of what inboxes show after the subject.
    pub preheader: String,
    /// Template of the HTML part. Made from `mjml` where that is given.
    pub html: String,
    /// MJML it is written in; empty for plain HTML.
    pub mjml: String,
    /// Template of the plain-text part; derived from the HTML when empty.
    pub text: String,
}

/// What a push notification is for (`M/push-campaign` of the functional reference).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PushKind {
    /// Shown by the system.
    #[default]
    Regular,
    /// Shown by the app, the next time it is open.
    InApp,
    /// Shown when the device is inside a circle.
    Geo,
    /// Opens a place inside the app.
    Deeplink,
    /// Shown nowhere: data for the app.
    Data,
}

impl PushKind {
    /// All of them, in menu order.
    pub const ALL: [Self; 5] = [
        Self::Regular,
        Self::InApp,
        Self::Geo,
        Self::Deeplink,
        Self::Data,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::InApp => "in_app",
            Self::Geo => "geo",
            Self::Deeplink => "deeplink",
            Self::Data => "data",
        }
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Regular => "Regular",
            Self::InApp => "In-app",
            Self::Geo => "Geo",
            Self::Deeplink => "Deep link",
            Self::Data => "Data",
        }
    }
}

/// A push notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushContent {
    /// What it is for.
    pub kind: PushKind,
    /// Template of the title.
    pub title: String,
    /// Template of the body.
    pub body: String,
    /// Address of a picture.
    pub image: String,
    /// What a tap opens: a web address, or a place in the app.
    pub link: String,
    /// Centre and radius, for [`PushKind::Geo`].
    pub geo: Option<Circle>,
    /// More for the app: templates by name.
    pub data: BTreeMap<String, String>,
}

/// A circle on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    /// Latitude in degrees, as written: decimal, −90 to 90.
    pub latitude: String,
    /// Longitude in degrees, as written: decimal, −180 to 180.
    pub longitude: String,
    /// Radius in metres, 50 to 100,000.
    pub radius_m: u32,
}

/// A WhatsApp message by an approved template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhatsAppContent {
    /// The template as the account has it: copied when it is chosen, so that what was sent stays known.
    pub template: WhatsAppTemplate,
    /// Address of the header's picture, video or document.
    pub media: String,
    /// What stands for `{{1}}`, `{{2}}` … of the body, in the order of [`whatsapp::placeholders`]: templates of ours.
    pub body_values: Vec<String>,
    /// What stands for the placeholder of a text header.
    pub header_value: String,
    /// What stands for the placeholder at the end of a link button's address, in button order.
    pub link_values: Vec<String>,
}

/// A template of a WhatsApp business account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhatsAppTemplate {
    /// Its name at Meta; the `HX…` id of the content at Twilio.
    pub name: String,
    /// Such as `en` or `pt_BR`.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// `approved`, `pending`, `rejected`, `paused` or `disabled`.
    pub status: String,
    /// Top of the message.
    pub header: WhatsAppHeader,
    /// Text with `{{1}}`, `{{2}}` …
    pub body: String,
    /// Small print.
    pub footer: String,
    /// Below the message.
    pub buttons: Vec<WhatsAppButton>,
}

/// Top of a WhatsApp message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhatsAppHeader {
    /// None.
    #[default]
    None,
    /// A bold line.
    Text {
        /// May hold a placeholder.
        text: String,
    },
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A document.
    Document,
}

/// A button of a WhatsApp message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhatsAppButton {
    /// Answers with its text.
    QuickReply {
        /// Its text.
        text: String,
    },
    /// Opens a page.
    Url {
        /// Its text.
        text: String,
        /// Where to; may end in a placeholder.
        url: String,
    },
    /// Calls a number.
    Phone {
        /// Its text.
        text: String,
        /// E.164.
        number: String,
    },
}

/// An RCS message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RcsContent {
    /// Template of the text; of a card's text, where there is a card.
    pub text: String,
    /// Whether it is a rich card.
    pub is_card: bool,
    /// Template of a card's title.
    pub title: String,
    /// Address of a card's picture.
    pub image: String,
    /// Chips below it, at most eleven; four on a card.
    pub suggestions: Vec<Suggestion>,
    /// Template of the SMS for phones without RCS; none is sent when empty.
    pub fallback: String,
}

/// A chip below an RCS message. Texts have at most 25 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Suggestion {
    /// Answers with its text.
    Reply {
        /// Its text.
        text: String,
    },
    /// Opens a page.
    Url {
        /// Its text.
        text: String,
        /// Where to.
        url: String,
    },
    /// Calls a number.
    Phone {
        /// Its text.
        text: String,
        /// E.164.
        number: String,
    },
}

/// One arm of an A/B test, or the only one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// `A`, `B`, `C` or `D`.
    pub name: String,
    /// Its part of the audience, in percent. Parts and the holdout come to 100.
    pub share: u8,
    /// What it says.
    pub content: Content,
}

/// What is wrong in a template or message, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentProblem {
    /// Field of the content, such as `subject`, `body_values.1`.
    pub field: String,
    /// For people.
    pub message: String,
}

/// A tracked or untracked link of the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentLink {
    /// Arm it stands in.
    pub variant: String,
    /// Its place among the links of that arm, from 1.
    pub position: u32,
    /// Where it goes.
    pub url: String,
    /// Its words, or what the picture shows.
    pub label: String,
    /// Whether clicks are followed.
    pub is_tracked: bool,
}

/// A message as one person gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Arm.
    pub variant: String,
    /// Whom it was made for; masked for roles below admin.
    pub recipient: String,
    /// Subject, title or header text.
    pub title: String,
    /// Preheader of an e-mail; footer of a WhatsApp message.
    pub note: String,
    /// Text of the message; plain-text part of an e-mail.
    pub text: String,
    /// HTML of an e-mail, to be shown in a sandboxed frame only.
    pub html: String,
    /// Picture.
    pub image: String,
    /// Buttons or chips, by their texts.
    pub buttons: Vec<String>,
    /// Length, for SMS and RCS fallback.
    pub length: Option<SmsLength>,
    /// Placeholders that had no value.
    pub missing: Vec<String>,
}
