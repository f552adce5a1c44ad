//! The one table of rights.

use domain::{
    Refusal,
    user::{Role, Scope},
};
use store::WorkspaceId;

/// Something that needs a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Post events.
    Ingest,
    /// Read campaigns, reports and masked recipients.
    Read,
    /// See recipients unmasked, and export events, which hold them.
    SeeContacts,
    /// Create, change and delete campaigns.
    Write,
    /// Delete contacts and take addresses off the blocklist.
    Curate,
    /// Manage people, tokens and settings.
    Administer,
}

impl From<Scope> for Action {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Ingest => Self::Ingest,
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
        }
    }
}

/// Whoever stands behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Someone signed in.
    Person {
        /// Key of the person.
        user: i64,
        /// Their address.
        email: String,
        /// Their role.
        role: Role,
    },
    /// A program with a token.
    Token {
        /// Id of the token.
        id: String,
        /// Its scopes.
        scopes: Vec<Scope>,
    },
}

impl Actor {
    /// Who it is, in the audit log: the address of a person, the id of a token.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Person { email, .. } => email.clone(),
            Self::Token { id, .. } => format!("token:{id}"),
        }
    }
}

/// An actor and the one workspace they may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The workspace every query of this request is bound to.
    pub workspace: WorkspaceId,
    /// Who it is.
    pub actor: Actor,
}

impl Principal {
    /// Checks a right, and logs it when it is missing.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when the right is missing.
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        if self.allows(action) {
            Ok(())
        } else {
            super::record::log_refused(self, action);
            Err(Refusal::Forbidden)
        }
    }

    /// Whether a right is there. Nothing else in the server decides on rights.
    ///
    /// A token that may read sees contacts: only an admin can make one, and it never reaches a browser.
    #[must_use]
    pub fn allows(&self, action: Action) -> bool {
        match (&self.actor, action) {
            (Actor::Person { role, .. }, Action::Read) => *role >= Role::Viewer,
            (Actor::Person { role, .. }, Action::Write) => *role >= Role::Editor,
            (
                Actor::Person { role, .. },
                Action::SeeContacts | Action::Curate | Action::Administer,
            ) => *role >= Role::Admin,
            // Events come from programs: a stolen session must not be able to forge history.
            (Actor::Person { .. }, Action::Ingest) => false,
            (Actor::Token { scopes, .. }, Action::Ingest) => scopes.contains(&Scope::Ingest),
            (Actor::Token { scopes, .. }, Action::Read | Action::SeeContacts) => {
                scopes.contains(&Scope::Read)
            }
            // A program that was given the right to write also forgets people who ask for it.
            (Actor::Token { scopes, .. }, Action::Write | Action::Curate) => {
                scopes.contains(&Scope::Write)
            }
            (Actor::Token { .. }, Action::Administer) => false,
        }
    }

    /// Whether recipients are shown unmasked.
    #[must_use]
    pub fn sees_contacts(&self) -> bool {
        self.allows(Action::SeeContacts)
    }
}
