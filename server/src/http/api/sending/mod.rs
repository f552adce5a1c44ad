//! Making, launching and following a messaging campaign: what the stepper does, for programs.
//!
//! These are the pages' own requests ([`app::backend::SendingBackend`]) by another road, so that rights and rules are
//! the same.

mod draft;
mod progress;
#[cfg(test)]
mod tests;

use app::{backend::SendingBackend, error::AppError};
use domain::{
    Campaign, Channel,
    audience::{Audience, AudienceCount, FollowUp},
    sending::{Launch, TestOutcome},
};
use http::StatusCode;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    JsonBody,
    schema::{
        AudienceCountDoc, AudienceQuestionDoc, CampaignDoc, FollowUpDoc, LaunchDoc, ProblemDoc,
        TestDoc, TestOutcomeDoc,
    },
};
use crate::{
    auth::{ApiPrincipal, Signed},
    backend::RequestBackend,
    http::problem::Problem,
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
};

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(draft::read, draft::save))
        .routes(routes!(draft::obstacles))
        .routes(routes!(draft::missing_values))
        .routes(routes!(draft::previews))
        .routes(routes!(test))
        .routes(routes!(launch))
        .routes(routes!(progress::suspend))
        .routes(routes!(progress::resume))
        .routes(routes!(progress::cancel))
        .routes(routes!(progress::read))
        .routes(routes!(progress::held, progress::decide))
        .routes(routes!(progress::replies))
        .routes(routes!(progress::history))
        .routes(routes!(progress::uplift))
        .routes(routes!(follow_up))
        .routes(routes!(count_audience))
}

/// What pages ask, asked by a program.
pub(super) async fn backend(
    state: &AppState,
    caller: ApiPrincipal,
) -> Result<RequestBackend, Problem> {
    let workspace = state.store.workspace(caller.workspace()).await?;
    let signed = Signed::of_program(caller.0, workspace);
    Ok(RequestBackend::new(state.clone(), Some(signed)))
}

/// A failure of the pages' backend, in the form of the API.
pub(super) fn problem(error: AppError) -> Problem {
    match error {
        AppError::Refused(refusal) => refusal.into(),
        AppError::Internal { trace_id } => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
                .detail(format!("Something went wrong. Reference {trace_id}."))
        }
        AppError::Transport | AppError::Unavailable => {
            Problem::unavailable("The server can't do this at the moment.")
        }
    }
}

/// A test.
#[derive(Deserialize)]
struct Test {
    /// Arm.
    #[serde(default = "first_arm")]
    variant: String,
    /// Where to.
    addresses: Vec<String>,
}

fn first_arm() -> String {
    "A".to_owned()
}

/// Send a test
///
/// Sends one arm to at most five addresses. It is counted nowhere and stands in no report.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/test", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    request_body = TestDoc,
    responses(
        (status = 200, description = "What became of each", body = [TestOutcomeDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "Nothing can be sent yet, or an address can't be used", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn test(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(test): JsonBody<Test>,
) -> Result<Json<Vec<TestOutcome>>, Problem> {
    let backend = backend(&state, caller).await?;
    let outcomes = backend.test_send(id, test.variant, test.addresses).await;
    outcomes.map(Json).map_err(problem)
}

/// Launch a campaign
///
/// Sends at once, at a time, or leaves it pending. What stands in the way is answered as 409, and nothing is sent
/// then.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/launch", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    request_body = LaunchDoc,
    responses(
        (status = 200, description = "The campaign", body = CampaignDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It can't go there from where it stands, or something is in the way: see `launch-obstacles`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The time has passed, or the body says something else than was asked for", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn launch(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(launch): JsonBody<Launch>,
) -> Result<Json<Campaign>, Problem> {
    let backend = backend(&state, caller).await?;
    backend.launch(id, launch).await.map(Json).map_err(problem)
}

#[derive(Deserialize)]
struct FollowUpBody {
    who: FollowUp,
}

/// Write again
///
/// Makes a campaign for those of another who did not open, click, or were not reached: the same type, sender, account
/// and content, pending.
#[utoipa::path(
    post, path = "/api/v1/campaigns/{id}/follow-up", tag = "Sending",
    params(("id" = String, Path, description = "Platform id or `external_id` of the earlier campaign")),
    request_body = FollowUpDoc,
    responses(
        (status = 200, description = "The new campaign", body = CampaignDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "An interactive campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn follow_up(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<FollowUpBody>,
) -> Result<Json<Campaign>, Problem> {
    let backend = backend(&state, caller).await?;
    backend
        .follow_up(id, body.who)
        .await
        .map(Json)
        .map_err(problem)
}

#[derive(Deserialize)]
struct AudienceQuestion {
    channel: Channel,
    audience: Audience,
}

/// Count an audience
///
/// How many people an audience comes to on a channel, each counted in the first line that fits.
#[utoipa::path(
    post, path = "/api/v1/audiences/count", tag = "Sending",
    request_body = AudienceQuestionDoc,
    responses(
        (status = 200, description = "The count", body = AudienceCountDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A condition can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn count_audience(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    JsonBody(question): JsonBody<AudienceQuestion>,
) -> Result<Json<AudienceCount>, Problem> {
    let backend = backend(&state, caller).await?;
    let count = backend
        .count_audience(None, question.channel, question.audience)
        .await;
    count.map(Json).map_err(problem)
}
