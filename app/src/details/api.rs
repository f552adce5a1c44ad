//! What the details ask the server.

use chrono::{DateTime, Utc};
use domain::campaign::CampaignCard;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A campaign with what only its details need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The campaign and its figures.
    pub card: CampaignCard,
    /// Why it can't be deleted; none when it can.
    pub obstacle: Option<String>,
    /// Where this server is reached, such as `https://reports.example`.
    pub address: String,
    /// When it was read, on the server's clock.
    pub at: DateTime<Utc>,
}

/// The details of a campaign.
#[server(input = GetUrl)]
pub async fn load_details(id: String) -> Result<Details, AppError> {
    let backend = crate::backend::backend()?;
    let at = backend.now();
    let card = backend.campaign(id.clone()).await?;
    let obstacle = backend
        .deletion_obstacle(id)
        .await?
        .map(|refusal| refusal.to_string());
    Ok(Details {
        card,
        obstacle,
        address: address(),
        at,
    })
}

/// Where the request was sent to, as far as it says so itself.
#[cfg(feature = "ssr")]
fn address() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = |name: &str| {
        parts
            .as_ref()
            .and_then(|parts| parts.headers.get(name)?.to_str().ok().map(str::to_owned))
    };
    let scheme = header("x-forwarded-proto").filter(|scheme| scheme == "https");
    let host = header("host").unwrap_or_else(|| "localhost".to_owned());
    format!("{}://{host}", scheme.as_deref().unwrap_or("http"))
}
