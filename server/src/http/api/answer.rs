//! What handlers that only hand a request on to the pages' backend have in common.

use app::backend::Answer;
use axum::{Json, extract::FromRequestParts};
use http::{HeaderName, StatusCode, header, request::Parts};

use super::sending::{backend, problem};
use crate::{auth::ApiPrincipal, backend::RequestBackend, http::problem::Problem, state::AppState};

/// What pages ask, asked by a program. Each request of it asks for its rights itself.
pub(super) struct Pages(pub(super) RequestBackend);

impl FromRequestParts<AppState> for Pages {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let caller = ApiPrincipal::from_request_parts(parts, state).await?;
        backend(state, caller).await.map(Self)
    }
}

/// 200 with what was asked for.
pub(super) async fn shown<T>(answer: Answer<T>) -> Result<Json<T>, Problem> {
    answer.await.map(Json).map_err(problem)
}

/// 204: it was done.
pub(super) async fn done(answer: Answer<()>) -> Result<StatusCode, Problem> {
    answer.await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

/// 202: it goes on in the background.
pub(super) async fn begun(answer: Answer<()>) -> Result<StatusCode, Problem> {
    answer.await.map_err(problem)?;
    Ok(StatusCode::ACCEPTED)
}

/// What was made, …
type Created<T> = (StatusCode, [(HeaderName, String); 1], Json<T>);

/// … as 201, with the path it is read at.
pub(super) fn created<T>(path: String, made: T) -> Created<T> {
    (StatusCode::CREATED, [(header::LOCATION, path)], Json(made))
}
