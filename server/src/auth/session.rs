//! Signing in and out, and the session behind each request.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Duration, Utc};
use domain::Refusal;
use store::{Error, SessionRow, WorkspaceRow};

use super::{
    Actor, Principal, Secret, Visit, factor,
    record::{DoorEvent, log_door},
    secret, throttle,
};
use crate::{http::problem::Problem, state::AppState};

/// A session ends when it wasn't used for this long.
const IDLE: Duration = Duration::days(14);
/// A session ends after this long, however much it is used: a cookie that was stolen must not be good forever.
pub(super) const AGE_MAX: Duration = Duration::days(90);
/// Use is recorded at most this often: reading pages must not write.
const TOUCH_EVERY: Duration = Duration::minutes(10);

/// The person behind a request. An extension of requests that come with a live session.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who it is.
    pub principal: Principal,
    /// The hash their session is known by.
    pub session: [u8; 32],
    /// Their workspace, as pages need it.
    pub workspace: WorkspaceRow,
    /// When they last gave their password in this session; programs have none.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Signed {
    /// A program with a token, which has no session.
    #[must_use]
    pub fn of_program(principal: Principal, workspace: WorkspaceRow) -> Self {
        Self {
            principal,
            session: [0; 32],
            workspace,
            confirmed_at: None,
        }
    }
}

/// What a right password leads to.
#[derive(Debug)]
pub enum Admitted {
    /// A session: the secret of its cookie.
    Session(Secret),
    /// The code of the second factor is owed: the secret by which it is given.
    Code(Secret),
}

/// Checks address and password, and opens a session unless a code is owed. The caller sets the cookie.
///
/// # Errors
/// [`Refusal::Throttled`] after too many attempts, [`Refusal::Unauthenticated`] for a wrong address or
/// password: which of the two is not told.
pub async fn sign_in(
    state: &AppState,
    email: &str,
    password: &str,
    visit: Visit<'_>,
) -> Result<Admitted, Error> {
    let account = match throttle::admit(state, email, visit.network).await {
        Ok(account) => account,
        Err(error) => {
            log_door(state, DoorEvent::Throttled, email, visit.network);
            return Err(error);
        }
    };
    let found = state.store.user_by_email(email).await?;
    let hash = found.as_ref().map(|(_, hash)| hash.clone());
    let right = password.len() <= super::password::BYTES_MAX
        && state
            .passwords
            .verify(password.to_owned(), hash)
            .await
            .map_err(failure)?;
    let (Some((user, hash)), true) = (found, right) else {
        log_door(state, DoorEvent::Failed, email, visit.network);
        return Err(Refusal::Unauthenticated.into());
    };
    state.store.forget_login_attempts(&account).await?;
    admit(state, (user.id, &user.email, &hash), visit).await
}

/// Lets somebody in whose password was just checked against `hash`, or asks for the code of their second factor.
pub(super) async fn admit(
    state: &AppState,
    (user, email, hash): (i64, &str, &str),
    visit: Visit<'_>,
) -> Result<Admitted, Error> {
    if factor::is_active(state, user).await? {
        let (token, now) = (Secret::random("").map_err(failure)?, state.clock.now());
        let life = (now, now + factor::CODE_WITHIN);
        let store = &state.store;
        store.begin_sign_in(&token.hash(), user, hash, life).await?;
        log_door(state, DoorEvent::CodeOwed, email, visit.network);
        return Ok(Admitted::Code(token));
    }
    let token = open(state, user, hash, visit.browser).await?;
    log_door(state, DoorEvent::SignedIn, email, visit.network);
    Ok(Admitted::Session(token))
}

/// Opens a session for someone whose password was just checked against `hash`.
pub(super) async fn open(
    state: &AppState,
    user: i64,
    hash: &str,
    browser: &str,
) -> Result<Secret, Error> {
    let (token, now) = (Secret::random("").map_err(failure)?, state.clock.now());
    let row = SessionRow {
        token_hash: &token.hash(),
        user,
        browser,
        expires_at: now + IDLE,
    };
    if !state.store.open_session(row, hash, now).await? {
        return Err(Refusal::Unauthenticated.into());
    }
    state
        .store
        .touch_session(&token.hash(), now, now + IDLE)
        .await?;
    Ok(token)
}

/// Ends the session of a cookie.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(state: &AppState, token: &str) -> Result<(), Error> {
    state.store.close_session(&secret::hash(token)).await?;
    state.revocations.announce();
    Ok(())
}

impl Signed {
    /// The person a cookie's token stands for; none when its session ended or never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_token(state: &AppState, token: &str) -> Result<Option<Self>, Error> {
        Self::by_hash(state, secret::hash(token), Use::Counts).await
    }

    /// The same person as of now; none when the session ended since. Long-lived streams ask this, and asking is no
    /// use of the session: a page that was left open must not keep it alive.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn again(&self, state: &AppState) -> Result<Option<Self>, Error> {
        Self::by_hash(state, self.session, Use::IsNone).await
    }

    async fn by_hash(state: &AppState, session: [u8; 32], is: Use) -> Result<Option<Self>, Error> {
        let now = state.clock.now();
        let Some(found) = state.store.session(&session, now).await? else {
            return Ok(None);
        };
        if is == Use::Counts && now - found.last_seen_at >= TOUCH_EVERY {
            touch(state, &session, now).await?;
        }
        let workspace = state.store.workspace(found.workspace).await?;
        let actor = Actor::Person {
            user: found.user,
            email: found.email,
            role: found.role,
        };
        let principal = Principal {
            workspace: found.workspace,
            actor,
        };
        Ok(Some(Self {
            principal,
            session,
            workspace,
            confirmed_at: Some(found.confirmed_at),
        }))
    }
}

/// Whether looking a session up is a use of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Counts,
    IsNone,
}

/// Records the use of a session and moves its end, up to its greatest age.
async fn touch(state: &AppState, session: &[u8; 32], now: DateTime<Utc>) -> Result<(), Error> {
    let opened = state.store.session_opened_at(session).await?;
    let end = opened.map_or(now + IDLE, |opened| (now + IDLE).min(opened + AGE_MAX));
    state.store.touch_session(session, now, end).await
}

/// Layer: puts [`Signed`] into requests that carry a live session.
pub async fn with_session(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = state.cookie().read(request.headers()) {
        // A browser reopens its stream by itself after every break.
        let is = match request.uri().path() {
            crate::http::LIVE_PATH => Use::IsNone,
            _ => Use::Counts,
        };
        match Signed::by_hash(&state, secret::hash(&token), is).await {
            Ok(Some(signed)) => {
                request.extensions_mut().insert(signed);
            }
            Ok(None) => {}
            // A program, or a page's own stream, would take a 401 for the end of the session.
            Err(error) if crate::http::is_for_programs(request.uri().path()) => {
                return Problem::from(error).into_response();
            }
            // Without an answer from the database nobody is signed in.
            Err(error) => tracing::error!(%error, "session look-up failed"),
        }
    }
    next.run(request).await
}

fn failure(error: std::io::Error) -> Error {
    Error::Configuration(error.to_string())
}
