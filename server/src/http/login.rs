//! Signing in and out, setting up, and choosing a password by a link: plain forms, so that they work without scripts.
//!
//! What is owed between two forms (a code, a password) is known by a cookie, never by an address: addresses end up in
//! histories and logs.

use axum::{
    Form, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::CookieJar;
use domain::Refusal;
use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use store::Error;

use super::{peer::Peer, problem::Problem};
use crate::{
    auth::{
        Admitted, Secret, StepCookie, Visit, browser_of, factor, link, set_up, sign_in, sign_out,
    },
    state::AppState,
};

/// Signing out empties the browser's cache of this site. Not `cookies`, which would take those of every other program below
/// the same domain, nor `storage`, with which a browser would lose its push subscription: both hold nothing of the session.
const CLEAR_SITE_DATA: [(HeaderName, &str); 1] =
    [(HeaderName::from_static("clear-site-data"), "\"cache\"")];

/// Where the code of a second factor is asked for.
const CODE_PATH: &str = "/sign-in/code";
const SETUP_PATH: &str = "/setup";

/// The endpoints of the door.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in", post(post_sign_in))
        .route(CODE_PATH, post(post_code))
        .route("/sign-out", post(post_sign_out))
        .route(SETUP_PATH, post(post_setup))
        .route(link::PATH, post(post_join))
        .route(&format!("{}/{{token}}", link::PATH), get(open_link))
}

#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Setup {
    #[serde(default)]
    token: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct Join {
    password: String,
}

async fn post_sign_in(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let next = own_path(&form.next);
    let (network, browser) = (peer.network(), browser_of(&state.enrich, &headers));
    let visit = Visit {
        network: &network,
        browser: &browser,
    };
    match sign_in(&state, &form.email, &form.password, visit).await {
        Ok(admitted) => let_in(&state, jar, admitted, next).await,
        Err(Error::Refused(refusal)) => Ok(back("/sign-in", &refusal, next)),
        Err(failure) => Err(failure.into()),
    }
}

/// Hands out the session, or asks for the code. Whatever session the browser had ends here.
async fn let_in(
    state: &AppState,
    jar: CookieJar,
    admitted: Admitted,
    next: &str,
) -> Result<Response, Problem> {
    match admitted {
        Admitted::Session(token) => with_session(state, jar, &token, next).await,
        Admitted::Code(token) => {
            let jar = jar.add(state.cookie().set_step(StepCookie::Code, token.reveal()));
            let to = if next == "/" {
                CODE_PATH.to_owned()
            } else {
                format!("{CODE_PATH}?{}", form_urlencoded(&[("next", next)]))
            };
            Ok((jar, Redirect::to(&to)).into_response())
        }
    }
}

async fn with_session(
    state: &AppState,
    jar: CookieJar,
    token: &Secret,
    next: &str,
) -> Result<Response, Problem> {
    let cookie = state.cookie();
    if let Some(old) = jar.get(cookie.name()) {
        sign_out(state, old.value()).await?;
    }
    let mut jar = jar.add(cookie.set(token));
    for step in [StepCookie::Code, StepCookie::Join, StepCookie::Setup] {
        if cookie.step(step, &jar).is_some() {
            jar = jar.add(cookie.clear_step(step));
        }
    }
    Ok((jar, Redirect::to(next)).into_response())
}

async fn post_code(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<Code>,
) -> Result<Response, Problem> {
    let next = own_path(&form.next);
    let Some(token) = state.cookie().step(StepCookie::Code, &jar) else {
        return Ok(back("/sign-in", &Refusal::not_found("sign-in"), next));
    };
    let (network, browser) = (peer.network(), browser_of(&state.enrich, &headers));
    let visit = Visit {
        network: &network,
        browser: &browser,
    };
    match factor::sign_in_with_code(&state, &token, &form.code, visit).await {
        Ok(token) => with_session(&state, jar, &token, next).await,
        Err(Error::Refused(refusal @ (Refusal::NotFound { .. } | Refusal::Unauthenticated))) => {
            let jar = jar.add(state.cookie().clear_step(StepCookie::Code));
            Ok((jar, back("/sign-in", &refusal, next)).into_response())
        }
        Err(Error::Refused(refusal)) => Ok(back(CODE_PATH, &refusal, next)),
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
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<Setup>,
) -> Result<Response, Problem> {
    // After a mistake the page's address has no token any more.
    let kept = state.cookie().step(StepCookie::Setup, &jar);
    let token = Some(form.token).filter(|token| !token.is_empty());
    let token = token.or(kept).unwrap_or_default();
    let browser = browser_of(&state.enrich, &headers);
    let visit = Visit {
        network: "",
        browser: &browser,
    };
    match set_up(&state, &token, &form.email, &form.password, visit).await {
        Ok(session) => with_session(&state, jar, &session, "/").await,
        Err(Error::Refused(refusal)) => {
            let jar = jar.add(state.cookie().set_step(StepCookie::Setup, &token));
            Ok((jar, back(SETUP_PATH, &refusal, "/")).into_response())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Takes the token out of the address, and leads to the page where the password is chosen. Looking uses nothing up: mail
/// scanners look.
async fn open_link(
    State(state): State<AppState>,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !link::is_open(&state, &token).await? {
        return Ok(back(link::PATH, &Refusal::not_found("link"), "/"));
    }
    let jar = jar.add(state.cookie().set_step(StepCookie::Join, &token));
    Ok((jar, Redirect::to(link::PATH)).into_response())
}

async fn post_join(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<Join>,
) -> Result<Response, Problem> {
    let token = state.cookie().step(StepCookie::Join, &jar);
    let (network, browser) = (peer.network(), browser_of(&state.enrich, &headers));
    let visit = Visit {
        network: &network,
        browser: &browser,
    };
    match link::join(&state, &token.unwrap_or_default(), &form.password, visit).await {
        Ok(admitted) => {
            let jar = jar.add(state.cookie().clear_step(StepCookie::Join));
            let_in(&state, jar, admitted, "/").await
        }
        Err(Error::Refused(refusal)) => Ok(back(link::PATH, &refusal, "/")),
        Err(failure) => Err(failure.into()),
    }
}

/// The page of the form again, with why it was refused, and with nothing that was typed.
fn back(page: &str, refusal: &Refusal, next: &str) -> Response {
    let mut query = vec![("error", code(refusal))];
    if next != "/" {
        query.push(("next", next));
    }
    Redirect::to(&format!("{page}?{}", form_urlencoded(&query))).into_response()
}

/// What the page shows a sentence for.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unauthenticated => "invalid",
        Refusal::Throttled { .. } => "throttled",
        Refusal::NotFound { what } if what == "link" => "link",
        Refusal::NotFound { what } if what == "sign-in" => "late",
        Refusal::NotFound { .. } | Refusal::Conflict(_) => "expired",
        Refusal::Invalid { field, .. } if field == "password" => "password",
        Refusal::Invalid { field, .. } if field == "code" => "code",
        Refusal::Invalid { field, .. } if field == "email" => "email",
        _ => "other",
    }
}

/// Where to go on to: a path of this server, else the start.
fn own_path(path: &str) -> &str {
    if is_own_path(path) { path } else { "/" }
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
