//! What a campaign is going to be.

use app::backend::SendingBackend;
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    Channel, Refusal,
    audience::MissingValue,
    content::Preview,
    sending::{Draft, Editing, Obstacle, Step},
    user::Scope,
};
use serde::Deserialize;

use super::{
    super::{
        JsonBody,
        schema::{DraftSaveDoc, EditingDoc, MissingValueDoc, ObstacleDoc, PreviewDoc, ProblemDoc},
    },
    backend, problem,
};
use crate::{auth::ApiPrincipal, http::problem::Problem, state::AppState};

/// Read a draft
///
/// What a messaging campaign is going to be; what it is, once it was launched.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/draft", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "The draft, what stands in its way, and its links", body = EditingDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Another platform sends it", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Editing>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.editing(id).await.map(Json).map_err(problem)
}

#[derive(Deserialize)]
pub(super) struct DraftSave {
    /// New name; stays when absent.
    #[serde(default)]
    name: Option<String>,
    draft: Draft,
}

/// Save a draft
///
/// Replaces the whole draft. `revision` names the one it was made from: when somebody else saved in between, the
/// answer is 409 and nothing is changed.
#[utoipa::path(
    put, path = "/api/v1/campaigns/{id}/draft", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    request_body = DraftSaveDoc,
    responses(
        (status = 200, description = "The draft as it is kept", body = EditingDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Made from an older revision, launched, or sent by another platform", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn save(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(save): JsonBody<DraftSave>,
) -> Result<Json<Editing>, Problem> {
    // Before it is looked at: what isn't there is nothing for those who may not write.
    caller.require(Scope::Write)?;
    let before = state.store.campaign(caller.workspace(), &id).await?;
    let backend = backend(&state, caller).await?;
    let name = save.name.unwrap_or(before.name);
    let channel = Channel::of_type(before.campaign_type)
        .ok_or_else(|| Refusal::invalid("id", "is an interactive campaign"))?;
    let (steps, mut draft) = (Step::of_channel(channel), save.draft);
    // A program saves all steps at once.
    draft.saved = steps.to_vec();
    let step = steps.last().copied().unwrap_or(Step::Summary);
    let saved = backend.save_draft(id, step, name, draft).await;
    saved.map(Json).map_err(problem)
}

/// What stands in the way of launching
///
/// Everything, audience and account included; empty when it can be launched.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/launch-obstacles", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "In the order of the steps", body = [ObstacleDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Another platform sends it", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn obstacles(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Vec<Obstacle>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend
        .launch_obstacles(id)
        .await
        .map(Json)
        .map_err(problem)
}

/// Whom a campaign leaves out for want of a value
///
/// Placeholders without a default that some of those who would be written to have no value for, most of them first; empty
/// when everybody has one. When nobody has, `launch-obstacles` says so, too. Examples are masked without `read`.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/missing-values", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "One for each placeholder", body = [MissingValueDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Another platform sends it", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn missing_values(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Vec<MissingValue>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.missing_values(id).await.map(Json).map_err(problem)
}

/// Preview a campaign
///
/// Every arm as it was, or will be, sent. Show `html` in a sandbox only.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/previews", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "One for each arm", body = [PreviewDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Another platform sends it", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn previews(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<Vec<Preview>>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.previews(id).await.map(Json).map_err(problem)
}
