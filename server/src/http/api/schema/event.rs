//! Events, the answer to them, and recipients.

use chrono::{DateTime, Utc};
use utoipa::ToSchema;

use super::{CategoryDoc, EventKindDoc};

/// One thing that happened to one message or participant.
#[derive(ToSchema)]
#[schema(as = Event)]
pub(in crate::http) struct EventDoc {
    /// Dedupe key, unique within the workspace: the same id again changes nothing
    #[schema(min_length = 1, max_length = 128, example = "evt-000001")]
    id: String,
    /// Platform id or `external_id` of the campaign
    #[schema(min_length = 1, max_length = 128, example = "spring-sale")]
    campaign: String,
    /// The message it happened to. Defaults to `recipient` for interactive kinds, `received` and `achieved`. A
    /// `converted` without a message is taken as `achieved`: what a person did, whatever was sent to them
    #[schema(
        min_length = 1,
        max_length = 128,
        required = false,
        example = "msg-000001"
    )]
    message: String,
    /// Number, address, device or any stable key of the person. Of `achieved` and `visited` in a campaign sent from
    /// here: what was written to, or the contact's `external_id`, id, number or mailbox
    #[schema(min_length = 1, max_length = 128, example = "+34600000001")]
    recipient: String,
    kind: EventKindDoc,
    /// RFC 3339, at most 24 hours ahead of the server's clock
    at: DateTime<Utc>,
    /// The provider's own word
    #[schema(max_length = 2048, example = "DELIVRD")]
    raw_status: Option<String>,
    /// At most 2,048 bytes of UTF-8
    #[schema(max_length = 2048)]
    link: Option<String>,
    #[schema(max_length = 2048)]
    user_agent: Option<String>,
    /// Resolved to a country, then truncated or dropped
    #[schema(max_length = 2048)]
    ip: Option<String>,
    /// ISO 3166-1 alpha-2: two letters, in any case
    #[schema(max_length = 2, example = "ES")]
    country: Option<String>,
    /// At most 1,024 bytes of UTF-8
    #[schema(max_length = 1024)]
    carrier: Option<String>,
    /// At most 1,024 bytes of UTF-8
    #[schema(max_length = 1024)]
    device: Option<String>,
    /// At most 1,024 bytes of UTF-8
    #[schema(max_length = 1024)]
    os: Option<String>,
    /// At most 1,024 bytes of UTF-8
    #[schema(max_length = 1024)]
    reason: Option<String>,
    /// Decimal with at most four places, as a string or a number; at most 10¹², either way
    #[schema(example = "12.50")]
    value: Option<String>,
    /// ISO 4217
    #[schema(max_length = 2048, example = "EUR")]
    currency: Option<String>,
    /// At most 1,024 bytes of UTF-8
    #[schema(max_length = 1024)]
    variant: Option<String>,
    /// Anything else
    #[schema(value_type = Option<Object>)]
    props: Option<serde_json::Value>,
}

/// What became of a batch, said after its commit.
#[derive(ToSchema)]
#[schema(as = IngestAnswer)]
pub(in crate::http) struct IngestAnswerDoc {
    /// Stored by this request
    accepted: u64,
    /// Stored earlier; they changed nothing
    duplicate: u64,
    rejected: Vec<RejectedEventDoc>,
}

/// An event that was not taken. The others were.
#[derive(ToSchema)]
#[schema(as = RejectedEvent)]
pub(in crate::http) struct RejectedEventDoc {
    /// Zero-based position in the request
    index: u64,
    /// Stable: missing_field, wrong_type, unknown_kind, unknown_campaign, bad_time, bad_value, bad_country, too_long,
    /// invalid_character, in_the_future, malformed
    code: String,
    message: String,
}

/// A page of recipients.
#[derive(ToSchema)]
#[schema(as = RecipientPage)]
pub(in crate::http) struct RecipientPageDoc {
    rows: Vec<RecipientRowDoc>,
    /// Null at the end, and only there
    #[schema(required)]
    next_cursor: Option<String>,
}

/// One message.
#[derive(ToSchema)]
#[schema(as = RecipientRow)]
pub(in crate::http) struct RecipientRowDoc {
    /// Masked for people below admin
    recipient: String,
    message: String,
    /// Null for someone who took part without a message
    #[schema(required)]
    status: Option<CategoryDoc>,
    #[schema(required)]
    raw_status: Option<String>,
    #[schema(required)]
    status_at: Option<DateTime<Utc>>,
    #[schema(required)]
    sent_at: Option<DateTime<Utc>>,
    #[schema(required)]
    delivered_at: Option<DateTime<Utc>>,
    #[schema(required)]
    opened_at: Option<DateTime<Utc>>,
    /// Machines left out
    clicks: u64,
    #[schema(required)]
    variant: Option<String>,
}
