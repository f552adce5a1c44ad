//! The first person of a new server.
//!
//! Nobody can sign up. Whoever can read the server's console can make the first admin, once, with the link
//! printed there; everyone else is added by an admin.

use chrono::Duration;
use domain::Refusal;
use store::{Error, NewWorkspace, WorkspaceId};

use super::{Secret, Visit, check_strength, record, secret, session};
use crate::{config::BaseUrl, state::AppState};

/// How long the link on the console is good for; a restart prints a new one.
const LINK_LIFE: Duration = Duration::hours(24);

/// Path of the set-up page.
pub const PATH: &str = "/setup";

/// When nobody can sign in to a workspace of their own yet: a fresh one-time link, to be shown on the console.
///
/// # Errors
/// When the database fails.
pub async fn announce_setup_link(state: &AppState) -> Result<Option<String>, Error> {
    // Whoever looks at the demonstration can't make anything of their own.
    if state.store.has_own_users().await? {
        return Ok(None);
    }
    let token = Secret::random("").map_err(|error| Error::Configuration(error.to_string()))?;
    state
        .store
        .replace_setup_link(&token.hash(), state.clock.now() + LINK_LIFE)
        .await?;
    Ok(Some(link(&state.settings.base_url, &token)))
}

fn link(base_url: &BaseUrl, token: &Secret) -> String {
    format!("{}{PATH}?token={}", base_url.origin(), token.reveal())
}

/// Spends the link: makes the first admin and signs them in.
///
/// # Errors
/// A refusal when the link is not good any more, or the address or password won't do.
pub async fn set_up(
    state: &AppState,
    token: &str,
    email: &str,
    password: &str,
    visit: Visit<'_>,
) -> Result<Secret, Error> {
    // Judging and hashing a password costs: not without a link.
    let link = secret::hash(token);
    if !state
        .store
        .setup_link_is_open(&link, state.clock.now())
        .await?
    {
        return Err(Refusal::not_found("set-up link").into());
    }
    check_strength(password, &[email])?;
    let hash = state
        .passwords
        .hash(password.to_owned())
        .await
        .map_err(|error| Error::Configuration(error.to_string()))?;
    if state.store.user_by_email(email).await?.is_some() {
        // Nobody but the demonstration's own admin can be there.
        return Err(Refusal::invalid("email", "the demonstration has this address").into());
    }
    let ws = first_workspace(state).await?;
    let user = state
        .store
        .create_first_user(ws, email, &hash, &link, state.clock.now())
        .await?;
    let entry = ("person.set_up", user.email.as_str(), user.role.as_str());
    record::audit_as(state, ws, &user.email, entry).await?;
    session::open(state, user.id, &hash, visit.browser).await
}

/// The oldest workspace; makes one when there is none.
async fn first_workspace(state: &AppState) -> Result<WorkspaceId, Error> {
    default_workspace(&state.store, state.settings.time_zone, state.clock.now()).await
}

/// The oldest workspace of a store that holds no demonstration; makes one when there is none.
///
/// # Errors
/// When the database fails.
pub async fn default_workspace(
    store: &store::Store,
    time_zone: chrono_tz::Tz,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<WorkspaceId, Error> {
    if let Some(first) = store.workspaces().await?.iter().find(|ws| !ws.is_demo) {
        return Ok(first.id);
    }
    let new = NewWorkspace {
        name: "Workspace".to_owned(),
        time_zone: time_zone.name().to_owned(),
        week_start: 1,
        is_demo: false,
    };
    Ok(store.create_workspace(new, now).await?.id)
}

/// Gives a workspace that nothing was made of yet the time zone asked for. A command may have made it before the
/// server was told the zone. One with campaigns, or with a zone of its own, keeps what it has; that zone is
/// returned when it is another.
///
/// # Errors
/// When the database fails.
pub async fn adopt_time_zone(
    store: &store::Store,
    ws: WorkspaceId,
    zone: chrono_tz::Tz,
) -> Result<Option<chrono_tz::Tz>, Error> {
    let row = store.workspace(ws).await?;
    if row.time_zone == zone {
        return Ok(None);
    }
    // The first campaign gives the first change number.
    if row.seq > 0 || row.time_zone != chrono_tz::UTC {
        return Ok(Some(row.time_zone));
    }
    store
        .update_workspace(ws, &row.name, zone.name(), row.week_start, &row.ip_policy)
        .await?;
    Ok(None)
}
