//! Whether the process lives, and whether it can work.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::problem::{Problem, UNAVAILABLE_S};
use crate::state::AppState;

/// A database that takes longer to say "here" is not ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and the server is not about to end.
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
    match tokio::time::timeout(READY_WITHIN, state.store.health()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            not_ready("The database does not answer.")
        }
        Err(_elapsed) => not_ready("The database does not answer in time."),
    }
}
