//! Reports: of one campaign, and of the whole workspace.

use axum::{
    Json,
    extract::{Path, State},
};
use domain::{Report, user::Scope};

use super::{
    params::Params,
    schema::{BucketDoc, ClockDoc, EvidenceFilterDoc, ProblemDoc, ReportDoc},
};
use crate::{auth::ApiPrincipal, backend::masked_for, http::problem::Problem, state::AppState};

/// Report on a campaign
///
/// Without a range, the whole life of the campaign. Rates, funnel and statuses are always of the cohort of
/// messages sent in the range; counts and series follow `clock`. A rate with a zero base has no value.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/report", tag = "Reports",
    params(
        ("id" = String, Path, description = "Platform id or `external_id`"),
        ("clock" = Option<ClockDoc>, Query, description = "`send`: messages sent in the range and all that ever happened to them. `event`: all that happened in the range"),
        ("from" = Option<NaiveDate>, Query, description = "First local date, included"),
        ("to" = Option<NaiveDate>, Query, description = "Last local date, included"),
        ("tz" = Option<String>, Query, description = "IANA zone of dates and points; the workspace's by default"),
        ("bucket" = Option<BucketDoc>, Query, description = "Width of the points"),
        ("evidence" = Option<EvidenceFilterDoc>, Query, description = "`human` leaves out machines"),
        ("variant" = Option<String>, Query, description = "Only this arm of an A/B test"),
    ),
    responses(
        (status = 200, description = "The report", body = ReportDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn of_campaign(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Report>, Problem> {
    caller.require(Scope::Read)?;
    let query = params.report_query()?;
    let now = state.clock.now();
    let report = state.store.report(caller.workspace(), &id, &query, now);
    Ok(Json(masked_for(&caller.0, report.await?)))
}

/// Report on the whole workspace
///
/// The same shape with `campaign` null, by event time. Rates, funnel and statuses belong to one campaign's cohort
/// and stay empty.
#[utoipa::path(
    get, path = "/api/v1/report", tag = "Reports",
    params(
        ("from" = Option<NaiveDate>, Query, description = "First local date, included"),
        ("to" = Option<NaiveDate>, Query, description = "Last local date, included"),
        ("tz" = Option<String>, Query, description = "IANA zone of dates and points; the workspace's by default"),
        ("bucket" = Option<BucketDoc>, Query, description = "Width of the points"),
        ("evidence" = Option<EvidenceFilterDoc>, Query, description = "`human` leaves out machines"),
    ),
    responses(
        (status = 200, description = "The report", body = ReportDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn of_account(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<Json<Report>, Problem> {
    caller.require(Scope::Read)?;
    let query = params.report_query()?;
    let now = state.clock.now();
    let report = state.store.account_report(caller.workspace(), &query, now);
    Ok(Json(masked_for(&caller.0, report.await?)))
}
