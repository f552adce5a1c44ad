//! Everything that speaks HTTP.

mod answers;
mod api;
pub mod assets;
mod errors;
mod form_body;
mod functions;
mod health;
pub(crate) mod hooks;
pub mod ingest;
pub mod listen;
mod live;
pub mod login;
mod metrics;
mod openapi;
pub mod pages;
mod peer;
mod preview;
pub mod problem;
mod push;
pub mod security;
mod track;

use std::{any::Any, time::Duration};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::StatusCode;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer,
};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use self::problem::Problem;
pub(crate) use self::{
    errors::is_for_programs,
    functions::{FUNCTIONS, page_again},
    live::PATH as LIVE_PATH,
};
use crate::{auth, contacts, state::AppState};

/// Longest time to the head of an answer. Exports and streams go on after it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// The whole server as one router.
///
/// Layers run from the last to the first, so from bottom to top here. The outermost says what holds for every answer; the
/// next counts and names every request; next, whatever refuses a program's request says so in the one form errors have, and a panic becomes an
/// answer instead of a broken connection. Ingest and health lie only under these: at twenty thousand requests a second every layer counts, and neither is ever called by a browser.
/// Everything a browser can reach is refused from other sites and answered with security headers. Who is signed
/// in is looked up where a session counts. Compression covers pages and the API: files are compressed beforehand,
/// and a live stream must never wait for a compressor's buffer. Neither lies over uploads, nor does a time-out.
pub fn router(state: &AppState) -> Router {
    metrics::start(state);
    let (nosniff, hsts) = security::outermost(state);
    let (api, document) = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .merge(api::routes())
        .split_for_parts();
    let (uploads, document) = OpenApiRouter::with_openapi(document)
        .merge(api::uploads())
        .split_for_parts();
    let (ingest, mut document) = OpenApiRouter::with_openapi(document)
        .merge(ingest::routes())
        .split_for_parts();
    answers::complete(&mut document);
    let signed_in = Router::new()
        .merge(pages::routes(state))
        .merge(login::routes())
        .merge(preview::routes())
        .merge(api)
        .merge(openapi::routes(&document, state))
        .route("/api/", any(no_such_route))
        .route("/api/{*rest}", any(no_such_route))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIMEOUT,
        ))
        .merge(live::routes())
        .merge(contacts::routes())
        .merge(uploads)
        .layer(from_fn_with_state(state.clone(), auth::with_session));
    let for_browsers = signed_in
        .merge(assets::router())
        .layer(from_fn_with_state(
            state.clone(),
            security::same_origin_only,
        ))
        .layer(from_fn(security::with_headers));
    let mut all = for_browsers;
    if state.settings.exposure.public_metrics {
        all = all.merge(metrics::routes());
    }
    all.merge(ingest)
        .merge(push::routes().layer(from_fn(security::with_headers)))
        .merge(hooks::routes())
        .merge(track::routes())
        .route("/ingest", any(no_such_route))
        .route("/ingest/", any(no_such_route))
        .route("/ingest/{*rest}", any(no_such_route))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn(errors::as_problems))
        .layer(from_fn(metrics::observe))
        .layer(nosniff)
        .layer(hsts)
        .with_state(state.clone())
}

/// What a listener for a scraper answers: `/metrics`, nothing else.
pub fn metrics_router(state: &AppState) -> Router {
    let (nosniff, hsts) = security::outermost(state);
    metrics::routes()
        .layer(nosniff)
        .layer(hsts)
        .with_state(state.clone())
}

async fn no_such_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found").detail("There is no such route.")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer asks for this signature"
)]
fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::internal(words.unwrap_or("a handler panicked")).into_response()
}
