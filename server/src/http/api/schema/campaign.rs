//! Campaigns.

use chrono::{DateTime, Utc};
use utoipa::ToSchema;

use super::{CampaignKindDoc, CampaignStatusDoc, CampaignTypeDoc};

/// A campaign.
#[derive(ToSchema)]
#[schema(as = Campaign)]
pub(in crate::http) struct CampaignDoc {
    /// Opaque platform id
    id: String,
    /// Running number within the workspace, shown as #6023
    number: i64,
    /// Your own id, unique within the workspace
    #[schema(required)]
    external_id: Option<String>,
    name: String,
    kind: CampaignKindDoc,
    r#type: CampaignTypeDoc,
    /// Number, address, app, agent or account it is sent from
    sender: String,
    status: CampaignStatusDoc,
    created_at: DateTime<Utc>,
    #[schema(required)]
    scheduled_at: Option<DateTime<Utc>>,
    was_live: bool,
    /// Time of the earliest recorded event
    #[schema(required)]
    first_event_at: Option<DateTime<Utc>>,
    /// Time of the latest recorded event
    #[schema(required)]
    last_event_at: Option<DateTime<Utc>>,
    /// Change number of the workspace at its last change
    version: i64,
}

/// A campaign and its headline figures.
#[derive(ToSchema)]
#[schema(as = CampaignWithFigures)]
pub(in crate::http) struct CampaignWithFiguresDoc {
    #[serde(flatten)]
    campaign: CampaignDoc,
    figures: FiguresDoc,
}

/// Headline figures over the whole life of a campaign, machines left out: messages, then people.
#[derive(ToSchema)]
#[schema(as = CampaignFigures)]
pub(in crate::http) struct FiguresDoc {
    recipients: u64,
    sent: u64,
    delivered: u64,
    failed: u64,
    opened: u64,
    read: u64,
    clicked: u64,
    visited: u64,
    played: u64,
    submitted: u64,
    completed: u64,
    prizes: u64,
    redeemed: u64,
    received: u64,
}

/// A page of campaigns.
#[derive(ToSchema)]
#[schema(as = CampaignList)]
pub(in crate::http) struct CampaignListDoc {
    campaigns: Vec<CampaignWithFiguresDoc>,
    /// Give it back as `cursor` for the next page; null at the end
    #[schema(required)]
    next_cursor: Option<String>,
    /// Campaigns that match, on all pages
    total: u64,
}

/// What registering a campaign takes.
#[derive(ToSchema)]
#[schema(as = NewCampaign)]
pub(in crate::http) struct NewCampaignDoc {
    #[schema(min_length = 1, max_length = 200, example = "Spring sale")]
    name: String,
    kind: CampaignKindDoc,
    r#type: CampaignTypeDoc,
    #[schema(max_length = 200, required = false, example = "+34600000000")]
    sender: String,
    #[schema(max_length = 128)]
    external_id: Option<String>,
    /// By default derived from `scheduled_at`
    #[schema(required = false)]
    status: Option<CampaignStatusDoc>,
    scheduled_at: Option<DateTime<Utc>>,
    /// When it was created elsewhere; now by default
    created_at: Option<DateTime<Utc>>,
}

/// What may be changed. Absent fields stay as they are.
#[derive(ToSchema)]
#[schema(as = CampaignPatch)]
pub(in crate::http) struct CampaignPatchDoc {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    #[schema(max_length = 200)]
    sender: Option<String>,
    #[schema(required = false)]
    status: Option<CampaignStatusDoc>,
    scheduled_at: Option<DateTime<Utc>>,
}
