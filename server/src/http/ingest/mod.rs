//! `POST /ingest/v1/events`: events in, an answer after they are durable.
//!
//! The way of a batch: who is asking → body within its limits → events, each read once straight from the bytes
//! → facts → the store's writer, which answers after its commit. Reading happens on the request's own thread,
//! beside the writer, so the two overlap. A bad event is answered with its position and a stable code, the good
//! ones are kept; only a body that can't be told apart into events is refused as a whole.

mod body;
mod event;
mod policy;
mod room;
#[cfg(test)]
mod tests;

use std::time::Instant;

use axum::{
    Json,
    extract::{Request, State},
};
use chrono::{DateTime, Utc};
use domain::{
    Event, Fact,
    event::{IngestAnswer, RejectedEvent, Rejection},
    user::Scope,
};

use utoipa_axum::{router::OpenApiRouter, routes};

use self::body::Format;
pub use self::{
    event::read_event,
    policy::Policies,
    room::{IN_FLIGHT_BYTES_MAX, Place, Room},
};
use super::{
    api::schema::{EventDoc, EventsDoc, IngestAnswerDoc, ProblemDoc},
    metrics,
    problem::Problem,
};
use crate::{
    auth::ApiPrincipal,
    enrich::{Enrich, IpPolicy},
    state::AppState,
};

/// Most events in one request.
pub const EVENTS_MAX: usize = 10_000;
/// Most bytes in one request, before and after decompression.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bodies beyond this are read on the blocking pool: longer work must not hold up other connections.
const INLINE_BYTES_MAX: usize = 512 * 1024;

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(take_events))
}

/// Post events
///
/// One event, an array of them, or one a line; gzip is understood. At most 10,000 events and 8 MiB. The answer
/// comes after the commit: what was accepted is durable, and sending it again changes nothing. Bad events are
/// rejected one by one.
#[utoipa::path(
    post, path = "/ingest/v1/events", tag = "Ingest",
    request_body(content(
        (EventsDoc = "application/json"), (EventDoc = "application/x-ndjson"),
    )),
    responses(
        (status = 200, description = "Durable", body = IngestAnswerDoc),
        (status = 400, description = "The body can't be told apart into events", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `ingest`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 408, description = "The body did not arrive in time", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 413, description = "Too many events or bytes; nothing was taken", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 415, description = "Neither JSON nor NDJSON, or an encoding other than gzip", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 503, description = "Overloaded: come back after Retry-After seconds", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn take_events(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    request: Request,
) -> Result<Json<IngestAnswer>, Problem> {
    caller.require(Scope::Ingest)?;
    let workspace = caller.workspace();
    let format = Format::of(request.headers())?;
    let policy = state.policies.of(&state.store, workspace).await?;
    // Kept to the end: what the body becomes waits for the writer.
    let mut place = state.bodies.enter();
    let bytes = body::read(request, &mut place).await?;
    let now = state.clock.now();

    let batch = if bytes.len() <= INLINE_BYTES_MAX {
        Batch::read(&bytes, format, &state.enrich, policy, now)?
    } else {
        let enrich = state.enrich.clone();
        tokio::task::spawn_blocking(move || Batch::read(&bytes, format, &enrich, policy, now))
            .await
            .map_err(Problem::internal)??
    };
    let Batch {
        facts,
        positions,
        mut rejected,
    } = batch;

    let mut answer = IngestAnswer::default();
    if !facts.is_empty() {
        let since = Instant::now();
        let outcome = state
            .store
            .ingest(workspace, facts)
            .await
            .inspect_err(|error| {
                if matches!(error, store::Error::Overloaded) {
                    metrics::ingest_overloaded();
                }
            })?;
        metrics::committed(since);
        answer.accepted = outcome.accepted;
        answer.duplicate = outcome.duplicate;
        rejected.extend(outcome.rejected.into_iter().filter_map(|(at, rejection)| {
            positions.get(at).map(|&index| reject(index, rejection))
        }));
        rejected.sort_by_key(|event| event.index);
    }
    answer.rejected = rejected;
    metrics::ingested(&answer);
    Ok(Json(answer))
}

/// A request's events, told apart.
#[derive(Debug, Default, PartialEq)]
struct Batch {
    /// What goes to the store.
    facts: Vec<Fact>,
    /// Position in the request of each fact.
    positions: Vec<u64>,
    /// What doesn't.
    rejected: Vec<RejectedEvent>,
}

impl Batch {
    fn read(
        bytes: &[u8],
        format: Format,
        enrich: &Enrich,
        policy: IpPolicy,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let received_us = now.timestamp_micros();
        let mut batch = Self::default();
        let mut index = 0;
        body::each_event(bytes, format, |read: Result<Event, Rejection>| {
            if index >= EVENTS_MAX as u64 {
                return Err(Problem::too_many_events());
            }
            match read.and_then(|event| event.check(now).map(|()| event)) {
                Ok(event) => {
                    batch.facts.push(enrich.fact(event, policy, received_us));
                    batch.positions.push(index);
                }
                Err(rejection) => batch.rejected.push(reject(index, rejection)),
            }
            index += 1;
            Ok(())
        })?;
        Ok(batch)
    }
}

fn reject(index: u64, rejection: Rejection) -> RejectedEvent {
    RejectedEvent {
        index,
        code: rejection.code,
        message: rejection.message,
    }
}
