//! People, tokens, and one's own account.

use domain::{
    account::{FactorInfo, SessionInfo},
    user::{Role, Scope},
};
use serde::{Deserialize, Serialize};

use super::Answer;

/// A person who can sign in, as Settings shows them.
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

/// An API token, as Settings shows it. The token itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Opaque id.
    pub id: String,
    /// Name given to it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339 time of its last use.
    pub last_used_at: Option<String>,
    /// RFC 3339 time from which on it opens nothing; none for a token without an end.
    pub expires_at: Option<String>,
    /// Whether that time has come.
    pub is_expired: bool,
}

/// Who can come in, and how. Whatever lets somebody in is refused with
/// [`Refusal::Unconfirmed`](domain::Refusal::Unconfirmed) unless the password was given in this session within the last ten
/// minutes.
pub trait AccessBackend {
    /// Gives the password again, so that this session may change who can come in. Anyone signed in.
    fn confirm_password(&self, password: String) -> Answer<()>;
    /// People of the workspace. Admin.
    fn people(&self) -> Answer<Vec<Person>>;
    /// Adds someone, and returns the link by which they choose a password, this once. Admin, confirmed.
    fn add_person(&self, email: String, role: Role) -> Answer<String>;
    /// Returns a new link for someone, this once; using it ends their sessions. Admin, confirmed.
    fn reset_link(&self, email: String) -> Answer<String>;
    /// Takes the second factor off somebody who lost it. Admin, confirmed.
    fn reset_factor(&self, email: String) -> Answer<()>;
    /// Removes someone and ends their sessions. Admin, confirmed.
    fn remove_person(&self, email: String) -> Answer<()>;
    /// API tokens. Admin.
    fn tokens(&self) -> Answer<Vec<TokenInfo>>;
    /// Makes a token and returns it, this once. `days` until its end; none for a token without one. Admin, confirmed.
    fn create_token(&self, name: String, scopes: Vec<Scope>, days: Option<u32>) -> Answer<String>;
    /// Revokes a token. Admin, confirmed.
    fn revoke_token(&self, id: String) -> Answer<()>;
    /// Changes one's own password and ends all other sessions. Anyone signed in.
    fn change_password(&self, current: String, new: String) -> Answer<()>;
    /// One's own sessions, the one used last first. Anyone signed in.
    fn sessions(&self) -> Answer<Vec<SessionInfo>>;
    /// Ends one of one's own sessions. Anyone signed in.
    fn end_session(&self, id: String) -> Answer<()>;
    /// Ends all of one's own sessions but this one. Anyone signed in.
    fn end_other_sessions(&self) -> Answer<()>;
    /// One's own second factor. Anyone signed in.
    fn factor(&self) -> Answer<FactorInfo>;
    /// Begins one: [`Self::factor`] then has its secret. Anyone signed in, confirmed.
    fn begin_factor(&self) -> Answer<()>;
    /// Makes it count, by a first code; returns the recovery codes, this once. Anyone signed in, confirmed.
    fn activate_factor(&self, code: String) -> Answer<Vec<String>>;
    /// Switches it off, with password and code. Anyone signed in.
    fn switch_off_factor(&self, password: String, code: String) -> Answer<()>;
}
