//! How far a campaign is, and what can be done meanwhile.

use app::backend::SendingBackend;
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    Refusal,
    recipient::HistoryEntry,
    sending::{Control, HeldDecision, HeldMessage, Progress, Reply},
    uplift::Uplift,
};
use http::StatusCode;
use serde::Deserialize;

use super::{
    super::{
        JsonBody,
        schema::{
            HeldDecisionDoc, HeldMessageDoc, HistoryEntryDoc, ProblemDoc, ProgressDoc, ReplyDoc,
            UpliftDoc,
        },
    },
    backend, problem,
};
use crate::{auth::ApiPrincipal, http::problem::Problem, state::AppState};

async fn control(
    state: &AppState,
    caller: ApiPrincipal,
    id: String,
    control: Control,
) -> Result<StatusCode, Problem> {
    let backend = backend(state, caller).await?;
    backend.control(id, control).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend a campaign
///
/// Holds what hasn't been handed to the carrier.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/suspend", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 204, description = "Suspended"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It isn't being sent from here", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn suspend(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    control(&state, caller, id, Control::Suspend).await
}

/// Resume a campaign
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/resume", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 204, description = "Resumed"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It isn't suspended", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    control(&state, caller, id, Control::Resume).await
}

/// Cancel the rest of a campaign
///
/// Nothing more is handed to the carrier; the campaign is then completed.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/cancel", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 204, description = "Cancelled"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It isn't being sent from here", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    control(&state, caller, id, Control::CancelRest).await
}

/// Read the progress of a campaign
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/progress", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "How far it is. The counts add up to `recipients`", body = ProgressDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign, or another platform sends it", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Progress>, Problem> {
    let backend = backend(&state, caller).await?;
    let progress = backend.progress(id).await.map_err(problem)?;
    Ok(Json(progress.ok_or_else(|| {
        Refusal::not_found("campaign that is sent from here")
    })?))
}

/// List held messages
///
/// Messages whose submission went unanswered, at most 200: nobody knows whether the carrier took them. They are never
/// repeated by themselves.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/held", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "The messages", body = [HeldMessageDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn held(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Vec<HeldMessage>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.held(id).await.map(Json).map_err(problem)
}

#[derive(Deserialize)]
pub(super) struct Decision {
    /// Which; all of them when none is named.
    #[serde(default)]
    messages: Vec<String>,
    decision: HeldDecision,
}

/// Decide about held messages
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/held", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    request_body = HeldDecisionDoc,
    responses(
        (status = 204, description = "Decided"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "They are not held any more", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn decide(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(decision): JsonBody<Decision>,
) -> Result<StatusCode, Problem> {
    let backend = backend(&state, caller).await?;
    let decided = backend.decide_held(id, decision.messages, decision.decision);
    decided.await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// List replies
///
/// What people wrote back, newest first, at most 200. Numbers are masked below admin.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/replies", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "The replies", body = [ReplyDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn replies(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Vec<Reply>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.replies(id).await.map(Json).map_err(problem)
}

/// Compare a campaign with its holdout
///
/// What would not have happened without it, over its whole life. The base is everyone assigned to an arm, reached or not;
/// counted are people with events of the kinds `achieved` and `visited` since the launch, each once. The intervals hold at
/// all times (95%). Without a holdout, `holdout.share` is 0 and there are no outcomes.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/uplift", tag = "Reports",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "The comparison", body = UpliftDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign, another platform sends it, or it wasn't launched", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn uplift(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Uplift>, Problem> {
    let backend = backend(&state, caller).await?;
    let uplift = backend.uplift(id).await.map_err(problem)?;
    Ok(Json(uplift.ok_or_else(|| {
        Refusal::not_found("campaign that was sent from here")
    })?))
}

/// Read the history of a message
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/messages/{message}/history", tag = "Recipients",
    params(
        ("id" = String, Path, description = "Platform id or `external_id`"),
        ("message" = String, Path, description = "Message key"),
    ),
    responses(
        (status = 200, description = "What happened to it, in order", body = [HistoryEntryDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign or message", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn history(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path((id, message)): Path<(String, String)>,
) -> Result<Json<Vec<HistoryEntry>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend
        .history(id, message)
        .await
        .map(Json)
        .map_err(problem)
}
