//! Whether the process lives, and whether it can work.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::problem::{Problem, UNAVAILABLE_S};
use crate::state::AppState;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database can be read and written, which is tried, and the server is not about to end.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    let not_ready = |detail: &str| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready")
            .detail(detail)
            .retry_after(UNAVAILABLE_S)
            .into_response()
    };
    if state.shutdown.is_cancelled() {
        return not_ready("The server is ending.");
    }
    match state
        .store
        .check_ready(state.clock.now().timestamp_micros())
        .await
    {
        Ok(()) => "ready\n".into_response(),
        Err(why) => not_ready(&why.to_string()),
    }
}
