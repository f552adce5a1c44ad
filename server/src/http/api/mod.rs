//! API v1: campaigns, reports, recipients and exports, for programs and for downloads from pages.
//!
//! Programs come with a token, pages with their session; both are asked for the same rights. Bodies are the
//! domain's own types; `schema` describes them for OpenAPI, and its tests hold the two together.

mod accounts;
mod answer;
mod campaigns;
mod contacts;
mod imports;
mod lists;
mod params;
mod recipients;
mod reports;
mod results;
pub(super) mod schema;
mod sending;
mod suppressions;
#[cfg(test)]
mod tests;

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request},
};
use domain::user::Scope;
use http::StatusCode;
use serde::de::DeserializeOwned;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::problem::Problem;
use crate::{auth::ApiPrincipal, state::AppState};

/// No request of this API is longer.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// A draft holds up to four arms with their HTML and MJML.
const DRAFT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(campaigns::list, campaigns::create))
        .routes(routes!(
            campaigns::read,
            campaigns::update,
            campaigns::delete
        ))
        .routes(routes!(reports::of_campaign))
        .routes(routes!(reports::of_account))
        .routes(routes!(recipients::search))
        .routes(routes!(recipients::export))
        .routes(routes!(results::csv))
        .routes(routes!(results::xlsx))
        .merge(accounts::routes())
        .merge(contacts::routes())
        .merge(lists::routes())
        .merge(suppressions::routes())
        .merge(imports::routes())
        .merge(sending::routes().layer(DefaultBodyLimit::max(DRAFT_BYTES_MAX)))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Routes that take files: under no time-out, and of any length.
pub(super) fn uploads() -> OpenApiRouter<AppState> {
    imports::uploads()
}

/// A JSON body of a request that writes. Who may not write gets 403 before it is read: its form is nothing for them. What
/// isn't JSON answers 400, what is JSON but not what was asked for 422.
struct JsonBody<T>(T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = ApiPrincipal::from_request_parts(&mut parts, state).await?;
        caller.require(Scope::Write)?;
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large")
                        .detail("The request holds too many bytes.")
                } else {
                    Problem::new(StatusCode::BAD_REQUEST, "body_broken")
                        .detail("The body ended early.")
                }
            })?;
        json(&bytes).map(Self)
    }
}

/// Bytes as JSON of this kind.
fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid").detail(format!("{error}."))
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "malformed_body")
                .detail(format!("The body is not JSON: {error}."))
        }
    })
}
