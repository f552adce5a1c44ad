//! Signing in and out, and setting up: plain forms, so that they work without scripts.

use axum::{
    Form, Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use domain::Refusal;
use http::HeaderName;
use serde::Deserialize;
use store::Error;

use super::{peer::Peer, problem::Problem};
use crate::{
    auth::{set_up, sign_in, sign_out},
    state::AppState,
};

/// Signing out empties the browser's cache of this site. Not `cookies`, which would take those of every other program below
/// the same domain, nor `storage`, with which a browser would lose its push subscription: both hold nothing of the session.
const CLEAR_SITE_DATA: [(HeaderName, &str); 1] =
    [(HeaderName::from_static("clear-site-data"), "\"cache\"")];

/// Holds the token of the set-up link between a refused form and the next, so that no address carries it again. It ends
/// with the browser's session.
const SETUP_COOKIE: &str = "reportage_setup";

/// The three endpoints.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in", post(post_sign_in))
        .route("/sign-out", post(post_sign_out))
        .route("/setup", post(post_setup))
}

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Setup {
    token: String,
    email: String,
    password: String,
}

async fn post_sign_in(
    State(state): State<AppState>,
    peer: Peer,
    jar: CookieJar,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let next = if is_own_path(&form.next) {
        form.next.as_str()
    } else {
        "/"
    };
    match sign_in(&state, &form.email, &form.password, &peer.network()).await {
        Ok(token) => {
            // Whatever session the browser had ends here.
            if let Some(old) = jar.get(state.cookie().name()) {
                sign_out(&state, old.value()).await?;
            }
            Ok((jar.add(state.cookie().set(&token)), Redirect::to(next)).into_response())
        }
        Err(Error::Refused(refusal)) => {
            let mut query = form_urlencoded(&[("error", code(&refusal))]);
            if next != "/" {
                query = form_urlencoded(&[("error", code(&refusal)), ("next", next)]);
            }
            Ok(Redirect::to(&format!("/sign-in?{query}")).into_response())
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn post_sign_out(State(state): State<AppState>, jar: CookieJar) -> Result<Response, Problem> {
    if let Some(token) = jar.get(state.cookie().name()) {
        sign_out(&state, token.value()).await?;
    }
    let jar = jar.add(state.cookie().clear());
    Ok((CLEAR_SITE_DATA, jar, Redirect::to("/sign-in")).into_response())
}

async fn post_setup(
    State(state): State<AppState>,
    jar: CookieJar,
    Form(form): Form<Setup>,
) -> Result<Response, Problem> {
    // After a refusal the page has no token: it lies in a cookie.
    let kept = jar
        .get(SETUP_COOKIE)
        .map(|cookie| cookie.value().to_owned());
    let link = Some(form.token).filter(|token| !token.is_empty());
    let link = link.or(kept).unwrap_or_default();
    let of_link = |value: &str| {
        Cookie::build((SETUP_COOKIE, value.to_owned()))
            .path("/setup")
            .http_only(true)
            .secure(state.settings.base_url.is_https())
            .same_site(SameSite::Strict)
            .build()
    };
    match set_up(&state, &link, &form.email, &form.password).await {
        Ok(token) => {
            let jar = jar.add(state.cookie().set(&token)).remove(of_link(""));
            Ok((jar, Redirect::to("/")).into_response())
        }
        Err(Error::Refused(refusal)) => {
            let code = code(&refusal);
            let jar = match code {
                "expired" => jar.remove(of_link("")),
                _ => jar.add(of_link(&link)),
            };
            Ok((jar, Redirect::to(&format!("/setup?error={code}"))).into_response())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What the page shows a sentence for.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unauthenticated => "invalid",
        Refusal::Throttled { .. } => "throttled",
        Refusal::NotFound { .. } | Refusal::Conflict(_) => "expired",
        Refusal::Invalid { field, .. } if field == "password" => "password",
        Refusal::Invalid { field, .. } if field == "email" => "email",
        _ => "other",
    }
}

/// A path of this server: signing in must not lead anywhere else.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control() || !c.is_ascii())
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", app::routes::encode(value)))
        .collect();
    pairs.join("&")
}
