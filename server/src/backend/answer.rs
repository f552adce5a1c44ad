//! From the store's answers to those pages understand.

use app::{backend::Answer, error::AppError};
use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Runs the work and tells its outcome; a failure also becomes the status of the HTTP answer, which Leptos
/// would otherwise always make 500.
pub(super) fn tell<T: Send + 'static>(
    work: impl Future<Output = store::Result<T>> + Send + 'static,
) -> Answer<T> {
    // Asked for now: later, on another thread, there may be no context to ask.
    let response = use_context::<ResponseOptions>();
    Box::pin(async move {
        let error = match work.await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let (status, error) = explain(error);
        if let Some(response) = response {
            response.set_status(status);
        }
        Err(error)
    })
}

/// What a failure is called outside. The cause is logged here and told nobody.
fn explain(error: store::Error) -> (StatusCode, AppError) {
    match error {
        store::Error::Refused(refusal) => {
            let status = StatusCode::from_u16(refusal.http_status());
            (
                status.unwrap_or(StatusCode::CONFLICT),
                AppError::Refused(refusal),
            )
        }
        store::Error::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, AppError::Unavailable),
        failure => {
            let trace_id = trace_id();
            tracing::error!(%trace_id, error = %failure, "a page's request failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                AppError::Internal { trace_id },
            )
        }
    }
}

/// Eight hexadecimal digits to find the cause in the log by.
fn trace_id() -> String {
    let number: u32 = rand::random();
    format!("{number:08x}")
}
