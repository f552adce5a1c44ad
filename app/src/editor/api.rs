//! Making a campaign.

use domain::CampaignType;
use leptos::prelude::*;

use crate::error::AppError;

/// Registers a campaign and shows its details, which say how events get there. The date is the workspace's wall
/// clock (`2026-11-27T09:00`); without one the campaign waits.
#[server]
pub async fn create_campaign(
    name: String,
    campaign_type: CampaignType,
    sender: String,
    external_id: String,
    at: String,
) -> Result<(), AppError> {
    use chrono::NaiveDateTime;
    use domain::{Refusal, campaign::NewCampaign};

    let backend = crate::backend::backend()?;
    let Some(viewer) = backend.viewer() else {
        return Err(Refusal::Unauthenticated.into());
    };
    let local = if at.is_empty() {
        None
    } else {
        let local = NaiveDateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M")
            .map_err(|_| Refusal::invalid("Date", "give a day and a time"))?;
        Some(local)
    };
    let zone = crate::zone::offsets(&viewer.workspace.time_zone);
    let new = NewCampaign {
        name: name.trim().to_owned(),
        kind: campaign_type.kind(),
        campaign_type,
        sender: sender.trim().to_owned(),
        external_id: Some(external_id.trim().to_owned()).filter(|id| !id.is_empty()),
        scheduled_at: local.map(|local| zone.instant(local)),
        ..NewCampaign::default()
    };
    let campaign = backend.create_campaign(new).await?;
    leptos_axum::redirect(&crate::routes::Route::Details(campaign.id).href());
    Ok(())
}
