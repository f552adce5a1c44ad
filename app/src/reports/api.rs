//! What the lists ask the server.

use chrono::{DateTime, Utc};
use domain::{CampaignFilter, CampaignKind, campaign::CampaignPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A page of a list, and when it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListAnswer {
    /// The cards and counts.
    pub page: CampaignPage,
    /// Time on the server's clock.
    pub at: DateTime<Utc>,
}

/// A page of a tab. The filters travel as they stand in the URL.
#[server(input = GetUrl)]
pub async fn list_campaigns(
    kind: CampaignKind,
    range: String,
    campaign_type: String,
    status: String,
    q: String,
    cursor: String,
) -> Result<ListAnswer, AppError> {
    let filter = CampaignFilter::from_params(kind, |name| match name {
        "range" => Some(range.as_str()),
        "type" => Some(campaign_type.as_str()),
        "status" => Some(status.as_str()),
        "q" => Some(q.as_str()),
        "cursor" => Some(cursor.as_str()),
        _ => None,
    });
    let backend = crate::backend::backend()?;
    let at = backend.now();
    let page = backend.list_campaigns(filter).await?;
    Ok(ListAnswer { page, at })
}

/// The page a filter asks for.
pub(crate) async fn fetch(filter: CampaignFilter) -> Result<ListAnswer, AppError> {
    list_campaigns(
        filter.kind,
        filter.range.to_string(),
        filter
            .campaign_type
            .map(|t| t.as_str().to_owned())
            .unwrap_or_default(),
        filter
            .status
            .map(|s| s.as_str().to_owned())
            .unwrap_or_default(),
        filter.query,
        filter.cursor.unwrap_or_default(),
    )
    .await
}
