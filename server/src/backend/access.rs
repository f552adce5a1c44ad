//! People, tokens, and one's own account.

use app::backend::{AccessBackend, Answer, Person, TokenInfo};
use domain::{
    Refusal,
    account::{FactorInfo, SessionInfo},
    user::{Role, Scope},
};
use store::{Error, Result};

use super::RequestBackend;
use crate::{
    auth::{
        Action, Actor, Signed, TOKEN_DAYS, audit, check_own_password, check_strength, confirm,
        factor, link, new_token, token_end,
    },
    state::AppState,
};

impl AccessBackend for RequestBackend {
    fn confirm_password(&self, password: String) -> Answer<()> {
        self.answer(Action::Read, |state, by| async move {
            confirm(&state, &by, password).await
        })
    }

    fn people(&self) -> Answer<Vec<Person>> {
        self.answer(Action::Administer, |state, by| async move {
            people(&state, &by).await
        })
    }

    fn add_person(&self, email: String, role: Role) -> Answer<String> {
        self.answer_confirmed(Action::Administer, move |state, by| async move {
            link::invite(&state, &by, &email, role).await
        })
    }

    fn reset_link(&self, email: String) -> Answer<String> {
        self.answer_confirmed(Action::Administer, |state, by| async move {
            link::reset(&state, &by, &email).await
        })
    }

    fn reset_factor(&self, email: String) -> Answer<()> {
        self.answer_confirmed(Action::Administer, |state, by| async move {
            factor::reset(&state, &by, &email).await
        })
    }

    fn remove_person(&self, email: String) -> Answer<()> {
        self.answer_confirmed(Action::Administer, |state, by| async move {
            let user = state.store.user_of(by.workspace.id, &email).await?;
            state.store.remove_user(by.workspace.id, &email).await?;
            state.revocations.announce();
            let role = user.role.as_str();
            audit(&state, &by.principal, "person.removed", &user.email, role).await
        })
    }

    fn tokens(&self) -> Answer<Vec<TokenInfo>> {
        self.answer(Action::Administer, |state, by| async move {
            tokens(&state, &by).await
        })
    }

    fn create_token(&self, name: String, scopes: Vec<Scope>, days: Option<u32>) -> Answer<String> {
        self.answer_confirmed(Action::Administer, move |state, by| async move {
            create_token(&state, &by, &name, &scopes, days).await
        })
    }

    fn revoke_token(&self, id: String) -> Answer<()> {
        self.answer_confirmed(Action::Administer, |state, by| async move {
            let name = state.store.revoke_token(by.workspace.id, &id).await?;
            state.tokens.forget();
            state.revocations.announce();
            audit(&state, &by.principal, "token.revoked", &name, "").await
        })
    }

    fn change_password(&self, current: String, new: String) -> Answer<()> {
        self.answer(Action::Read, |state, by| async move {
            change_password(&state, &by, current, new).await
        })
    }

    fn sessions(&self) -> Answer<Vec<SessionInfo>> {
        self.answer(Action::Read, |state, by| async move {
            sessions(&state, &by).await
        })
    }

    fn end_session(&self, id: String) -> Answer<()> {
        self.answer(Action::Read, |state, by| async move {
            end_session(&state, &by, &id).await
        })
    }

    fn end_other_sessions(&self) -> Answer<()> {
        self.answer(Action::Read, |state, by| async move {
            let (user, email) = own(&by)?;
            let ended = state.store.close_other_sessions(user, &by.session).await?;
            state.revocations.announce();
            let detail = format!("{ended} sessions");
            audit(
                &state,
                &by.principal,
                "session.others_ended",
                email,
                &detail,
            )
            .await
        })
    }

    fn factor(&self) -> Answer<FactorInfo> {
        self.answer(Action::Read, |state, by| async move {
            factor::info(&state, &by).await
        })
    }

    fn begin_factor(&self) -> Answer<()> {
        self.answer_confirmed(Action::Read, |state, by| async move {
            factor::begin(&state, &by).await
        })
    }

    fn activate_factor(&self, code: String) -> Answer<Vec<String>> {
        self.answer_confirmed(Action::Read, |state, by| async move {
            factor::activate(&state, &by, &code).await
        })
    }

    fn switch_off_factor(&self, password: String, code: String) -> Answer<()> {
        self.answer(Action::Read, |state, by| async move {
            factor::switch_off(&state, &by, password, &code).await
        })
    }
}

