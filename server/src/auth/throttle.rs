//! Slows down guessing: attempts are counted before the password is looked at, in three ways.
//!
//! Per account *and* client network, narrowly: who guesses from one place is stopped there, and the person whose
//! account it is still signs in from theirs. Per client network over all accounts, for who tries one password on
//! many. Per account from everywhere, widely: it takes a crowd of networks to get there, and then waiting is the
//! lesser evil; a narrow limit here would let anyone who knows an address lock its owner out.

use chrono::Duration;
use domain::Refusal;
use store::Error;

use super::secret;
use crate::state::AppState;

/// Length of a counting window.
const WINDOW: Duration = Duration::minutes(15);
/// Attempts per window on one account, whether it exists or not, from one client network.
const PER_ACCOUNT_AND_NETWORK: i64 = 10;
/// Attempts per window from one client network: an office shares one.
const PER_NETWORK: i64 = 100;
/// Attempts per window on one account from everywhere.
const PER_ACCOUNT: i64 = 1_000;
/// Codes of a second factor per window on one account, from everywhere: there are a million, of which three are right.
const CODES_PER_ACCOUNT: i64 = 20;
/// Browsers that subscribe or leave per window from one client network: a mobile operator's customers share a few.
const SUBSCRIPTIONS_PER_NETWORK: i64 = 1_000;

/// Counts an attempt and refuses it when there were too many. Returns the key of the counter that the right password
/// starts anew: that of the account from this network, for the others count what strangers do.
pub(super) async fn admit(state: &AppState, email: &str, network: &str) -> Result<[u8; 32], Error> {
    let account = email.trim().to_lowercase();
    let here = secret::hash(&format!("account {account} from {network}"));
    let network = secret::hash(&format!("address {network}"));
    let everywhere = secret::hash(&format!("account {account}"));
    count(state, &network, PER_NETWORK).await?;
    count(state, &here, PER_ACCOUNT_AND_NETWORK).await?;
    // Only what the narrower limits let through: a single network can't use this one up.
    count(state, &everywhere, PER_ACCOUNT).await?;
    Ok(here)
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

/// Counts a browser that subscribes to push notifications, or leaves: nobody signs in for that.
///
/// # Errors
/// [`Refusal::Throttled`] after too many.
pub async fn admit_subscription(state: &AppState, network: &str) -> Result<(), Error> {
    let who = secret::hash(&format!("subscription from {network}"));
    count(state, &who, SUBSCRIPTIONS_PER_NETWORK).await
}

/// Counts a check of the current password by someone signed in: a stolen session must not find it out.
///
/// # Errors
/// [`Refusal::Throttled`] after too many.
pub(super) async fn admit_password_check(state: &AppState, email: &str) -> Result<(), Error> {
    count(
        state,
        &secret::hash(&format!("password {email}")),
        PER_ACCOUNT_AND_NETWORK,
    )
    .await
}

fn codes(email: &str) -> [u8; 32] {
    secret::hash(&format!("code {}", email.trim().to_lowercase()))
}

/// Counts a code of a second factor.
///
/// # Errors
/// [`Refusal::Throttled`] after too many.
pub(super) async fn admit_code(state: &AppState, email: &str) -> Result<(), Error> {
    count(state, &codes(email), CODES_PER_ACCOUNT).await
}

/// Starts counting codes anew, after a right one.
pub(super) async fn forget_codes(state: &AppState, email: &str) -> Result<(), Error> {
    state.store.forget_login_attempts(&codes(email)).await
}
