//! Descriptions of the API's bodies for OpenAPI.
//!
//! The domain's types are the bodies; they stay free of documentation machinery, so these mirror them. A test
//! compares what the server really says with what stands here, field by field.

// The fields are read by the derive only, and what they mean stands in their comments.
#![expect(dead_code, reason = "these types describe, nothing makes them")]

mod campaign;
mod contact;
mod content;
mod event;
mod report;
mod sending;
mod uplift;

use std::borrow::Cow;

use domain::{
    CampaignKind, CampaignStatus, CampaignType, EventKind,
    message::Category,
    report::{Bucket, Clock},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Type,
        schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType},
    },
};

use crate::http::ingest::EVENTS_MAX;

pub(in crate::http) use campaign::{
    CampaignDoc, CampaignListDoc, CampaignPatchDoc, CampaignWithFiguresDoc, NewCampaignDoc,
};
pub(in crate::http) use contact::{
    ContactCountsDoc, ContactDoc, ContactListDoc, ContactPageDoc, ImportErrorsDoc, ImportInfoDoc,
    MappingDoc, MembersDoc, NewContactDoc, NewListDoc, NewSuppressionDoc, SuppressionPageDoc,
    TakenDoc,
};
pub(in crate::http) use content::{PreviewDoc, WhatsAppTemplateDoc};
pub(in crate::http) use event::{EventDoc, IngestAnswerDoc, RecipientPageDoc};
pub(in crate::http) use report::ReportDoc;
pub(in crate::http) use sending::{
    AudienceCountDoc, AudienceQuestionDoc, ChannelDoc, DraftSaveDoc, EditingDoc, FollowUpDoc,
    HeldDecisionDoc, HeldMessageDoc, HistoryEntryDoc, LaunchDoc, MissingValueDoc, ObstacleDoc,
    ProgressDoc, ReplyDoc, SendingAccountDoc, TestDoc, TestOutcomeDoc,
};
pub(in crate::http) use uplift::UpliftDoc;

/// A closed list of words, taken from the domain itself.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $shown:literal, $values:expr, $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::http) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words: Vec<&'static str> = $values;
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .enum_values(Some(words))
                    .description(Some($text))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($shown)
            }
        }
    )*};
}

use words;

words! {
    /// Families of campaigns.
    CampaignKindDoc, "CampaignKind", CampaignKind::ALL.map(CampaignKind::as_str).into(),
        "The two families of campaigns";
    /// Types of campaigns.
    CampaignTypeDoc, "CampaignType", CampaignType::ALL.iter().map(|t| t.as_str()).collect(),
        "Channel of a messaging campaign (the first five), or type of an interactive one";
    /// Statuses of campaigns.
    CampaignStatusDoc, "CampaignStatus", CampaignStatus::ALL.map(CampaignStatus::as_str).into(),
        "Where a campaign stands. Messaging: completed, in_progress, scheduled, pending; interactive: completed, live, processing, scheduled, pending, draft";
    /// Kinds of events.
    EventKindDoc, "EventKind", EventKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        "What happened";
    /// Statuses of messages.
    CategoryDoc, "MessageStatus", Category::ALL.map(Category::as_str).into(),
        "Where a message stands, in the words of its channel";
    /// Clocks.
    ClockDoc, "Clock", vec![Clock::Send.as_str(), Clock::Event.as_str()],
        "Which time places a figure";
    /// Widths.
    BucketDoc, "Bucket", [Bucket::Auto, Bucket::Quarter, Bucket::Hour, Bucket::Day, Bucket::Week, Bucket::Month].map(Bucket::as_str).into(),
        "Width of the points of a series; an answer never says auto";
    /// Evidence.
    EvidenceFilterDoc, "EvidenceFilter", vec!["human", "all"],
        "Which events a figure counts";
}

/// A body of `application/json` at ingest.
#[derive(Debug)]
pub(in crate::http) struct EventsDoc;

impl PartialSchema for EventsDoc {
    fn schema() -> RefOr<Schema> {
        let event = || Ref::from_schema_name("Event");
        let batch = ArrayBuilder::new()
            .items(event())
            .max_items(Some(EVENTS_MAX))
            .build();
        OneOfBuilder::new()
            .item(event())
            .item(batch)
            .description(Some("One event, or up to 10,000 of them"))
            .into()
    }
}

impl ToSchema for EventsDoc {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Events")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((EventDoc::name().into_owned(), EventDoc::schema()));
        EventDoc::schemas(schemas);
    }
}

/// Why a request was not done (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
pub(in crate::http) struct ProblemDoc {
    r#type: String,
    title: String,
    status: u16,
    /// Stable: compare this, show `detail`
    #[schema(required = false)]
    code: String,
    #[schema(required = false)]
    detail: String,
    /// The field or parameter in question
    #[schema(required = false)]
    field: String,
}
