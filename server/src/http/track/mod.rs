//! The public addresses inside messages: pixel, links, leaving, and what devices report.
//!
//! Nothing here asks who somebody is, sets a cookie, or redirects anywhere but to what a campaign's author wrote. What
//! a request says about its sender is judged by published rules ([`domain::evidence`]) and kept with its class.

mod click;
mod device;
mod leave;
mod open;
mod page;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts},
    middleware::map_response,
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use content::track::Purpose;
use domain::{Event, EventKind, Evidence, evidence};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use store::Origin;

use super::{peer::Peer, problem::Problem};
use crate::state::AppState;

/// Forms and reports are small.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Longest that somebody who opens or clicks waits for the record of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes. No session counts here, and none is looked for.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/o/{token}", get(open::pixel))
        .route("/c/{token}", get(click::by_token))
        .route("/s/{code}", get(click::by_code))
        .route("/u/{token}", get(leave::ask).post(leave::unsubscribe))
        .route("/p/{token}", get(leave::preferences).post(leave::prefer))
        .route(
            "/t/push/{token}",
            post(device::report).options(device::preflight),
        )
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(map_response(private))
}

/// Nothing of these answers is kept by anybody, or tells the next site where one came from.
async fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(
        header::CACHE_CONTROL,
        "no-store, no-cache, must-revalidate, private",
    );
    add(header::PRAGMA, "no-cache");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    add(header::X_FRAME_OPTIONS, "DENY");
    add(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    response
}

/// Who opened or clicked, as far as the request tells.
pub(super) struct Visitor {
    method: http::Method,
    headers: HeaderMap,
    peer: Peer,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self {
            method: parts.method.clone(),
            headers: parts.headers.clone(),
            peer: Peer::from_request_parts(parts, state).await?,
        })
    }
}

impl Visitor {
    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What happened to a message, to be judged and recorded.
pub(super) struct Happening<'a> {
    kind: EventKind,
    /// The link followed: its key and address.
    link: Option<(i64, &'a str)>,
    /// Further detail, a JSON object as text.
    props: Option<String>,
    at: DateTime<Utc>,
}

/// The message a token names, if the token is ours.
async fn message_of(
    state: &AppState,
    purpose: Purpose,
    token: &str,
) -> Result<Option<(String, i64, Origin)>, Problem> {
    let keys = state.tracking.keys(&state.store, &state.clock).await?;
    let Some((key, link)) = keys.open(purpose, token) else {
        return Ok(None);
    };
    let message = state.store.message_by_key(&key).await?;
    Ok(message.map(|message| (key, link, message)))
}

/// Who is behind what happened, as far as the request alone tells. Clicks are judged again beside each other.
fn judged(state: &AppState, visitor: &Visitor, message: &Origin, what: &Happening<'_>) -> Evidence {
    let purpose = ["sec-purpose", "purpose", "x-moz", "x-purpose"]
        .iter()
        .find_map(|name| visitor.text(name));
    let request = evidence::Request {
        user_agent: visitor.text("user-agent"),
        is_head: visitor.method == http::Method::HEAD,
        purpose,
        link: what.link.map_or(0, |(link, _)| link),
        at_ms: what.at.timestamp_millis(),
        since_sent_ms: message
            .submitted_us
            .map(|sent_us| (what.at.timestamp_micros() - sent_us) / 1_000),
        ..evidence::Request::new(what.kind)
    };
    state.enrich.judge(&request).0
}

/// Judges and records what happened. Whoever opened or clicked is not kept waiting for a database that is slow or
/// away: the record goes on without them, and only then may be lost.
async fn record(
    state: &AppState,
    visitor: &Visitor,
    message: (&str, &Origin),
    what: Happening<'_>,
) {
    let (key, message) = message;
    let evidence = judged(state, visitor, message, &what);
    let link = what.link.map(|(link, _)| link);
    let event = Event {
        link: what.link.map(|(_, url)| url.to_owned()),
        user_agent: visitor
            .text("user-agent")
            .map(|text| text.chars().take(512).collect()),
        ip: visitor.peer.0.map(|ip| ip.to_string()),
        props: what.props,
        ..event(
            format!("t:{:032x}", rand::random::<u128>()),
            (key, message),
            what.kind,
            what.at,
        )
    };
    let (state, message) = (state.clone(), message.clone());
    patiently(async move {
        let policy = state.policies.of(&state.store, message.workspace).await?;
        let received = state.clock.now();
        let mut fact = state
            .enrich
            .fact(event, policy, received.timestamp_micros());
        fact.evidence = evidence;
        match link {
            Some(link) => click::keep(&state, &message, link, fact).await,
            None => state
                .store
                .ingest(message.workspace, vec![fact])
                .await
                .map(drop),
        }
    })
    .await;
}

/// Waits for a record to be made, and not for long.
async fn patiently(recording: impl Future<Output = store::Result<()>> + Send + 'static) {
    match tokio::time::timeout(PATIENCE, tokio::spawn(recording)).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::error!(%error, "an open or click could not be recorded"),
        Ok(Err(error)) => tracing::error!(%error, "an open or click could not be recorded"),
        Err(_) => tracing::warn!("recording an open or click takes long"),
    }
}

/// Something that happened to a message, of which nothing more is known.
fn event(id: String, (key, message): (&str, &Origin), kind: EventKind, at: DateTime<Utc>) -> Event {
    Event {
        id,
        campaign: message.campaign_id.clone(),
        message: key.to_owned(),
        recipient: message.address.clone(),
        kind,
        at,
        raw_status: None,
        link: None,
        user_agent: None,
        ip: None,
        country: None,
        carrier: None,
        device: None,
        os: None,
        reason: None,
        value: None,
        currency: None,
        variant: Some(message.variant.clone()).filter(|name| !name.is_empty()),
        props: None,
    }
}
