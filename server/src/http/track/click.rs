//! `/c/{token}` and `/s/{code}`: links of messages.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::DateTime;
use content::track::Purpose;
use domain::{
    Channel, EventKind, Evidence, Fact,
    evidence::{HIDDEN_LINK, among},
};
use http::{Method, StatusCode, header};
use store::{Click, Origin};

use super::{Happening, Visitor, message_of, page, patiently, record};
use crate::{http::problem::Problem, state::AppState};

/// Follows a signed link.
pub(super) async fn by_token(
    State(state): State<AppState>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    match message_of(&state, Purpose::Click, &token).await? {
        Some((_, HIDDEN_LINK, message)) => Ok(hidden(&state, message).await),
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

/// The link that people can't see: no click is counted, and the clicks around it are a machine's, whatever the method.
async fn hidden(state: &AppState, message: Origin) -> Response {
    let (state, at) = (state.clone(), state.clock.now());
    patiently(async move {
        let click = Click {
            workspace: message.workspace,
            message: &message.message,
            link: HIDDEN_LINK,
            links: 0,
            at,
            fact: None,
        };
        state.store.click_put(&click).await.map(drop)
    })
    .await;
    let body = "<p class=\"door__lead\">This address tells programs that follow every link of a mail from people. \
                You can close this page.</p>";
    page::page("There is nothing to see here", body).into_response()
}

/// Keeps a click until the other clicks on its message can tell of it; tells it at once where there can't be any.
pub(super) async fn keep(
    state: &AppState,
    message: &Origin,
    link: i64,
    mut fact: Fact,
) -> store::Result<()> {
    let store = &state.store;
    let links = store
        .tracked_links(message.campaign, &message.variant)
        .await?;
    // An e-mail has the link that people can't see beside its own.
    if links >= 2 || message.channel == Channel::Email {
        let click = Click {
            workspace: message.workspace,
            message: &message.message,
            link,
            links,
            at: DateTime::from_timestamp_micros(fact.at_us).unwrap_or_else(|| state.clock.now()),
            fact: Some(&fact),
        };
        if store.click_put(&click).await? {
            return Ok(());
        }
        let many = (Evidence::Machine, "hundreds of clicks within a minute");
        fact.evidence = among((fact.evidence, ""), Some(many)).0;
    }
    store.ingest(message.workspace, vec![fact]).await.map(drop)
}
