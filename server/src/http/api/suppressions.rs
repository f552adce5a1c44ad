//! The blocklist.

use app::backend::ContactsBackend;
use axum::{Json, extract::State};
use domain::{Channel, Refusal, contact::SuppressionPage, user::Scope};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    JsonBody,
    answer::{Pages, done, shown},
    params::Params,
    schema::{ChannelDoc, NewSuppressionDoc, ProblemDoc, SuppressionPageDoc},
    sending::backend,
};
use crate::{auth::ApiPrincipal, http::problem::Problem, state::AppState};

/// Entries of a page unless asked otherwise, and at most.
const LIMIT: (u32, u32) = (100, 500);

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create, delete))
}

/// An address to be blocked.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct NewSuppression {
    pub channel: Channel,
    pub address: String,
}

fn channel(params: &Params) -> Result<Option<Channel>, Refusal> {
    let channels = Channel::ALL.map(|channel| (channel.as_str(), channel));
    params.one_of("channel", &channels)
}

/// List the blocklist
///
/// Newest first. People without the right to see contacts get addresses masked, and find only a whole one.
#[utoipa::path(
    get, path = "/api/v1/suppressions", tag = "Contacts",
    params(
        ("channel" = Option<ChannelDoc>, Query, description = "Only on this channel"),
        ("q" = Option<String>, Query, description = "Beginning of an address"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Entries per page", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = SuppressionPageDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<Json<SuppressionPage>, Problem> {
    caller.require(Scope::Read)?;
    let limit = params.limit(LIMIT.0, LIMIT.1)?;
    let channel = channel(&params)?;
    let q = params.text("q")?.unwrap_or_default().to_owned();
    let cursor = params.text("cursor")?.map(str::to_owned);
    let backend = backend(&state, caller).await?;
    shown(backend.suppressions_of(channel, q, cursor, limit)).await
}

/// Block an address
///
/// It is not written to on this channel, whatever its owner agreed to, until it is taken off again.
#[utoipa::path(
    post, path = "/api/v1/suppressions", tag = "Contacts",
    request_body = NewSuppressionDoc,
    responses(
        (status = 204, description = "Blocked, or was already"),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The channel has no such address", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn create(
    Pages(backend): Pages,
    JsonBody(new): JsonBody<NewSuppression>,
) -> Result<StatusCode, Problem> {
    done(backend.suppress(new.channel, new.address)).await
}

/// Take an address off the blocklist
#[utoipa::path(
    delete, path = "/api/v1/suppressions", tag = "Contacts",
    params(
        ("channel" = ChannelDoc, Query, description = "On which channel"),
        ("address" = String, Query, description = "The whole address"),
    ),
    responses(
        (status = 204, description = "Taken off"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "Neither a token with `write` nor an admin", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "It isn't blocked", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is missing or can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn delete(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<StatusCode, Problem> {
    caller.may(crate::auth::Action::Curate)?;
    let missing = |name: &str| Refusal::invalid(name, "is missing");
    let channel = channel(&params)?.ok_or_else(|| missing("channel"))?;
    let address = params
        .text("address")?
        .ok_or_else(|| missing("address"))?
        .to_owned();
    let backend = backend(&state, caller).await?;
    done(backend.unsuppress(channel, address)).await
}
