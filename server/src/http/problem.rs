//! The answer to a request that was not done, for programs (RFC 9457).
//!
//! `code` is the stable part: programs compare it, people read `detail`. A failure of ours is logged once, here,
//! under the reference its answer carries; what was wrong inside is never told.

use std::fmt;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::Refusal;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::pools::PoolError;

/// When to come back, in seconds: a queue is shorter in a moment, …
const OVERLOADED_S: u64 = 1;
/// … a database that went away takes longer.
pub const UNAVAILABLE_S: u64 = 5;

/// A problem and what goes with it.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    field: Option<String>,
    retry_after_s: Option<u64>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl Problem {
    /// A problem with this status and stable code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            detail: String::new(),
            field: None,
            retry_after_s: None,
        }
    }

    /// A sentence for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// A failure of ours.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut id = [0; 6];
        // Without randomness the reference is all zeros; the log line still has the cause.
        let _ = getrandom::fill(&mut id);
        let reference: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        tracing::error!(error = %cause, reference, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").detail(format!(
            "Something went wrong on the server. Reference {reference}."
        ))
    }

    /// Something the server needs does not answer just now.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            .detail(detail)
            .retry_after(UNAVAILABLE_S)
    }

    /// More than the server can take at the moment; nothing of the request was stored.
    #[must_use]
    pub fn overloaded() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded")
            .detail("The server is busy. Nothing of this request was stored: send it again.")
            .retry_after(OVERLOADED_S)
    }

    /// More events than a request may hold.
    #[must_use]
    pub fn too_many_events() -> Self {
        let max = super::ingest::EVENTS_MAX;
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_events").detail(format!(
            "A request holds at most {max} events. Nothing of it was taken."
        ))
    }

    /// How long the caller should wait before it asks again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// How long the caller should wait before it asks again, in seconds, where that is known.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u64> {
        self.retry_after_s
    }

    /// What is wrong, as a sentence for people.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.detail
    }

    /// Which status it has.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Busy => Self::overloaded(),
            PoolError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::NotFound { .. } => "not_found",
            Refusal::StatusNotOfKind { .. } => "status_not_of_kind",
            Refusal::IllegalTransition { .. } => "illegal_transition",
            Refusal::NotDeletable { .. } => "not_deletable",
            Refusal::Invalid { .. } => "invalid",
            Refusal::Conflict(_) => "conflict",
            Refusal::Unauthenticated => "unauthenticated",
            Refusal::TokenExpired => "token_expired",
            Refusal::Unconfirmed => "unconfirmed",
            Refusal::Forbidden => "forbidden",
            Refusal::Throttled { .. } => "throttled",
        };
        let status = StatusCode::from_u16(refusal.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
        let mut problem = Self::new(status, code);
        problem.detail = match &refusal {
            // Said to a program, not to someone before a page.
            Refusal::Unauthenticated => "Send a valid token: Authorization: Bearer …".to_owned(),
            Refusal::Forbidden => "The token or role does not allow this.".to_owned(),
            _ => refusal.to_string(),
        };
        match refusal {
            Refusal::Invalid { field, .. } => problem.field = Some(field),
            Refusal::Throttled { retry_after_s } => problem.retry_after_s = Some(retry_after_s),
            _ => {}
        }
        problem
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refusal) => refusal.into(),
            store::Error::Overloaded => Self::overloaded(),
            failure if failure.is_passing() => {
                tracing::warn!(error = %failure, "the store can't answer at the moment");
                Self::unavailable(
                    "The server can't reach its database at the moment. Send the request again.",
                )
            }
            failure => Self::internal(failure),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            field: self.field.as_deref(),
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_says_when_to_come_back() {
        for (error, code) in [
            (store::Error::Overloaded, "overloaded"),
            (store::Error::Unavailable, "unavailable"),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.code, code);
            let answer = problem.into_response();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.headers().contains_key(header::RETRY_AFTER), "{code}");
        }
        let answer = Problem::from(store::Error::Corrupt("x")).into_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.headers().contains_key(header::RETRY_AFTER));
    }
}
