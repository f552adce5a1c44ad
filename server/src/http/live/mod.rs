//! `GET /live`: what changed, as it changes (server-sent events).
//!
//! Nothing is queued for a browser. A stream remembers the change number it has told; a commit only wakes it, and
//! it asks the store what is newer. So a slow reader, a lost wake-up or a broken connection costs nothing: the
//! next answer brings it up to date, and a browser that comes back says the last number it heard.

mod feed;
mod holder;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
    routing::get,
};
use domain::{Refusal, live::LiveScope, user::Scope};
use futures::stream;
use serde::Deserialize;

use self::{
    feed::{Asker, Feed},
    holder::Holder,
};
use super::{metrics::OpenStream, problem::Problem};
use crate::{auth::ApiPrincipal, state::AppState};

/// A comment this often keeps proxies from closing a quiet stream.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// Where streams are opened.
pub const PATH: &str = "/live";

/// The route.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route(PATH, get(open))
}

#[derive(Debug, Deserialize)]
struct Asked {
    scope: String,
    last_event_id: Option<String>,
}

async fn open(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    holder: Holder,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.require(Scope::Read)?;
    let Query(asked) = asked.map_err(|_unreadable| Refusal::invalid("scope", "is missing"))?;
    let scope: LiveScope = asked
        .scope
        .parse()
        .map_err(|()| Refusal::invalid("scope", "is neither workspace nor campaign:ID"))?;
    // A browser that reconnects sends the header; what the page asked for first is older.
    let last_heard = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .or(asked.last_event_id.as_deref())
        .map(|text| text.trim().parse::<i64>())
        .transpose()
        .map_err(|_unreadable| Refusal::invalid("last_event_id", "is no number"))?;
    // The page may name the campaign as its owner does; changes go by its own id.
    let only = match &scope {
        LiveScope::Workspace => None,
        LiveScope::Campaign(id) => Some(state.store.campaign(caller.workspace(), id).await?.id),
    };
    let open = OpenStream::new().ok_or(store::Error::Overloaded)?;
    let asker = Asker {
        workspace: caller.workspace(),
        holder,
        only,
        last_heard,
    };
    let feed = Feed::begin(state, asker, open).await?;
    let messages = stream::unfold(feed, |mut feed| async {
        let message = feed.next().await?;
        Some((Ok::<_, Infallible>(message), feed))
    });
    let mut response = Sse::new(messages)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT_EVERY).text("hb"))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    // nginx collects answers into buffers unless told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
