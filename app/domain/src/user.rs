//! Who may do what: roles of people, scopes of tokens.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Role of a person in a workspace. Each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Also creates, changes, pauses and deletes campaigns.
    Editor,
    /// Also manages people, tokens and settings, and sees contact data unmasked.
    Admin,
}

impl Role {
    /// All roles, weakest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("unknown role {text:?}: use viewer, editor or admin"))
    }
}

/// What an API token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Post events.
    Ingest,
    /// Read campaigns and reports.
    Read,
    /// Create, change and delete campaigns.
    Write,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Ingest, Self::Read, Self::Write];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("unknown scope {text:?}: use ingest, read or write"))
    }
}

/// The signed-in person and the workspace they work in, as pages need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Address they sign in with.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// The workspace.
    pub workspace: WorkspaceInfo,
}

/// What pages show and need of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceInfo {
    /// Display name.
    pub name: String,
    /// IANA zone, such as `Europe/Madrid`.
    pub time_zone: String,
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub week_start: u8,
    /// Whether its data is generated demonstration data.
    pub is_demo: bool,
    /// Today's date in the workspace zone, `YYYY-MM-DD`, read from the server's clock.
    pub today: chrono::NaiveDate,
}
