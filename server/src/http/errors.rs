//! Errors that no handler wrote: the router's, an extractor's, a time-out's.
//!
//! These come without a body, as plain text or as a page. Whoever calls the API or ingest gets a problem instead
//! (RFC 9457), so that a program reads every error in one way.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

use super::problem::{Problem, UNAVAILABLE_S};

/// Layer: turns such errors into problems.
pub(super) async fn as_problems(request: Request, next: Next) -> Response {
    let is_program = is_for_programs(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind == "application/problem+json");
    // A page that took too long comes without a word, too.
    let is_silent = kind.is_none() && status == StatusCode::SERVICE_UNAVAILABLE;
    if is_problem || !(is_program || is_silent) {
        return response;
    }
    let (mut parts, _replaced) = response.into_parts();
    let (problem, body) = in_words(status).into_response().into_parts();
    take_over(&mut parts.headers, problem.headers);
    Response::from_parts(parts, body)
}

/// What the answer said beside its body stays: `Allow`, the policy, cookies.
fn take_over(headers: &mut HeaderMap, problem: HeaderMap) {
    for of_body in [
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::ETAG,
        header::LAST_MODIFIED,
    ] {
        headers.remove(of_body);
    }
    for (name, value) in problem {
        if let Some(name) = name {
            headers.insert(name, value);
        }
    }
}

/// Whether programs ask for this path: the API, ingest, and the live stream, which a page's script reads.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api", "/ingest", super::LIVE_PATH].iter().any(|top| {
        path.strip_prefix(top)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The problem a bare status stands for.
fn in_words(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::BAD_REQUEST => (
            "bad_request",
            "The request can't be read: its path, query or a header is malformed.",
        ),
        StatusCode::NOT_FOUND => ("not_found", "There is no such route."),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "The route does not take this method; Allow names those it takes.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media_type",
            "The content type isn't understood.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            return Problem::new(status, "timeout")
                .detail("The answer took too long. Ask again in a moment.")
                .retry_after(UNAVAILABLE_S);
        }
        status if status.is_server_error() => ("internal", "Something went wrong on the server."),
        _ => ("refused", "The request was refused."),
    };
    Problem::new(status, code).detail(detail)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{
        Router,
        body::{Body, to_bytes},
        extract::Path,
        middleware::from_fn,
        routing::get,
    };
    use tower::ServiceExt;
    use tower_http::timeout::TimeoutLayer;

    use super::*;

    async fn ask(method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
        let never = get(async || std::future::pending::<()>().await);
        let within = Duration::from_millis(1);
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let router: Router = Router::new()
            .route("/api/slow", never.clone())
            .route("/slow", never)
            .route("/api/path/{id}", get(async |Path(id): Path<String>| id))
            .layer(TimeoutLayer::with_status_code(status, within))
            .layer(from_fn(as_problems));
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).expect("a request");
        let answer = router.oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 16).await.expect("a body").to_vec();
        let text = String::from_utf8(body).expect("text");
        (parts.status, parts.headers, text)
    }

    #[tokio::test]
    async fn every_error_of_the_api_is_a_problem() {
        for (method, path, status, code) in [
            ("GET", "/api/slow", 503, "timeout"),
            ("GET", "/slow", 503, "timeout"),
            ("POST", "/api/slow", 405, "method_not_allowed"),
            ("GET", "/api/path/%ff", 400, "bad_request"),
            ("GET", "/api/none", 404, "not_found"),
            ("GET", "/ingest/none", 404, "not_found"),
        ] {
            let (found, headers, body) = ask(method, path).await;
            assert_eq!(found.as_u16(), status, "{path}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
            assert!(body.contains(&format!("\"code\":\"{code}\"")), "{body}");
            assert_eq!(headers.contains_key(header::RETRY_AFTER), status == 503);
            assert_eq!(headers.contains_key(header::ALLOW), status == 405);
        }
    }

    #[tokio::test]
    async fn pages_keep_theirs() {
        for path in ["/none", "/apiary", "/ingestion", "/lively"] {
            let (status, headers, body) = ask("GET", path).await;
            assert_eq!(
                (status, body.as_str()),
                (StatusCode::NOT_FOUND, ""),
                "{path}"
            );
            assert!(!headers.contains_key(header::CONTENT_TYPE), "{path}");
        }
    }
}
