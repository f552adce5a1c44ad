//! Pages for people who get messages. They have no script and need none.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::http::openapi::escape;

/// A page of one column. `body` is HTML.
pub(super) fn page(title: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/pkg/reportage.css\"></head>\
         <body><main class=\"door\"><h1>{title}</h1>{body}</main></body></html>"
    ))
}

/// 404, in a sentence.
pub(super) fn unknown(sentence: &str) -> Response {
    let body = format!(
        "<p class=\"door__lead\">{} It may be incomplete: try the one in the message again.</p>",
        escape(sentence)
    );
    (StatusCode::NOT_FOUND, page("Not found", &body)).into_response()
}
