//! The second factor: an app's codes, and recovery codes for when the app is gone.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Duration;
use domain::{
    Refusal,
    account::{FactorInfo, FactorSecret},
};
use qrcode::{QrCode, render::svg};
use store::{Error, Factor, PendingSignIn, Result, WorkspaceId};

use super::{
    Actor, Secret, Signed, Visit, audit, confirm,
    record::{self, DoorEvent, log_door},
    secret, session, throttle, totp,
};
use crate::state::AppState;

/// How long the code may be owed after the password was right.
pub const CODE_WITHIN: Duration = Duration::minutes(5);
/// Recovery codes of a factor.
const RECOVERY_CODES: usize = 10;
/// Names within what is sealed.
const SECRET: &str = "totp";
const OWNER: &str = "totp_owner";

fn own(by: &Signed) -> Result<(i64, &str)> {
    match &by.principal.actor {
        Actor::Person { user, email, .. } => Ok((*user, email)),
        Actor::Token { .. } => Err(Refusal::Forbidden.into()),
    }
}

fn sealed(state: &AppState, ws: WorkspaceId, user: i64, secret: &str) -> Result<Vec<u8>> {
    let fields = BTreeMap::from([
        (SECRET.to_owned(), secret.to_owned()),
        // What was sealed for one person opens nothing for another.
        (OWNER.to_owned(), user.to_string()),
    ]);
    state.carriers.vault().seal(ws, &fields)
}

fn opened(state: &AppState, ws: WorkspaceId, user: i64, sealed: &[u8]) -> Result<String> {
    let mut fields = state.carriers.vault().open(ws, sealed)?;
    if fields.get(OWNER) != Some(&user.to_string()) {
        return Err(Error::Corrupt("second factor"));
    }
    fields.remove(SECRET).ok_or(Error::Corrupt("second factor"))
}

/// Whether whoever asks has a factor; and one that was begun, to be set up in an app, in a confirmed session only.
///
/// # Errors
/// When the database fails.
pub async fn info(state: &AppState, by: &Signed) -> Result<FactorInfo> {
    let (user, email) = own(by)?;
    let Some(factor) = state.store.factor(user).await? else {
        return Ok(FactorInfo::default());
    };
    let begun = if !factor.is_active && confirm::is_fresh(state, by) {
        let secret = opened(state, by.workspace.id, user, &factor.secret)?;
        Some(shown(secret, email)?)
    } else {
        None
    };
    Ok(FactorInfo {
        is_active: factor.is_active,
        codes_left: if factor.is_active {
            u32::try_from(factor.codes_left).unwrap_or_default()
        } else {
            0
        },
        begun,
    })
}

fn shown(secret: String, email: &str) -> Result<FactorSecret> {
    let address = totp::address(&secret, email);
    let code = QrCode::new(address.as_bytes()).map_err(|_| Error::Corrupt("second factor"))?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    Ok(FactorSecret {
        secret,
        address,
        picture: format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)),
    })
}

/// Begins a factor: a new secret, which counts once a code of it was given.
///
/// # Errors
/// [`Refusal::Conflict`] when there is one, or the server has no key to keep it with.
pub async fn begin(state: &AppState, by: &Signed) -> Result<()> {
    let (user, _) = own(by)?;
    let secret = totp::new_secret().map_err(failure)?;
    let sealed = sealed(state, by.workspace.id, user, &secret)?;
    if state.store.begin_factor(user, &sealed).await? {
        return Ok(());
    }
    let text = "You have a second factor. Switch it off before you set up another.";
    Err(Refusal::Conflict(text.to_owned()).into())
}

/// Makes the factor that was begun count, and returns its recovery codes, this once.
///
/// # Errors
/// [`Refusal::Invalid`] for a wrong code, [`Refusal::Throttled`] after too many.
pub async fn activate(state: &AppState, by: &Signed, code: &str) -> Result<Vec<String>> {
    let (user, email) = own(by)?;
    throttle::admit_code(state, email).await?;
    let factor = state.store.factor(user).await?;
    let factor = factor.filter(|factor| !factor.is_active);
    let Factor { secret: held, .. } = factor.ok_or_else(|| Refusal::not_found("second factor"))?;
    let secret = opened(state, by.workspace.id, user, &held)?;
    let step = totp::step_of(&secret, code, state.clock.now()).ok_or_else(wrong_code)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        codes.push(grouped(&store::message_key()?));
    }
    let hashes: Vec<_> = codes.iter().map(|code| recovery_hash(code)).collect();
    if !state
        .store
        .activate_factor(user, (&held, step), &hashes)
        .await?
    {
        return Err(Refusal::not_found("second factor").into());
    }
    audit(state, &by.principal, "factor.set_up", email, "").await?;
    Ok(codes)
}

