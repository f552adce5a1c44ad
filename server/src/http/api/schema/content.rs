//! What messages say.

use std::{borrow::Cow, collections::BTreeMap};

use domain::content::PushKind;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Type,
        schema::{ObjectBuilder, Schema, SchemaType},
    },
};

use super::words;

words! {
    /// Kinds of push notifications.
    PushKindDoc, "PushKind", PushKind::ALL.map(PushKind::as_str).into(),
        "What a push notification is for";
}

/// What a message says. Texts are templates: `{{ name }}`, `{{ city | default("town") }}`.
#[derive(ToSchema)]
#[schema(as = Content)]
#[serde(tag = "channel", rename_all = "lowercase")]
pub(in crate::http) enum ContentDoc {
    /// Text message
    Sms { text: String },
    /// E-mail
    Email {
        from_name: String,
        reply_to: String,
        subject: String,
        preheader: String,
        html: String,
        /// MJML that `html` is made from
        mjml: String,
        /// Plain-text part; made from `html` when empty
        text: String,
    },
    /// Push notification
    Push {
        kind: PushKindDoc,
        title: String,
        body: String,
        image: String,
        link: String,
        #[schema(required)]
        geo: Option<CircleDoc>,
        data: BTreeMap<String, String>,
    },
    /// WhatsApp template message
    WhatsApp {
        template: WhatsAppTemplateDoc,
        /// Address of the header's picture, video or document
        media: String,
        body_values: Vec<String>,
        header_value: String,
        link_values: Vec<String>,
    },
    /// RCS message
    Rcs {
        text: String,
        is_card: bool,
        title: String,
        image: String,
        suggestions: Vec<SuggestionDoc>,
        /// SMS for phones without RCS
        fallback: String,
    },
}

/// A circle on the map.
#[derive(ToSchema)]
#[schema(as = Circle)]
pub(in crate::http) struct CircleDoc {
    /// Decimal degrees
    latitude: String,
    /// Decimal degrees
    longitude: String,
    /// 50 to 100,000
    radius_m: u32,
}

/// A template of a WhatsApp business account.
#[derive(ToSchema)]
#[schema(as = WhatsAppTemplate)]
pub(in crate::http) struct WhatsAppTemplateDoc {
    name: String,
    language: String,
    category: String,
    /// approved, pending, rejected, paused or disabled
    status: String,
    header: WhatsAppHeaderDoc,
    body: String,
    footer: String,
    buttons: Vec<WhatsAppButtonDoc>,
}

/// Top of a WhatsApp message.
#[derive(ToSchema)]
#[schema(as = WhatsAppHeader)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::http) enum WhatsAppHeaderDoc {
    None,
    Text { text: String },
    Image,
    Video,
    Document,
}

/// A button of a WhatsApp message.
#[derive(ToSchema)]
#[schema(as = WhatsAppButton)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::http) enum WhatsAppButtonDoc {
    QuickReply { text: String },
    Url { text: String, url: String },
    Phone { text: String, number: String },
}

/// A chip below an RCS message.
#[derive(ToSchema)]
#[schema(as = Suggestion)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::http) enum SuggestionDoc {
    Reply { text: String },
    Url { text: String, url: String },
    Phone { text: String, number: String },
}

/// Length of a text as an SMS.
#[derive(ToSchema)]
#[schema(as = SmsLength)]
pub(in crate::http) struct SmsLengthDoc {
    /// gsm7 or ucs2
    encoding: String,
    characters: u32,
    units: u32,
    segments: u32,
    left: u32,
}

/// A message as one person gets it.
#[derive(ToSchema)]
#[schema(as = Preview)]
pub(in crate::http) struct PreviewDoc {
    variant: String,
    recipient: String,
    title: String,
    note: String,
    text: String,
    html: String,
    image: String,
    buttons: Vec<String>,
    #[schema(required)]
    length: Option<SmsLengthDoc>,
    /// Placeholders that had no value
    missing: Vec<String>,
}
