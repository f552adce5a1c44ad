//! Which workspace a command works on.

use clap::Args;
use store::{Store, WorkspaceRow};

use super::Failure;
use crate::{auth::default_workspace, clock::Clock, config::TimeZoneArg};

/// Names a workspace.
#[derive(Args, Clone, Debug)]
pub(super) struct WorkspaceArg {
    /// Workspace by name or number; the first one when absent
    #[arg(long, env = "REPORTAGE_WORKSPACE", value_name = "NAME")]
    workspace: Option<String>,
    #[command(flatten)]
    time_zone: TimeZoneArg,
}

impl WorkspaceArg {
    /// The workspace named. Without a name: the oldest, made if there is none.
    pub(super) async fn find(&self, store: &Store, clock: &Clock) -> Result<WorkspaceRow, Failure> {
        let Some(wanted) = &self.workspace else {
            let ws = default_workspace(store, self.time_zone.or_utc(), clock.now()).await?;
            return Ok(store.workspace(ws).await?);
        };
        let all = store.workspaces().await?;
        let found = all
            .into_iter()
            .find(|row| row.name == *wanted || row.id.0.to_string() == *wanted);
        found.ok_or_else(|| format!("there is no workspace {wanted:?}").into())
    }
}
