//! What Settings reads and changes. Each function leaves authorising to the backend.

use domain::user::Role;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::flash::{self, Kept};
use crate::error::AppError;

/// Everything an admin sees in Settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Display name of the workspace.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// 1 = Monday … 7 = Sunday.
    pub week_start: u8,
    /// `truncate` or `drop`.
    pub ip_policy: String,
    /// Every zone there is.
    #[serde(default)]
    pub zones: Vec<String>,
    /// People of the workspace.
    #[serde(default)]
    pub people: Vec<Person>,
    /// API tokens.
    #[serde(default)]
    pub tokens: Vec<Token>,
    /// A token made by a form without scripts, shown this once.
    pub made_token: Option<String>,
    /// A link made by a form without scripts, shown this once.
    pub made_link: Option<String>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Address they sign in with.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// RFC 3339 time of the last sign-in.
    pub last_seen_at: Option<String>,
    /// Whether they have not chosen a password yet.
    pub is_invited: bool,
    /// Whether they are asked for a code when they sign in.
    pub has_factor: bool,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Opaque id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it may be used for, as a list of words.
    pub scopes: String,
    /// RFC 3339 time of its last use.
    pub last_used_at: Option<String>,
    /// RFC 3339 time of its end; none without one.
    pub expires_at: Option<String>,
    /// Whether that time has come.
    pub is_expired: bool,
}

/// Reads all of it.
#[server(input = GetUrl)]
pub async fn load_settings() -> Result<Settings, AppError> {
    let backend = crate::backend::backend()?;
    let settings = backend.settings().await?;
    let people = backend.people().await?.into_iter();
    let tokens = backend.tokens().await?.into_iter();
    Ok(Settings {
        name: settings.name,
        time_zone: settings.time_zone,
        week_start: settings.week_start,
        ip_policy: settings.ip_policy,
        zones: crate::zone::names(),
        people: people
            .map(|p| Person {
                email: p.email,
                role: p.role,
                last_seen_at: p.last_seen_at,
                is_invited: p.is_invited,
                has_factor: p.has_factor,
            })
            .collect(),
        tokens: tokens
            .map(|t| Token {
                id: t.id,
                name: t.name,
                scopes: t
                    .scopes
                    .iter()
                    .map(|s| s.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
                last_used_at: t.last_used_at,
                expires_at: t.expires_at,
                is_expired: t.is_expired,
            })
            .collect(),
        made_token: flash::take(Kept::Token),
        made_link: flash::take(Kept::Link),
    })
}

/// Changes the workspace.
#[server]
pub async fn save_workspace(
    name: String,
    time_zone: String,
    week_start: u8,
    ip_policy: String,
) -> Result<(), AppError> {
    let settings = crate::backend::WorkspaceSettings {
        name,
        time_zone,
        week_start,
        ip_policy,
    };
    crate::backend::backend()?.update_settings(settings).await
}

/// Gives one's password again, so that this session may change who can come in for the next ten minutes.
#[server]
pub async fn confirm_password(password: String) -> Result<(), AppError> {
    crate::backend::backend()?.confirm_password(password).await
}

/// Adds someone, and returns the link by which they choose a password, this once.
#[server]
pub async fn add_person(email: String, role: Role) -> Result<String, AppError> {
    let link = crate::backend::backend()?.add_person(email, role).await?;
    flash::put(Kept::Link, &link);
    Ok(link)
}

/// Makes a new link for someone and returns it, this once.
#[server]
pub async fn reset_link(email: String) -> Result<String, AppError> {
    let link = crate::backend::backend()?.reset_link(email).await?;
    flash::put(Kept::Link, &link);
    Ok(link)
}

/// Takes the second factor off somebody who lost it.
#[server]
pub async fn reset_factor(email: String) -> Result<(), AppError> {
    crate::backend::backend()?.reset_factor(email).await
}

/// Removes someone.
#[server]
pub async fn remove_person(email: String) -> Result<(), AppError> {
    crate::backend::backend()?.remove_person(email).await
}

/// Makes a token and returns it, this once. `days` until its end, or `none`; 90 unless said.
#[server]
pub async fn create_token(
    name: String,
    #[server(default)] days: String,
    #[server(default)] ingest: bool,
    #[server(default)] read: bool,
    #[server(default)] write: bool,
) -> Result<String, AppError> {
    use domain::{Refusal, user::Scope};

    let scopes: Vec<_> = [
        (Scope::Ingest, ingest),
        (Scope::Read, read),
        (Scope::Write, write),
    ]
    .into_iter()
    .filter_map(|(scope, wanted)| wanted.then_some(scope))
    .collect();
    if scopes.is_empty() {
        return Err(Refusal::invalid("Scopes", "choose at least one").into());
    }
    let days = match days.as_str() {
        "" => Some(90),
        "none" => None,
        text => {
            let days = text.parse().ok();
            Some(days.ok_or_else(|| Refusal::invalid("days", "use a number of days, or none"))?)
        }
    };
    let token = crate::backend::backend()?
        .create_token(name, scopes, days)
        .await?;
    flash::put(Kept::Token, &token);
    Ok(token)
}

/// Revokes a token.
#[server]
pub async fn revoke_token(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.revoke_token(id).await
}

/// Changes one's own password.
#[server]
pub async fn change_password(current: String, new: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .change_password(current, new)
        .await
}
