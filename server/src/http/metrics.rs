//! What the server counts about itself, for Prometheus, and the layer that counts requests.
//!
//! Labels are routes, never paths: a path holds ids, and each would be a time series of its own.

use std::{
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::event::IngestAnswer;
use http::{HeaderName, HeaderValue, header};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::state::AppState;

/// Upper bounds of the histograms, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
/// How often samples are moved out of the buffers they are recorded into; these grow until then.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
static ACCEPTED: LazyLock<Counter> = LazyLock::new(|| ingest_counter("accepted"));
static DUPLICATE: LazyLock<Counter> = LazyLock::new(|| ingest_counter("duplicate"));
static REJECTED: LazyLock<Counter> = LazyLock::new(|| ingest_counter("rejected"));
static COMMIT: LazyLock<Histogram> =
    LazyLock::new(|| histogram!("reportage_ingest_commit_seconds"));
static STREAMS: LazyLock<Gauge> = LazyLock::new(|| gauge!("reportage_sse_clients"));

fn ingest_counter(outcome: &'static str) -> Counter {
    counter!("reportage_ingest_events_total", "outcome" => outcome)
}

/// Installs the recorder, once per process.
fn recorder() -> Option<&'static PrometheusHandle> {
    let install = || {
        let handle = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|error| tracing::error!(%error, "metrics are off"))
            .ok()?;
        for (name, help) in [
            (
                "reportage_ingest_events_total",
                "Events taken in, by outcome",
            ),
            (
                "reportage_ingest_overloaded_total",
                "Ingest requests turned away because the writer was behind",
            ),
            (
                "reportage_http_requests_total",
                "Requests answered, by route and status",
            ),
        ] {
            metrics::describe_counter!(name, help);
        }
        metrics::describe_histogram!(
            "reportage_ingest_commit_seconds",
            "From handing facts to the writer until they were durable"
        );
        metrics::describe_histogram!(
            "reportage_http_request_seconds",
            "From the head of a request to the head of its answer"
        );
        metrics::describe_gauge!("reportage_sse_clients", "Live streams open");
        metrics::describe_gauge!(
            "reportage_writer_queue_facts",
            "Facts waiting for the writer"
        );
        Some(handle)
    };
    RECORDER.get_or_init(install).as_ref()
}

/// Starts counting. The upkeep ends with the server.
pub(super) fn start(state: &AppState) {
    let Some(handle) = recorder() else { return };
    // Without a runtime (a test that only builds the router) nothing is recorded for long.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let shutdown = state.shutdown.clone();
    runtime.spawn(async move {
        while shutdown
            .run_until_cancelled(tokio::time::sleep(UPKEEP_EVERY))
            .await
            .is_some()
        {
            handle.run_upkeep();
        }
    });
}

/// The route.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/metrics", get(scrape))
}

/// `GET /metrics`.
async fn scrape(State(state): State<AppState>) -> Response {
    let Some(handle) = recorder() else {
        return http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    #[expect(clippy::cast_precision_loss, reason = "a queue length")]
    gauge!("reportage_writer_queue_facts").set(state.store.waiting_facts() as f64);
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, content_type)], handle.render()).into_response()
}

/// Counts what became of a batch.
pub(super) fn ingested(answer: &IngestAnswer) {
    ACCEPTED.increment(answer.accepted);
    DUPLICATE.increment(answer.duplicate);
    REJECTED.increment(answer.rejected.len() as u64);
}

/// Records how long a batch took to become durable.
pub(super) fn committed(since: Instant) {
    COMMIT.record(since.elapsed().as_secs_f64());
}

/// Counts a request turned away by the writer.
pub(super) fn ingest_overloaded() {
    counter!("reportage_ingest_overloaded_total").increment(1);
}

/// A live stream that is open as long as this value lives.
#[derive(Debug)]
pub(super) struct OpenStream(());

/// Streams open at the same time, over all browsers.
pub(super) const STREAMS_MAX: usize = 4_096;
static N_STREAMS: AtomicUsize = AtomicUsize::new(0);

impl OpenStream {
    /// None when there are too many.
    pub(super) fn new() -> Option<Self> {
        let before = N_STREAMS.fetch_add(1, Ordering::Relaxed);
        if before >= STREAMS_MAX {
            N_STREAMS.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        STREAMS.increment(1.0);
        Some(Self(()))
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        N_STREAMS.fetch_sub(1, Ordering::Relaxed);
        STREAMS.decrement(1.0);
    }
}

/// Layer, the outermost: names the request, counts it and how long it took.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let since = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    // Unknown paths and the site's files have no route of their own.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let status = response.status();
    counter!(
        "reportage_http_requests_total",
        "method" => method_label(&method), "route" => route.clone(), "status" => status.as_str().to_owned()
    )
    .increment(1);
    let elapsed = since.elapsed();
    histogram!("reportage_http_request_seconds", "route" => route.clone())
        .record(elapsed.as_secs_f64());
    // Not the path: it may hold what a caller searched for.
    tracing::debug!(
        %method, route, status = status.as_u16(), elapsed_us = elapsed.as_micros(), request = ?id,
        "answered"
    );
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Methods are few; whatever else a client makes up shares one label.
fn method_label(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "PUT" => "PUT",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The id a proxy gave the request, or a new one. Ids find log lines again; nothing trusts them.
fn request_id(request: &Request) -> HeaderValue {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
        let mut start = [0; 8];
        // Without randomness ids begin at zero, which is as good.
        let _ = getrandom::fill(&mut start);
        AtomicU64::new(u64::from_le_bytes(start))
    });
    let is_plain = |value: &&HeaderValue| {
        value.len() <= 64
            && value
                .as_bytes()
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    };
    if let Some(given) = request.headers().get(REQUEST_ID).filter(is_plain) {
        return given.clone();
    }
    let id = format!("{:016x}", NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
