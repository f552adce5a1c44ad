//! Giving the password again before what would let somebody else in.
//!
//! Whoever has a stolen session, or makes somebody's browser send a form, doesn't have the password. So people, tokens,
//! accounts at providers and second factors change only in a session in which it was given a moment ago; signing in counts.

use chrono::Duration;
use domain::Refusal;
use store::Error;

use super::{
    Actor, Signed,
    record::{DoorEvent, log_door},
    throttle,
};
use crate::state::AppState;

/// How long a session counts as confirmed after the password was given in it.
const FRESH: Duration = Duration::minutes(10);

/// Whether the password was given in this session a moment ago.
#[must_use]
pub fn is_fresh(state: &AppState, by: &Signed) -> bool {
    by.confirmed_at
        .is_some_and(|at| state.clock.now() - at < FRESH)
}

/// Refuses what needs a confirmed session in any other.
///
/// # Errors
/// [`Refusal::Unconfirmed`].
pub fn require_fresh(state: &AppState, by: &Signed) -> Result<(), Refusal> {
    if is_fresh(state, by) {
        Ok(())
    } else {
        Err(Refusal::Unconfirmed)
    }
}

/// Checks the password of whoever is signed in, and returns the hash it was checked against.
///
/// # Errors
/// [`Refusal::Throttled`] after too many, [`Refusal::Invalid`] at `field` when it is another.
pub(crate) async fn check_own_password(
    state: &AppState,
    by: &Signed,
    field: &str,
    password: String,
) -> Result<String, Error> {
    let Actor::Person { email, .. } = &by.principal.actor else {
        return Err(Refusal::Forbidden.into());
    };
    if let Err(error) = throttle::admit_password_check(state, email).await {
        log_door(state, DoorEvent::Throttled, email, "");
        return Err(error);
    }
    let found = state.store.user_by_email(email).await?;
    let hash = found.map(|(_, hash)| hash).unwrap_or_default();
    let is_right = password.len() <= super::password::BYTES_MAX
        && state
            .passwords
            .verify(password, Some(hash.clone()))
            .await
            .map_err(|error| Error::Configuration(error.to_string()))?;
    if !is_right {
        log_door(state, DoorEvent::ConfirmationFailed, email, "");
        return Err(Refusal::invalid(field, "this is not your password").into());
    }
    Ok(hash)
}

/// Confirms a session with the password of whoever it belongs to.
///
/// # Errors
/// As `check_own_password`; [`Refusal::Unauthenticated`] when the session ended meanwhile.
pub async fn confirm(state: &AppState, by: &Signed, password: String) -> Result<(), Error> {
    let hash = check_own_password(state, by, "password", password).await?;
    let now = state.clock.now();
    if state.store.confirm_session(&by.session, &hash, now).await? {
        Ok(())
    } else {
        Err(Refusal::Unauthenticated.into())
    }
}
