//! Making a campaign.

use domain::CampaignType;
use leptos::prelude::*;

use crate::error::AppError;

/// Makes a campaign. With `how` = `here` Reportage is to send it, and its first step comes next. Else another platform
/// does: it is registered, and its details say how events get there; `at` is then the workspace's wall clock
/// (`2026-11-27T09:00`), and without one the campaign waits.
#[server]
pub async fn create_campaign(
    name: String,
    campaign_type: CampaignType,
    #[server(default)] sender: String,
    #[server(default)] external_id: String,
    #[server(default)] at: String,
    #[server(default)] how: String,
) -> Result<(), AppError> {
    use domain::{Channel, Refusal, campaign::NewCampaign, sending::Step};

    use crate::routes::Route;

    let backend = crate::backend::backend()?;
    let Some(viewer) = backend.viewer() else {
        return Err(Refusal::Unauthenticated.into());
    };
    let channel = Channel::of_type(campaign_type).filter(|_| how == "here");
    let new = NewCampaign {
        name: name.trim().to_owned(),
        kind: campaign_type.kind(),
        campaign_type,
        ..NewCampaign::default()
    };
    if let Some(channel) = channel {
        let id = backend.create_campaign(new).await?.id;
        let editing = backend.editing(id.clone()).await?;
        let mut draft = editing.draft;
        crate::editor::view_model::at_least_one(&mut draft, channel);
        // Opens are followed, and machines found out, unless one says otherwise on the summary.
        draft.tracks_opens = channel == Channel::Email;
        draft.hides_link = channel == Channel::Email;
        let name = editing.campaign.name;
        backend
            .save_draft(id.clone(), Step::Detail, name, draft)
            .await?;
        leptos_axum::redirect(&Route::Edit(id, Step::Detail).href());
        return Ok(());
    }
    let zone = crate::zone::offsets(&viewer.workspace.time_zone);
    let instant = |at: &str| {
        crate::editor::view_model::instant(&zone, at)
            .map_err(|_| Refusal::invalid("Date", "give a day and a time"))
    };
    let new = NewCampaign {
        sender: sender.trim().to_owned(),
        external_id: Some(external_id.trim().to_owned()).filter(|id| !id.is_empty()),
        scheduled_at: (!at.is_empty()).then(|| instant(&at)).transpose()?,
        ..new
    };
    let campaign = backend.create_campaign(new).await?;
    leptos_axum::redirect(&Route::Details(campaign.id).href());
    Ok(())
}
