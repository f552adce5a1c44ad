//! Who did what: entries for the people of a workspace, and lines for whoever runs the server.
//!
//! The audit log is read on the Activity page. Log lines have the target `security` and name people by a keyed hash:
//! lines of one account belong together, and nobody's address is in the log.

use store::Error;

use super::Principal;
use crate::state::AppState;

/// Writes an entry of the workspace's audit log, and a log line. `detail` holds no contact data.
///
/// # Errors
/// When the database fails.
pub async fn audit(
    state: &AppState,
    by: &Principal,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    audit_as(
        state,
        by.workspace,
        &by.actor.name(),
        (action, subject, detail),
    )
    .await
}

/// As [`audit`], for somebody who has no session: whoever opens a link, or owes a code.
///
/// # Errors
/// When the database fails.
pub(super) async fn audit_as(
    state: &AppState,
    workspace: store::WorkspaceId,
    actor: &str,
    (action, subject, detail): (&str, &str, &str),
) -> Result<(), Error> {
    let by = pseudonym(state, actor);
    tracing::info!(target: "security", event = action, by, workspace = workspace.0);
    let now = state.clock.now();
    state
        .store
        .audit(workspace, actor, action, subject, detail, now)
        .await
}

/// What happens at the door, as the log calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DoorEvent {
    /// Password, and code where there is one, were right.
    SignedIn,
    /// The password was right; the code of the second factor is owed.
    CodeOwed,
    /// Wrong address or password.
    Failed,
    /// Wrong code of a second factor.
    CodeFailed,
    /// Too many attempts.
    Throttled,
    /// A recovery code was used instead of the second factor.
    RecoveryCodeUsed,
    /// The password was given again before a change, and was wrong.
    ConfirmationFailed,
}

impl DoorEvent {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "sign_in",
            Self::CodeOwed => "sign_in_code_owed",
            Self::Failed => "sign_in_failed",
            Self::CodeFailed => "sign_in_code_failed",
            Self::Throttled => "throttled",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::ConfirmationFailed => "confirmation_failed",
        }
    }

    fn is_good(self) -> bool {
        matches!(self, Self::SignedIn | Self::CodeOwed)
    }
}

/// Logs what happened at the door. `network` is where the request came from, empty when that isn't known.
pub(super) fn log_door(state: &AppState, event: DoorEvent, email: &str, network: &str) {
    let account = pseudonym(state, email);
    let network = pseudonym(state, network);
    let event_name = event.as_str();
    if event.is_good() {
        tracing::info!(target: "security", event = event_name, account, network);
    } else {
        tracing::warn!(target: "security", event = event_name, account, network);
    }
}

/// Logs that somebody who is signed in, or a token, was refused for want of a right.
pub(super) fn log_refused(by: &Principal, action: super::Action) {
    let workspace = by.workspace.0;
    match &by.actor {
        super::Actor::Person { user, role, .. } => {
            tracing::warn!(target: "security", event = "role_refused", user, role = role.as_str(), ?action, workspace);
        }
        super::Actor::Token { id, .. } => {
            tracing::warn!(target: "security", event = "scope_refused", token = id.as_str(), ?action, workspace);
        }
    }
}

/// A name for an address in the log: the same for the same address, and of no use without the server's key.
fn pseudonym(state: &AppState, text: &str) -> String {
    state
        .carriers
        .vault()
        .pseudonym(&text.trim().to_lowercase())
}
