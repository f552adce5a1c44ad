//! Registering, changing and deleting campaigns, for pages and programs, with their entries in the audit log.

use domain::{
    Campaign,
    campaign::{CampaignPatch, NewCampaign},
};
use store::Result;

use crate::{
    auth::{Principal, audit},
    state::AppState,
};

/// Registers a campaign; whether it is new, or there was one with this external id.
pub(crate) async fn create(
    state: &AppState,
    by: &Principal,
    new: NewCampaign,
) -> Result<(Campaign, bool)> {
    let now = state.clock.now();
    let (campaign, is_new) = state.store.create_campaign(by.workspace, new, now).await?;
    if is_new {
        audit(state, by, "campaign.created", &campaign.name, "").await?;
    }
    Ok((campaign, is_new))
}

/// Renames, re-dates or moves a campaign along its lifecycle. The entry says which.
pub(crate) async fn update(
    state: &AppState,
    by: &Principal,
    id: &str,
    patch: CampaignPatch,
) -> Result<Campaign> {
    let before = state.store.campaign(by.workspace, id).await?;
    let now = state.clock.now();
    let after = state
        .store
        .update_campaign(by.workspace, id, patch, now)
        .await?;
    let mut changes = Vec::new();
    if after.status != before.status {
        changes.push(format!(
            "{} to {}",
            before.status.label(),
            after.status.label()
        ));
    }
    if after.name != before.name {
        changes.push(format!("named {} before", before.name));
    }
    if after.scheduled_at != before.scheduled_at {
        changes.push("another time".to_owned());
    }
    if !changes.is_empty() {
        let action = if after.status == before.status {
            "campaign.changed"
        } else {
            "campaign.status_changed"
        };
        audit(state, by, action, &after.name, &changes.join("; ")).await?;
    }
    Ok(after)
}

/// Deletes a campaign by the deletion rules.
pub(crate) async fn delete(state: &AppState, by: &Principal, id: &str) -> Result<()> {
    let campaign = state.store.campaign(by.workspace, id).await?;
    state.store.delete_campaign(by.workspace, id).await?;
    let detail = format!("#{}", campaign.number);
    audit(state, by, "campaign.deleted", &campaign.name, &detail).await
}

/// Notes that somebody takes a campaign's events or results along.
pub(crate) async fn exported(
    state: &AppState,
    by: &Principal,
    campaign: &Campaign,
    file: &str,
) -> Result<()> {
    audit(state, by, "campaign.exported", &campaign.name, file).await
}
