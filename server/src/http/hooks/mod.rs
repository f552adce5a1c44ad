//! `/hooks/{key}`: what carriers post.
//!
//! The request is verified against its raw body, taken apart, and kept in the inbox; only then is it answered. What it
//! means is found out afterwards, by a step that can be run again ([`delivery`]).

mod certificate;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, OriginalUri, Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use carrier::hook::{self, Incoming, Reply, Verdict};
use http::{HeaderMap, Method, StatusCode, header};
use metrics::counter;
use store::AccountRow;

use super::problem::Problem;
use crate::state::AppState;

/// Largest request of a carrier: SendGrid's batches are the largest, of some hundred kilobytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The route.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/hooks/{key}", get(receive).post(receive))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Takes in a request of a carrier.
async fn receive(
    State(state): State<AppState>,
    Path(key): Path<String>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Some(account) = state.store.account_by_hook(&key).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    // As the carrier knows the address: a proxy may have changed `Host`.
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", state.settings.base_url.origin());
    let headers: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let request = Incoming {
        method: method.as_str(),
        url: &url,
        headers: &headers,
        body: &body,
    };
    take(&state, &account, &request).await
}

/// Verifies, keeps, answers.
pub(crate) async fn take(
    state: &AppState,
    account: &AccountRow,
    request: &Incoming<'_>,
) -> Result<Response, Problem> {
    let protocol = account.protocol;
    let count = |outcome: &'static str| {
        counter!("reportage_hooks_total", "protocol" => protocol.as_str(), "outcome" => outcome)
            .increment(1);
    };
    let settings = state.carriers.settings(account)?;
    let settings = certificate::added(state, protocol, settings, request).await?;
    let now = state.clock.now();
    let verdict = hook::receive(protocol, &settings, request, now).map_err(|error| {
        // The account was set up wrongly; its page in Settings shows the same.
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "account_unusable")
            .detail(error.to_string())
    })?;
    match verdict {
        Verdict::Items { items, answer } => {
            let items: Vec<_> = items
                .into_iter()
                .map(|item| (item.key, item.body, now))
                .collect();
            let (ws, pk) = (account.workspace, account.pk);
            let fresh = state.store.inbox_put(ws, pk, &items, now).await?;
            if fresh > 0 {
                state.wake.notify_one();
            }
            count("taken");
            Ok(answered(answer))
        }
        Verdict::Answer(answer) => {
            count("answered");
            Ok(answered(answer))
        }
        Verdict::Confirm { url } => {
            certificate::confirm(state, &url).await?;
            count("confirmed");
            Ok(StatusCode::OK.into_response())
        }
        Verdict::Forged(reason) => {
            count("forged");
            tracing::warn!(
                protocol = protocol.as_str(),
                reason,
                "a webhook was refused"
            );
            Ok((StatusCode::FORBIDDEN, reason).into_response())
        }
        Verdict::Unreadable(reason) => {
            count("unreadable");
            tracing::warn!(
                protocol = protocol.as_str(),
                reason,
                "a webhook can't be read"
            );
            Ok((StatusCode::BAD_REQUEST, reason).into_response())
        }
    }
}

fn answered(reply: Reply) -> Response {
    if reply.body.is_empty() {
        return StatusCode::OK.into_response();
    }
    ([(header::CONTENT_TYPE, reply.content_type)], reply.body).into_response()
}