/// Switches one's own factor off, with the password and a code.
///
/// # Errors
/// [`Refusal::Invalid`] when either is wrong, [`Refusal::Throttled`] after too many.
pub async fn switch_off(state: &AppState, by: &Signed, password: String, code: &str) -> Result<()> {
    let (user, email) = own(by)?;
    confirm::check_own_password(state, by, "password", password).await?;
    throttle::admit_code(state, email).await?;
    if used(state, by.workspace.id, user, code).await?.is_none() {
        log_door(state, DoorEvent::CodeFailed, email, "");
        return Err(wrong_code());
    }
    state.store.remove_factor(user).await?;
    audit(state, &by.principal, "factor.switched_off", email, "").await
}

/// Takes the factor off somebody of the workspace who lost it.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such person, or they have none.
pub async fn reset(state: &AppState, by: &Signed, email: &str) -> Result<()> {
    let user = state.store.user_of(by.workspace.id, email).await?;
    if !state.store.remove_factor(user.id).await? {
        return Err(Refusal::not_found("second factor").into());
    }
    audit(state, &by.principal, "factor.reset", &user.email, "").await
}

/// Ends a sign-in that owes a code, with that code or a recovery code.
///
/// # Errors
/// [`Refusal::NotFound`] when the sign-in is too old, [`Refusal::Invalid`] for a wrong code, [`Refusal::Throttled`] after
/// too many.
pub async fn sign_in_with_code(
    state: &AppState,
    token: &str,
    code: &str,
    visit: Visit<'_>,
) -> Result<Secret> {
    let pending = secret::hash(token);
    let found = state
        .store
        .pending_sign_in(&pending, state.clock.now())
        .await?;
    let PendingSignIn {
        user,
        email,
        workspace,
        password_hash,
    } = found.ok_or_else(|| Refusal::not_found("sign-in"))?;
    if let Err(error) = throttle::admit_code(state, &email).await {
        log_door(state, DoorEvent::Throttled, &email, visit.network);
        return Err(error);
    }
    match used(state, workspace, user, code).await? {
        None => {
            log_door(state, DoorEvent::CodeFailed, &email, visit.network);
            return Err(wrong_code());
        }
        Some(Used::Recovery) => {
            log_door(state, DoorEvent::RecoveryCodeUsed, &email, visit.network);
            let entry = ("factor.recovery_code_used", email.as_str(), "");
            record::audit_as(state, workspace, &email, entry).await?;
        }
        Some(Used::Code) => {}
    }
    state.store.end_pending_sign_in(&pending).await?;
    let token = session::open(state, user, &password_hash, visit.browser).await?;
    throttle::forget_codes(state, &email).await?;
    log_door(state, DoorEvent::SignedIn, &email, visit.network);
    Ok(token)
}

/// What was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Used {
    Code,
    Recovery,
}

/// Uses a code or a recovery code up; none when it is neither.
async fn used(state: &AppState, ws: WorkspaceId, user: i64, code: &str) -> Result<Option<Used>> {
    let factor = state.store.factor(user).await?;
    let Some(factor) = factor.filter(|factor| factor.is_active) else {
        return Ok(None);
    };
    let secret = opened(state, ws, user, &factor.secret)?;
    if let Some(step) = totp::step_of(&secret, code, state.clock.now()) {
        let is_new = state.store.use_factor_step(user, step).await?;
        return Ok(is_new.then_some(Used::Code));
    }
    let is_one = state
        .store
        .use_recovery_code(user, &recovery_hash(code))
        .await?;
    Ok(is_one.then_some(Used::Recovery))
}

/// `0123456789abcdef` as `0123-4567-89ab-cdef`.
fn grouped(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join("-")
}

/// However it was typed. A fast hash will do: there are 80 random bits in it.
fn recovery_hash(code: &str) -> [u8; 32] {
    let letters: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    secret::hash(&format!("recovery {letters}"))
}

fn wrong_code() -> Error {
    Refusal::invalid("code", "this code is wrong, or was used already").into()
}

fn failure(error: std::io::Error) -> Error {
    Error::Configuration(error.to_string())
}

/// Whether somebody is asked for a code.
pub(super) async fn is_active(state: &AppState, user: i64) -> Result<bool> {
    let factor = state.store.factor(user).await?;
    Ok(factor.is_some_and(|factor| factor.is_active))
}
