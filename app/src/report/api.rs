//! Server functions of the report page. All but one only read.

use domain::{
    audience::FollowUp,
    content::Preview,
    recipient::{HistoryEntry, RecipientPage},
    sending::{PositionClicks, Reply},
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::view_model::uplift_shown;
use super::{answer::ReportAnswer, params::ReportParams, view_model::UpliftShown};
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
    let question = params.question(workspace.today, week_start);
    let report = backend.report(id.clone(), question.clone()).await?;
    let comparisons = compare(&*backend, id.clone(), &question, &report).await?;
    let progress = match card.campaign.kind {
        domain::CampaignKind::Messaging => backend.progress(id).await?,
        domain::CampaignKind::Interactive => None,
    };
    Ok(ReportAnswer {
        is_compared: progress
            .as_ref()
            .is_some_and(|progress| progress.held_out > 0 || !comparisons.is_empty()),
        comparisons,
        held: progress.map_or(0, |progress| progress.uncertain),
        ..ReportAnswer::of(card, report)
    })
}

/// Compares the arms of an A/B test by the messages sent in the range.
#[cfg(feature = "ssr")]
async fn compare(
    backend: &dyn crate::backend::Backend,
    id: String,
    question: &domain::ReportQuery,
    report: &domain::Report,
) -> Result<Vec<super::answer::Comparison>, AppError> {
    use domain::{EventKind, ReportQuery, content::VARIANTS_MAX, event::Dimension, report::Clock};

    let arms = report.breakdowns.get(&Dimension::Variant);
    let mut names: Vec<String> = arms
        .into_iter()
        .flatten()
        .map(|row| row.value.clone())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    if question.variant.is_some() || !(2..=VARIANTS_MAX).contains(&names.len()) {
        return Ok(Vec::new());
    }
    let mut arms = Vec::new();
    for name in names {
        let question = ReportQuery {
            variant: Some(name.clone()),
            clock: Clock::Send,
            ..question.clone()
        };
        arms.push((name, backend.report(id.clone(), question).await?.kpis));
    }
    let kinds = [
        EventKind::Opened,
        EventKind::Read,
        EventKind::Clicked,
        EventKind::Replied,
        EventKind::Converted,
    ];
    let compared = kinds
        .into_iter()
        .filter_map(|kind| super::answer::Comparison::of(kind, &arms));
    Ok(compared.collect())
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

/// Links of what was sent, with the clicks on each.
#[server(input = GetUrl)]
pub async fn load_positions(id: String) -> Result<Vec<PositionClicks>, AppError> {
    crate::backend::backend()?.positions(id).await
}

/// The campaign against its holdout, in words; none where there is nothing to compare.
#[server(input = GetUrl)]
pub async fn load_uplift(id: String) -> Result<Option<UpliftShown>, AppError> {
    let uplift = crate::backend::backend()?.uplift(id).await?;
    Ok(uplift.as_ref().and_then(uplift_shown))
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
