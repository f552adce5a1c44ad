//! Server functions of the report page. All but one only read.

use domain::{
    audience::FollowUp,
    content::Preview,
    recipient::{HistoryEntry, RecipientPage},
    sending::Reply,
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use serde::{Deserialize, Serialize};

use super::{answer::ReportAnswer, params::ReportParams};
use crate::error::AppError;

/// The report of a campaign, as the page's state asks for it.
#[server(prefix = "/ui", input = Json)]
pub async fn load_report(id: String, params: ReportParams) -> Result<ReportAnswer, AppError> {
    let backend = crate::backend::backend()?;
    let workspace = backend
        .viewer()
        .ok_or(domain::Refusal::Unauthenticated)?
        .workspace;
    let week_start = domain::time::weekday_from_iso(workspace.week_start);
    let card = backend.campaign(id.clone()).await?;
    let report = backend
        .report(id.clone(), params.question(workspace.today, week_start))
        .await?;
    let progress = match card.campaign.kind {
        domain::CampaignKind::Messaging => backend.progress(id).await?,
        domain::CampaignKind::Interactive => None,
    };
    Ok(ReportAnswer {
        held: progress.map_or(0, |progress| progress.uncertain),
        ..ReportAnswer::of(card, report)
    })
}

/// A page of Recipient Search, as the page's state asks for it.
#[server(prefix = "/ui", input = Json)]
pub async fn search_recipients(
    id: String,
    params: ReportParams,
) -> Result<RecipientPage, AppError> {
    let status = params.status.map(|status| status.as_str().to_owned());
    crate::backend::backend()?
        .recipients(id, params.q, status, params.cursor)
        .await
}

/// What a campaign that is sent from here says, and what was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Each arm, as a person gets it. Empty for a campaign that another platform sends.
    #[serde(default)]
    pub previews: Vec<Preview>,
    /// Answers, newest first.
    #[serde(default)]
    pub replies: Vec<Reply>,
}

/// What was sent and answered.
#[server(input = GetUrl)]
pub async fn load_sent(id: String) -> Result<Sent, AppError> {
    let backend = crate::backend::backend()?;
    if backend.progress(id.clone()).await?.is_none() {
        return Ok(Sent::default());
    }
    Ok(Sent {
        previews: backend.previews(id.clone()).await?,
        replies: backend.replies(id).await?,
    })
}

/// What happened to one message, in order.
#[server(input = GetUrl)]
pub async fn load_history(id: String, message: String) -> Result<Vec<HistoryEntry>, AppError> {
    crate::backend::backend()?.history(id, message).await
}

/// Makes a campaign for those who are to hear again, and opens it.
#[server]
pub async fn write_again(id: String, who: FollowUp) -> Result<(), AppError> {
    use crate::routes::Route;
    use domain::sending::Step;

    let campaign = crate::backend::backend()?.follow_up(id, who).await?;
    leptos_axum::redirect(&Route::Edit(campaign.id, Step::Detail).href());
    Ok(())
}
