//! What Settings reads and changes. Each function leaves authorising to the backend.

use domain::user::Role;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

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
            })
            .collect(),
        made_token: super::flash::take(),
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

/// Adds someone.
#[server]
pub async fn add_person(email: String, role: Role, password: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .add_person(email, role, password)
        .await
}

/// Removes someone.
#[server]
pub async fn remove_person(email: String) -> Result<(), AppError> {
    crate::backend::backend()?.remove_person(email).await
}

/// Makes a token and returns it, this once.
#[server]
pub async fn create_token(
    name: String,
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
    let token = crate::backend::backend()?
        .create_token(name, scopes)
        .await?;
    super::flash::put(&token);
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
