//! `/c/{token}` and `/s/{code}`: links of messages.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use content::track::Purpose;
use domain::EventKind;
use http::{Method, StatusCode, header};
use store::Origin;

use super::{Happening, Visitor, message_of, page, record};
use crate::{http::problem::Problem, state::AppState};

/// Follows a signed link.
pub(super) async fn by_token(
    State(state): State<AppState>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    match message_of(&state, Purpose::Click, &token).await? {
        Some((key, link, message)) => follow(&state, &visitor, (&key, &message), link).await,
        None => Ok(page::unknown("This link doesn't lead anywhere.")),
    }
}

/// Follows a short link.
pub(super) async fn by_code(
    State(state): State<AppState>,
    Path(code): Path<String>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let unknown = || Ok(page::unknown("This link doesn't lead anywhere."));
    let Some((key, link)) = state.store.short_link(&code).await? else {
        return unknown();
    };
    match state.store.message_by_key(&key).await? {
        Some(message) => follow(&state, &visitor, (&key, &message), link).await,
        None => unknown(),
    }
}

/// Records a click and leads on. Where to is what the campaign's author wrote: nothing of the request decides it.
async fn follow(
    state: &AppState,
    visitor: &Visitor,
    message: (&str, &Origin),
    link: i64,
) -> Result<Response, Problem> {
    let target = state.store.link(link).await?;
    let Some(target) = target.filter(|target| target.campaign == message.1.campaign) else {
        return Ok(page::unknown("This link doesn't lead anywhere."));
    };
    // Who asks for the head only looks whether it is there.
    if visitor.method != Method::HEAD {
        let what = Happening {
            kind: EventKind::Clicked,
            link: Some((link, &target.url)),
            props: Some(format!("{{\"position\":{}}}", target.position)),
            at: state.clock.now(),
        };
        record(state, visitor, message, what).await;
    }
    Ok((StatusCode::FOUND, [(header::LOCATION, target.url)]).into_response())
}
