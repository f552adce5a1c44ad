//! How many people an audience comes to, while it is being chosen.

use domain::audience::AudienceCount;
use leptos::prelude::*;

use crate::{editor::fields::Fields, error::AppError};

/// Counts the people that the form of *Recipients* describes, without saving it.
#[server]
pub async fn count_recipients(
    id: String,
    #[server(default)] fields: Fields,
) -> Result<AudienceCount, AppError> {
    use domain::{Channel, Refusal, audience::Audience};

    let backend = crate::backend::backend()?;
    let editing = backend.editing(id.clone()).await?;
    let channel = Channel::of_type(editing.campaign.campaign_type)
        .ok_or_else(|| Refusal::not_found("audience"))?;
    match crate::editor::view_model::audience(&fields, &editing.draft.audience)? {
        Audience::Nobody => Ok(AudienceCount::default()),
        audience => backend.count_audience(Some(id), channel, audience).await,
    }
}
