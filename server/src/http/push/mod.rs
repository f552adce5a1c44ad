//! `/push/{key}`: where browsers subscribe to a web push account. Public: `key` is all that one has to know.
//!
//! The same routes serve our own page and the pages of a customer's site (`public/push.js`), so
//! they answer to any origin, and never look for a session. Whoever comes is a stranger: the push service they name is
//! checked before anything is kept, and whose browser it is counts only with a proof.

mod page;
mod proof;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use carrier::{Settings, send::push};
use domain::{
    Channel, Refusal,
    carrier::Protocol,
    contact::{Consent, NewContact, PushTarget},
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::AccountRow;

use super::{peer::Peer, problem::Problem};
use crate::{auth, state::AppState};

/// A subscription has less than one kilobyte.
const BODY_BYTES_MAX: usize = 8 * 1024;

/// The routes. Security headers are the router's.
pub(super) fn routes() -> Router<AppState> {
    let for_scripts = Router::new()
        .route("/push/{key}/key", get(public_key).options(preflight))
        .route("/push/{key}/subscribe", post(subscribe).options(preflight))
        .route(
            "/push/{key}/unsubscribe",
            post(unsubscribe).options(preflight),
        )
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(map_response(for_anybody));
    Router::new()
        .route("/push/{key}", get(page::show))
        .route("/push/{key}/app.webmanifest", get(page::manifest))
        .merge(for_scripts)
}

/// What a browser posts: `PushSubscription.toJSON()`, and who it is, if it says so.
#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
    #[serde(default)]
    name: String,
    #[serde(default)]
    external_id: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    proof: String,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// A web push account with its settings; 404 for any other key.
async fn account(state: &AppState, key: &str) -> Result<(AccountRow, Settings), Problem> {
    let account = state.store.account_by_hook(key).await?;
    let account = account
        .filter(|account| account.protocol == Protocol::WebPush)
        .ok_or_else(|| Refusal::not_found("subscription page"))?;
    let settings = state.carriers.settings(&account)?;
    Ok((account, settings))
}

/// What a browser subscribes with.
async fn public_key(
    State(state): State<AppState>,
    Path(key): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (_, settings) = account(&state, &key).await?;
    let key = push::public_key(&settings).map_err(|error| {
        // Its page in Settings says the same; whoever subscribes can do nothing about it.
        tracing::warn!(field = error.field, "a web push account has no usable key");
        Problem::unavailable("Notifications are not set up completely yet. Come back later.")
    })?;
    Ok(Json(json!({ "key": key })))
}

/// Keeps a browser, and whose it is.
async fn subscribe(
    State(state): State<AppState>,
    Path(key): Path<String>,
    peer: Peer,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    auth::admit_subscription(&state, &peer.network()).await?;
    let (account, settings) = account(&state, &key).await?;
    let asked = read(&body)?;
    push::check_endpoint(&settings, state.carriers.network(), &asked.endpoint)
        .map_err(|sentence| invalid("endpoint", sentence))?;
    push::check_keys(&asked.keys.p256dh, &asked.keys.auth)
        .map_err(|sentence| invalid("keys", sentence))?;
    let owner = owner(&settings, &asked)?;
    let now = state.clock.now();
    state
        .store
        .register_device(account.workspace, owner, &target(asked), now)
        .await?;
    Ok(Json(json!({ "subscribed": true })))
}

/// Forgets a browser. Whoever knows the whole subscription is the browser, or got it from there.
async fn unsubscribe(
    State(state): State<AppState>,
    Path(key): Path<String>,
    peer: Peer,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    auth::admit_subscription(&state, &peer.network()).await?;
    let (account, _) = account(&state, &key).await?;
    let target = target(read(&body)?);
    state
        .store
        .remove_device(account.workspace, &target)
        .await?;
    Ok(Json(json!({ "subscribed": false })))
}

fn read(body: &[u8]) -> Result<Subscription, Problem> {
    serde_json::from_slice(body).map_err(|_unreadable| {
        Problem::new(StatusCode::BAD_REQUEST, "malformed_body").detail(
            "The body has to be a push subscription as JSON: endpoint, and keys with p256dh and auth.",
        )
    })
}

fn target(subscription: Subscription) -> PushTarget {
    let plain = |text: String| text.trim_end_matches('=').to_owned();
    PushTarget::WebPush {
        endpoint: subscription.endpoint,
        p256dh: plain(subscription.keys.p256dh),
        auth: plain(subscription.keys.auth),
    }
}

/// Whose browser it is. Without a proof it belongs to a contact of its own: otherwise anyone could have the messages of
/// somebody whose e-mail they know.
fn owner(settings: &Settings, asked: &Subscription) -> Result<NewContact, Problem> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (external_id, email) = (given(&asked.external_id), given(&asked.email));
    if external_id.is_some() || email.is_some() {
        let claim = (
            external_id.as_deref().unwrap_or_default(),
            email.as_deref().unwrap_or_default(),
        );
        proof::check(settings, claim, &asked.proof)?;
    }
    Ok(NewContact {
        external_id,
        email,
        name: given(&asked.name),
        consents: [(Channel::Push, Consent::Subscribed)].into(),
        is_renewed: true,
        ..NewContact::default()
    })
}

/// A sentence of its own, which no field's name is put before.
fn invalid(field: &str, sentence: String) -> Problem {
    Problem::from(Refusal::invalid(field, sentence.as_str())).detail(sentence)
}

/// A browser asks before a page of another site posts JSON.
async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Any site may read these answers, refusals as well. No cookie goes with the questions.
async fn for_anybody(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    add(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    add(header::CACHE_CONTROL, "no-store");
    response
}
