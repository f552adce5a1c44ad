//! A campaign: what it is, where it stands in its life, and what may be done with it.

mod deletion;
mod kind;
mod lifecycle;
#[cfg(test)]
mod tests;

pub use deletion::{DeletionFacts, may_delete};
pub use kind::{CampaignKind, CampaignType};
pub use lifecycle::{CampaignStatus, begins_sending, transition};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A campaign as lists, reports and the API show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Opaque platform id, unique across workspaces, safe in URLs.
    pub id: String,
    /// Running number within the workspace, shown as `#6023`.
    pub number: i64,
    /// The caller's own id, unique within the workspace.
    pub external_id: Option<String>,
    /// Name given by the marketer.
    pub name: String,
    /// Messaging or interactive.
    pub kind: CampaignKind,
    /// Channel or interactive type.
    #[serde(rename = "type")]
    pub campaign_type: CampaignType,
    /// Sending entity: number, address, app, agent or account.
    pub sender: String,
    /// Where the campaign stands.
    pub status: CampaignStatus,
    /// When it was created: the date on the card, and the one the lists filter on.
    pub created_at: DateTime<Utc>,
    /// When it is to go out, if a date is set.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// Whether it was ever open for participation or sending.
    pub was_live: bool,
    /// Time of its earliest recorded event.
    pub first_event_at: Option<DateTime<Utc>>,
    /// Time of its latest recorded event.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Change number of the workspace at its last change; larger is newer.
    pub version: i64,
}

/// What a caller gives to create a campaign (`POST /api/v1/campaigns`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCampaign {
    /// 1 to 200 characters.
    pub name: String,
    /// Messaging or interactive; must agree with `type`.
    pub kind: CampaignKind,
    /// Channel or interactive type.
    #[serde(rename = "type")]
    pub campaign_type: CampaignType,
    /// Sending entity, at most 200 characters.
    #[serde(default)]
    pub sender: String,
    /// The caller's own id, at most 128 characters.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Initial status; derived from `scheduled_at` when absent.
    #[serde(default)]
    pub status: Option<CampaignStatus>,
    /// When it is to go out.
    #[serde(default)]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When it was created elsewhere; now when absent.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
}

/// What `PATCH /api/v1/campaigns/{id}` may change. Absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPatch {
    /// New name.
    #[serde(default)]
    pub name: Option<String>,
    /// New sending entity.
    #[serde(default)]
    pub sender: Option<String>,
    /// New status, by a legal transition only.
    #[serde(default)]
    pub status: Option<CampaignStatus>,
    /// New delivery date of a Scheduled or Pending campaign.
    #[serde(default)]
    pub scheduled_at: Option<DateTime<Utc>>,
}

/// One row of a campaign list: the campaign and its headline figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignCard {
    /// The campaign.
    pub campaign: Campaign,
    /// Headline figures over its whole life, human-likely evidence.
    pub figures: CardFigures,
}

/// The counts behind a card. Rates are derived from them by the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFigures {
    /// Messages known to the campaign, whatever their state.
    pub recipients: u64,
    /// Messages accepted by the carrier.
    pub sent: u64,
    /// Messages delivered.
    pub delivered: u64,
    /// Messages failed.
    pub failed: u64,
    /// People who opened.
    pub opened: u64,
    /// People who read.
    pub read: u64,
    /// People who clicked.
    pub clicked: u64,
    /// People who visited the interactive content.
    pub visited: u64,
    /// People who played.
    pub played: u64,
    /// People who submitted a form.
    pub submitted: u64,
    /// People who completed.
    pub completed: u64,
    /// Prizes assigned.
    pub prizes: u64,
    /// People who redeemed a coupon.
    pub redeemed: u64,
    /// People who wrote in (keyword, chatbot).
    pub received: u64,
}

/// A page of cards with what the filter menus show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CampaignPage {
    /// Newest first.
    pub cards: Vec<CampaignCard>,
    /// Pass back to get the next page; none at the end.
    pub next_cursor: Option<String>,
    /// Campaigns that match all filters.
    pub total: u64,
    /// Campaigns per tab, regardless of filters: messaging, interactive.
    pub tab_totals: (u64, u64),
    /// Count per type with the other filters applied.
    #[serde(default)]
    pub by_type: Vec<(CampaignType, u64)>,
    /// Count per status with the other filters applied.
    #[serde(default)]
    pub by_status: Vec<(CampaignStatus, u64)>,
    /// Change number the page was read at; a live stream resumes from it.
    pub version: i64,
}
