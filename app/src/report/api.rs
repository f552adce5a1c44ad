//! Server functions of the report page. Both only read.

use domain::recipient::RecipientPage;
use leptos::{prelude::*, server_fn::codec::Json};

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
        .report(id, params.question(workspace.today, week_start))
        .await?;
    Ok(ReportAnswer::of(card, report))
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
