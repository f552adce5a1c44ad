//! One-time links by which people choose their own password. No admin types a password for somebody else.

use chrono::Duration;
use domain::{Refusal, user::Role};
use store::{Error, UserRow};

use super::{Admitted, Secret, Signed, Visit, audit, check_strength, record, secret, session};
use crate::state::AppState;

/// How long an invitation is good for.
const INVITATION_LIFE: Duration = Duration::hours(72);
/// How long a reset is good for.
const RESET_LIFE: Duration = Duration::hours(24);

/// Path of the page on which a password is chosen.
pub const PATH: &str = "/join";

/// Adds a person to the workspace and returns the link to be given to them, this once.
///
/// # Errors
/// As [`store::Store::invite_user`].
pub async fn invite(
    state: &AppState,
    by: &Signed,
    email: &str,
    role: Role,
) -> Result<String, Error> {
    let (token, now) = (new_secret()?, state.clock.now());
    let ends = now + INVITATION_LIFE;
    let ws = by.workspace.id;
    let user = state
        .store
        .invite_user(ws, (email, role), &token.hash(), (now, ends))
        .await?;
    audit(
        state,
        &by.principal,
        "person.invited",
        &user.email,
        role.as_str(),
    )
    .await?;
    Ok(link(state, &token))
}

/// A new link for somebody of the workspace: an invitation again for whoever hasn't come yet, else a reset of their
/// password. Nothing changes for them until it is used.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such person.
pub async fn reset(state: &AppState, by: &Signed, email: &str) -> Result<String, Error> {
    let (token, ws) = (new_secret()?, by.workspace.id);
    let user = state.store.user_of(ws, email).await?;
    let (life, action) = if user.is_invited {
        (INVITATION_LIFE, "person.invited_again")
    } else {
        (RESET_LIFE, "password.reset_link_made")
    };
    let ends = state.clock.now() + life;
    state
        .store
        .make_password_link(ws, &user.email, &token.hash(), ends)
        .await?;
    audit(state, &by.principal, action, &user.email, "").await?;
    Ok(link(state, &token))
}

/// Whether a password may be chosen with this token.
///
/// # Errors
/// When the database fails.
pub async fn is_open(state: &AppState, token: &str) -> Result<bool, Error> {
    let now = state.clock.now();
    let found = state
        .store
        .user_by_password_link(&secret::hash(token), now)
        .await?;
    Ok(found.is_some())
}

/// Uses a link: sets the password, ends the person's sessions, and signs them in. Who has a second factor is asked for
/// its code: a link stands in for a password alone.
///
/// # Errors
/// [`Refusal::NotFound`] when the link is not good any more, [`Refusal::Invalid`] when the password won't do.
pub async fn join(
    state: &AppState,
    token: &str,
    password: &str,
    visit: Visit<'_>,
) -> Result<Admitted, Error> {
    let (link, now) = (secret::hash(token), state.clock.now());
    let found = state.store.user_by_password_link(&link, now).await?;
    // Hashing costs: not without a link.
    let UserRow {
        email,
        workspace,
        is_invited,
        ..
    } = found.ok_or_else(|| Refusal::not_found("link"))?;
    let name = state.store.workspace(workspace).await?.name;
    check_strength(password, &[&email, &name])?;
    let hash = state
        .passwords
        .hash(password.to_owned())
        .await
        .map_err(|error| Error::Configuration(error.to_string()))?;
    let user = state.store.use_password_link(&link, &hash, now).await?;
    state.revocations.announce();
    let action = if is_invited {
        "person.joined"
    } else {
        "password.reset"
    };
    record::audit_as(state, workspace, &email, (action, &email, "")).await?;
    session::admit(state, (user.id, &user.email, &hash), visit).await
}

fn new_secret() -> Result<Secret, Error> {
    Secret::random("").map_err(|error| Error::Configuration(error.to_string()))
}

fn link(state: &AppState, token: &Secret) -> String {
    let origin = state.settings.base_url.origin();
    format!("{origin}{PATH}/{}", token.reveal())
}
