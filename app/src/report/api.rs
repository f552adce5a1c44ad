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
    let question = params.question(workspace.today, week_start);
    let report = backend.report(id.clone(), question.clone()).await?;
    let comparisons = compare(&*backend, id, &question, &report).await?;
    let mut answer = ReportAnswer::of(card, report);
    answer.comparisons = comparisons;
    Ok(answer)
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