/// Key and address of whoever is signed in.
fn own(by: &Signed) -> Result<(i64, &str)> {
    match &by.principal.actor {
        Actor::Person { user, email, .. } => Ok((*user, email)),
        Actor::Token { .. } => Err(Refusal::Forbidden.into()),
    }
}

async fn people(state: &AppState, by: &Signed) -> Result<Vec<Person>> {
    let users = state.store.users(Some(by.workspace.id)).await?;
    let with_factor = state.store.users_with_factor(by.workspace.id).await?;
    let people = users.into_iter().map(|user| Person {
        has_factor: with_factor.contains(&user.id),
        email: user.email,
        role: user.role,
        last_seen_at: user.last_seen_at.map(|at| at.to_rfc3339()),
        is_invited: user.is_invited,
    });
    Ok(people.collect())
}

async fn tokens(state: &AppState, by: &Signed) -> Result<Vec<TokenInfo>> {
    let tokens = state.store.tokens(Some(by.workspace.id)).await?;
    let now = state.clock.now();
    let tokens = tokens.into_iter().map(|token| TokenInfo {
        is_expired: token.is_expired(now),
        id: token.id,
        name: token.name,
        scopes: token.scopes,
        created_at: token.created_at.to_rfc3339(),
        last_used_at: token.last_used_at.map(|at| at.to_rfc3339()),
        expires_at: token.expires_at.map(|at| at.to_rfc3339()),
    });
    Ok(tokens.collect())
}

async fn create_token(
    state: &AppState,
    by: &Signed,
    name: &str,
    scopes: &[Scope],
    days: Option<u32>,
) -> Result<String> {
    if days.is_some_and(|days| !TOKEN_DAYS.contains(&days)) {
        return Err(Refusal::invalid("days", "choose how long the token is good for").into());
    }
    let (token, now) = (new_token().map_err(failure)?, state.clock.now());
    let life = (now, token_end(now, days));
    let row = state
        .store
        .create_token(by.workspace.id, name, scopes, &token.hash(), life)
        .await?;
    let scopes: Vec<_> = row.scopes.iter().map(|scope| scope.as_str()).collect();
    let days = days.map_or_else(|| "no end".to_owned(), |days| format!("{days} days"));
    let detail = format!("{}; {days}", scopes.join(", "));
    audit(state, &by.principal, "token.created", &row.name, &detail).await?;
    Ok(token.reveal().to_owned())
}

/// Sets a new password after checking the current one, and ends every other session.
async fn change_password(
    state: &AppState,
    by: &Signed,
    current: String,
    new: String,
) -> Result<()> {
    let (user, email) = own(by)?;
    check_strength(&new, &[email, &by.workspace.name])?;
    check_own_password(state, by, "current", current).await?;
    let hash = state.passwords.hash(new).await.map_err(failure)?;
    state
        .store
        .set_password(user, &hash, Some(&by.session))
        .await?;
    state.revocations.announce();
    audit(state, &by.principal, "password.changed", email, "").await
}

async fn sessions(state: &AppState, by: &Signed) -> Result<Vec<SessionInfo>> {
    let (user, _) = own(by)?;
    let sessions = state.store.sessions_of(user, state.clock.now()).await?;
    let sessions = sessions.into_iter().map(|session| SessionInfo {
        id: id_of(&session.token_hash),
        is_this: session.token_hash == by.session,
        created_at: session.created_at.to_rfc3339(),
        last_seen_at: session.last_seen_at.to_rfc3339(),
        browser: session.browser,
    });
    Ok(sessions.collect())
}

async fn end_session(state: &AppState, by: &Signed, id: &str) -> Result<()> {
    let (user, email) = own(by)?;
    let sessions = state.store.sessions_of(user, state.clock.now()).await?;
    let session = sessions
        .into_iter()
        .find(|session| id_of(&session.token_hash) == id);
    let session = session.ok_or_else(|| Refusal::not_found("session"))?;
    state
        .store
        .close_session_of(user, &session.token_hash)
        .await?;
    state.revocations.announce();
    audit(
        state,
        &by.principal,
        "session.ended",
        email,
        &session.browser,
    )
    .await
}

/// What a session is called in forms: half of its token's hash, in hexadecimal digits.
fn id_of(token_hash: &[u8]) -> String {
    let half = token_hash.iter().take(16);
    half.map(|byte| format!("{byte:02x}")).collect()
}

fn failure(error: std::io::Error) -> Error {
    Error::Configuration(error.to_string())
}
