//! Recipients of a campaign, and the export of its events.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use domain::{Event, message::Category, recipient::RecipientPage, user::Scope};
use futures::StreamExt;
use http::header;
use serde::Serialize;
use serde_json::value::RawValue;
use store::RecipientQuery;

use super::{
    params::Params,
    schema::{CategoryDoc, EventDoc, ProblemDoc, RecipientPageDoc},
};
use crate::{
    auth::{Action, ApiPrincipal},
    backend::{campaign::exported, recipients},
    http::problem::Problem,
    state::AppState,
};

/// Rows of a page unless asked otherwise, and at most.
const LIMIT: (u32, u32) = (50, 500);
/// Events written together: a chunk of a few hundred kilobytes.
const EXPORT_CHUNK: usize = 512;

/// Search recipients
///
/// One row per message, in order of the recipients' first appearance. People below admin see masked keys and find
/// by whole keys only. A page may hold fewer rows than asked for, even none, and still have a `next_cursor`: the
/// search goes on from there.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/recipients", tag = "Recipients",
    params(
        ("id" = String, Path, description = "Platform id or `external_id`"),
        ("q" = Option<String>, Query, description = "Part of a recipient or message key, ASCII letters in any case; the whole key for people below admin"),
        ("status" = Option<CategoryDoc>, Query, description = "Only messages with this status"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows per page", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = RecipientPageDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn search(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<RecipientPage>, Problem> {
    caller.require(Scope::Read)?;
    let query = RecipientQuery {
        q: params.text("q")?.unwrap_or_default().to_owned(),
        status: params.one_of("status", &Category::ALL.map(|c| (c.as_str(), c)))?,
        cursor: params.text("cursor")?.map(str::to_owned),
        limit: params.limit(LIMIT.0, LIMIT.1)?,
        ..RecipientQuery::default()
    };
    let page = recipients::visible(&state.store, &caller.0, &id, &query).await?;
    Ok(Json(page))
}

/// An event as it stands in an export: `props` is the object it was.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    event: Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    props: Option<Box<RawValue>>,
}

impl TryFrom<Event> for Line {
    type Error = serde_json::Error;

    fn try_from(mut event: Event) -> Result<Self, serde_json::Error> {
        let props = event.props.take().map(RawValue::from_string).transpose()?;
        Ok(Self { event, props })
    }
}

/// Export a campaign's events
///
/// Every event by time, in the format ingest takes, streamed. Addresses are as kept: truncated or absent.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/events.ndjson", tag = "Recipients",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "One event a line", body = EventDoc, content_type = "application/x-ndjson"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "Neither a token with `read` nor an admin", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn export(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.require(Scope::Read)?;
    caller.may(Action::SeeContacts)?;
    let campaign = state.store.campaign(caller.workspace(), &id).await?;
    let events = state
        .store
        .export_events(caller.workspace(), &campaign.id)
        .await?;
    exported(&state, &caller.0, &campaign, "events.ndjson").await?;
    let chunks = events.ready_chunks(EXPORT_CHUNK).map(|events| {
        let mut lines = BytesMut::new().writer();
        for event in events {
            // The head of the answer is gone: an error can only break the stream off, which clients notice.
            let event =
                event.inspect_err(|error| tracing::error!(%error, "an export broke off"))?;
            serde_json::to_writer(&mut lines, &Line::try_from(event)?)?;
            lines.get_mut().put_u8(b'\n');
        }
        Ok::<Bytes, Box<dyn std::error::Error + Send + Sync>>(lines.into_inner().freeze())
    });
    let disposition = format!(
        "attachment; filename=\"campaign-{}-events.ndjson\"",
        campaign.number
    );
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
