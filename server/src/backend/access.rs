//! People, tokens and passwords.

use app::backend::{Person, TokenInfo};
use domain::{
    Refusal,
    user::{Role, Scope},
};
use store::{Error, Result};

use crate::{
    auth::{Actor, Signed, check_strength, new_token},
    state::AppState,
};

pub(super) async fn people(state: &AppState, by: &Signed) -> Result<Vec<Person>> {
    let users = state.store.users(Some(by.workspace.id)).await?;
    let people = users.into_iter().map(|user| Person {
        email: user.email,
        role: user.role,
        last_seen_at: user.last_seen_at.map(|at| at.to_rfc3339()),
    });
    Ok(people.collect())
}

pub(super) async fn add_person(
    state: &AppState,
    by: &Signed,
    email: &str,
    role: Role,
    password: String,
) -> Result<()> {
    check_strength(&password)?;
    let hash = state.passwords.hash(password).await.map_err(failure)?;
    state
        .store
        .create_user(by.workspace.id, email, role, &hash, state.clock.now())
        .await?;
    Ok(())
}

pub(super) async fn tokens(state: &AppState, by: &Signed) -> Result<Vec<TokenInfo>> {
    let tokens = state.store.tokens(Some(by.workspace.id)).await?;
    let tokens = tokens.into_iter().map(|token| TokenInfo {
        id: token.id,
        name: token.name,
        scopes: token.scopes,
        created_at: token.created_at.to_rfc3339(),
        last_used_at: token.last_used_at.map(|at| at.to_rfc3339()),
    });
    Ok(tokens.collect())
}

pub(super) async fn create_token(
    state: &AppState,
    by: &Signed,
    name: &str,
    scopes: &[Scope],
) -> Result<String> {
    let (token, now) = (new_token().map_err(failure)?, state.clock.now());
    state
        .store
        .create_token(by.workspace.id, name, scopes, &token.hash(), now)
        .await?;
    Ok(token.reveal().to_owned())
}

/// Sets a new password after checking the current one, and ends every other session.
pub(super) async fn change_password(
    state: &AppState,
    by: &Signed,
    current: String,
    new: String,
) -> Result<()> {
    let Actor::Person { user, email, .. } = &by.principal.actor else {
        return Err(Refusal::Forbidden.into());
    };
    check_strength(&new)?;
    crate::auth::admit_password_check(state, email).await?;
    let hash = state
        .store
        .user_by_email(email)
        .await?
        .map(|(_, hash)| hash);
    if !state
        .passwords
        .verify(current, hash)
        .await
        .map_err(failure)?
    {
        return Err(Refusal::invalid("current", "this is not your password").into());
    }
    let hash = state.passwords.hash(new).await.map_err(failure)?;
    state
        .store
        .set_password(*user, &hash, Some(&by.session))
        .await?;
    state.revocations.announce();
    Ok(())
}

fn failure(error: std::io::Error) -> Error {
    Error::Configuration(error.to_string())
}
