//! Changes to a campaign that lists, details and reports offer.

use domain::CampaignStatus;
use leptos::prelude::*;

use crate::error::AppError;

/// Moves a campaign along its lifecycle: pause, resume, close, publish, mark as sending or as completed.
#[server]
pub async fn change_status(id: String, status: CampaignStatus) -> Result<(), AppError> {
    use domain::campaign::CampaignPatch;

    let patch = CampaignPatch {
        status: Some(status),
        ..CampaignPatch::default()
    };
    crate::backend::backend()?
        .update_campaign(id, patch)
        .await
        .map(drop)
}

/// Sets the date a campaign goes out, given as the workspace's wall clock (`2026-11-27T09:00`). A campaign
/// without a date becomes Scheduled by it.
#[server]
pub async fn reschedule(id: String, at: String) -> Result<(), AppError> {
    use chrono::NaiveDateTime;
    use domain::{Refusal, campaign::CampaignPatch};

    let backend = crate::backend::backend()?;
    let Some(viewer) = backend.viewer() else {
        return Err(Refusal::Unauthenticated.into());
    };
    let local = NaiveDateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M:%S"))
        .map_err(|_| Refusal::invalid("Date", "give a day and a time"))?;
    let instant = crate::zone::offsets(&viewer.workspace.time_zone).instant(local);
    let patch = CampaignPatch {
        scheduled_at: Some(instant),
        status: Some(CampaignStatus::Scheduled),
        ..CampaignPatch::default()
    };
    backend.update_campaign(id, patch).await.map(drop)
}

/// Deletes a campaign, as far as the deletion rules allow, and shows its list.
#[server]
pub async fn delete_campaign(id: String) -> Result<(), AppError> {
    let backend = crate::backend::backend()?;
    let kind = backend.campaign(id.clone()).await?.campaign.kind;
    backend.delete_campaign(id).await?;
    leptos_axum::redirect(&crate::routes::Route::tab(kind).href());
    Ok(())
}
