//! From the store's answers to those pages understand.

use app::{backend::Answer, error::AppError};
use axum::http::{StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::http::{FUNCTIONS, problem::UNAVAILABLE_S};

/// Runs the work and tells its outcome; on a page, a failure also becomes the status of its answer. What a server
/// function answers is settled once it is through: it may go on after a refusal.
pub(super) fn tell<T: Send + 'static>(
    work: impl Future<Output = store::Result<T>> + Send + 'static,
) -> Answer<T> {
    // Asked for now: later, on another thread, there may be no context to ask.
    let response = use_context::<ResponseOptions>().filter(|_| is_page());
    Box::pin(async move {
        let error = match work.await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let (status, error) = explain(error);
        if let Some(response) = response {
            response.set_status(status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.insert_header(header::RETRY_AFTER, UNAVAILABLE_S.into());
            }
        }
        Err(error)
    })
}

/// Whether a page is being made, and no server function was called.
fn is_page() -> bool {
    use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with(FUNCTIONS))
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
        passing if passing.is_passing() => {
            tracing::warn!(error = %passing, "a page's request can't be answered at the moment");
            (StatusCode::SERVICE_UNAVAILABLE, AppError::Unavailable)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_failed_is_no_fault_of_the_page() {
        for error in [store::Error::Overloaded, store::Error::Unavailable] {
            let (status, shown) = explain(error);
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(shown, AppError::Unavailable);
        }
        let (status, _) = explain(store::Error::Corrupt("x"));
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
