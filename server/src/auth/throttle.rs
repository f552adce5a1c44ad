//! Slows down guessing: attempts are counted per account and per address, before the password is looked at.

use chrono::Duration;
use domain::Refusal;
use store::Error;

use super::secret;
use crate::state::AppState;

/// Length of a counting window.
const WINDOW: Duration = Duration::minutes(15);
/// Attempts per window on one account, whether it exists or not.
const PER_ACCOUNT: i64 = 10;
/// Attempts per window from one address: an office shares one.
const PER_ADDRESS: i64 = 100;

/// Counts an attempt and refuses it when there were too many. Returns the key of the account's counter.
pub(super) async fn admit(state: &AppState, email: &str, address: &str) -> Result<[u8; 32], Error> {
    let account = secret::hash(&format!("account {}", email.trim().to_lowercase()));
    count(
        state,
        &secret::hash(&format!("address {address}")),
        PER_ADDRESS,
    )
    .await?;
    count(state, &account, PER_ACCOUNT).await?;
    Ok(account)
}

/// Counts an attempt under one key.
async fn count(state: &AppState, who: &[u8; 32], limit: i64) -> Result<(), Error> {
    let now = state.clock.now();
    let (attempts, since) = state.store.count_login_attempt(who, now, WINDOW).await?;
    if attempts <= limit {
        return Ok(());
    }
    let wait = (since + WINDOW - now).num_seconds().max(1);
    Err(Refusal::Throttled {
        retry_after_s: wait.unsigned_abs(),
    }
    .into())
}

/// Counts a check of the current password by someone signed in: a stolen session must not find it out.
///
/// # Errors
/// [`Refusal::Throttled`] after too many.
pub async fn admit_password_check(state: &AppState, email: &str) -> Result<(), Error> {
    count(
        state,
        &secret::hash(&format!("password {email}")),
        PER_ACCOUNT,
    )
    .await
}
