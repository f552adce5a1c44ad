//! What every answer tells the browser to refuse, and which requests are refused outright.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Refusal;
use tower_http::set_header::SetResponseHeaderLayer;

use super::problem::Problem;
use crate::{auth::bearer, config::BaseUrl, state::AppState};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// For answers that are no pages: nothing may be loaded or framed.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The policy of a page.
///
/// Scripts run by nonce only, and what they load themselves. Styles come from our own file: no style
/// attribute, no inline sheet. The cargo-leptos watcher needs a web socket; release builds have none.
#[must_use]
pub fn page_policy(nonce: &str) -> String {
    let watcher = if cfg!(debug_assertions) { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{watcher}; \
         frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Layer: security headers on every answer. A handler's own policy stays.
pub async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, NOTHING);
    add(header::X_FRAME_OPTIONS, "DENY");
    add(header::REFERRER_POLICY, "same-origin");
    add(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    );
    add(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    add(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    response
}

/// A year. Without `includeSubDomains`: what else its operator serves below this name may speak plain http.
const HSTS: &str = "max-age=31536000";

/// Layer around everything, ingest and hooks included: no answer is taken for another kind than it says, nor, where the
/// server is reached encrypted, asked for in clear.
pub fn outermost(
    state: &AppState,
) -> (
    SetResponseHeaderLayer<HeaderValue>,
    SetResponseHeaderLayer<Option<HeaderValue>>,
) {
    let hsts = state
        .settings
        .base_url
        .is_https()
        .then(|| HeaderValue::from_static(HSTS));
    (
        SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, hsts),
    )
}

/// Layer: refuses unsafe requests that another site made a browser send.
///
/// A session cookie is sent along with whatever page caused the request; Leptos' server functions are plain
/// form posts and don't look. Programs with a bearer token in `Authorization` are let through: no other site can
/// make a browser send that. Other schemes prove nothing, since browsers send `Basic` by themselves.
pub async fn same_origin_only(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let trusted = request.method().is_safe()
        || bearer(headers).is_some()
        || is_same_origin(headers, &state.settings.base_url, || {
            state.cookie().read(headers).is_some()
        });
    if trusted {
        next.run(request).await
    } else {
        let path = request.uri().path();
        let method = request.method().as_str();
        tracing::warn!(target: "security", event = "cross_site_refused", method, path);
        Problem::from(Refusal::Forbidden)
            .detail("The request comes from another site.")
            .into_response()
    }
}

/// Whether the request comes from one of our own pages, as far as the browser tells.
fn is_same_origin(
    headers: &HeaderMap,
    base_url: &BaseUrl,
    has_session: impl FnOnce() -> bool,
) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    if let Some(origin) = text(&header::ORIGIN) {
        // A page of http is another's than one of https, whatever its host. Where a proxy ends TLS, `Host` is as browsers
        // have it, and the scheme is the base URL's.
        let scheme = if base_url.is_https() { "https" } else { "http" };
        let own = |authority: &str| {
            origin
                .split_once("://")
                .is_some_and(|(of, from)| of == scheme && from.eq_ignore_ascii_case(authority))
        };
        return own(base_url.authority()) || text(&header::HOST).is_some_and(own);
    }
    // Every browser of the last years sends one of the two with a POST. Without both it is a program: it may
    // sign in, but it has no business with a browser's session.
    !has_session()
}
