//! API tokens, and the extractor the API and ingest use.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use chrono::{DateTime, Duration, Utc};
use domain::{Refusal, user::Scope};
use store::{Error, TokenRow, WorkspaceId};

use super::{Action, Actor, Principal, Secret, Signed, secret};
use crate::{http::problem::Problem, state::AppState};

/// How long a look-up is believed. Revoking in this process takes effect at once, from another process
/// (the command line) within this time.
const BELIEVED: Duration = Duration::seconds(5);
/// Use is recorded at most this often.
const TOUCH_EVERY: Duration = Duration::minutes(5);

/// Whoever calls the API: a token in `Authorization: Bearer`, or the person signed in.
///
/// As an extractor it answers 401 when there is neither; [`Self::require`] answers 403.
#[derive(Clone, Debug)]
pub struct ApiPrincipal(pub Principal);

impl ApiPrincipal {
    /// The workspace every query of this request is bound to.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.0.workspace
    }

    /// Checks that the caller may do what this scope is for.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    pub fn require(&self, scope: Scope) -> Result<(), Refusal> {
        self.0.may(scope.into())
    }

    /// Checks a right that no scope stands for.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        self.0.may(action)
    }
}

impl<S> FromRequestParts<S> for ApiPrincipal
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let state = AppState::from_ref(state);
        if let Some(token) = bearer(&parts.headers) {
            return Ok(Self(state.tokens.principal(&state, token).await?));
        }
        match parts.extensions.get::<Signed>() {
            Some(signed) => Ok(Self(signed.principal.clone())),
            None => Err(Refusal::Unauthenticated.into()),
        }
    }
}

/// The token of `Authorization: Bearer …`. Any other scheme says nothing here: a proxy in front may ask browsers
/// for a password of its own, and then sends that along with everything.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Look-ups of tokens made a moment ago: ingest must not read the database once per request.
#[derive(Clone, Debug, Default)]
pub struct TokenCache {
    known: Arc<RwLock<HashMap<[u8; 32], Known>>>,
}

#[derive(Clone, Debug)]
struct Known {
    principal: Principal,
    until: DateTime<Utc>,
}

impl TokenCache {
    /// The principal a token stands for. Unknown tokens are not remembered: they could fill the memory.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] when there is no such token, [`Refusal::TokenExpired`] when its time is over.
    pub async fn principal(&self, state: &AppState, token: &str) -> Result<Principal, Error> {
        let (hash, now) = (secret::hash(token), state.clock.now());
        if let Some(principal) = self.known(&hash, now) {
            return Ok(principal);
        }
        let row = state
            .store
            .token_by_hash(&hash)
            .await?
            .ok_or(Refusal::Unauthenticated)?;
        if row.is_expired(now) {
            tracing::warn!(target: "security", event = "token_expired", token = row.id);
            return Err(Refusal::TokenExpired.into());
        }
        if row
            .last_used_at
            .is_none_or(|last| now - last >= TOUCH_EVERY)
        {
            state.store.touch_token(&row.id, now).await?;
        }
        let until = row
            .expires_at
            .map_or(now + BELIEVED, |end| end.min(now + BELIEVED));
        let principal = principal_of(row);
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(
                hash,
                Known {
                    principal: principal.clone(),
                    until,
                },
            );
        Ok(principal)
    }

    fn known(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Option<Principal> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .get(hash)
            .filter(|known| now < known.until)
            .map(|known| known.principal.clone())
    }

    /// Forgets every look-up. Call it after a token was revoked.
    pub fn forget(&self) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn principal_of(row: TokenRow) -> Principal {
    Principal {
        workspace: row.workspace,
        actor: Actor::Token {
            id: row.id,
            scopes: row.scopes,
        },
    }
}

/// A new token's text: the prefix lets scanners find a leaked one.
///
/// # Errors
/// When the system has no randomness.
pub fn new_token() -> std::io::Result<Secret> {
    Secret::random("rpt_")
}

/// Days a token may be given until its end.
pub const TOKEN_DAYS: std::ops::RangeInclusive<u32> = 1..=3_650;

/// When a token of today ends that is good for so many days; none for one without an end.
#[must_use]
pub fn token_end(now: DateTime<Utc>, days: Option<u32>) -> Option<DateTime<Utc>> {
    days.map(|days| now + Duration::days(i64::from(days)))
}
