//! What each workspace keeps of client addresses, remembered for a moment: ingest must not read the database
//! once per request.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use store::{Store, WorkspaceId};

use crate::enrich::IpPolicy;

/// How long an answer is believed.
const BELIEVED: Duration = Duration::from_secs(5);

/// The policies asked for lately.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    known: Arc<RwLock<HashMap<WorkspaceId, (IpPolicy, Instant)>>>,
}

impl Policies {
    /// The policy of a workspace. One that can't be understood keeps nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, store: &Store, workspace: WorkspaceId) -> store::Result<IpPolicy> {
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&workspace)
            .copied();
        if let Some((policy, since)) = known
            && since.elapsed() < BELIEVED
        {
            return Ok(policy);
        }
        let row = store.workspace(workspace).await?;
        let policy = row.ip_policy.parse().unwrap_or(IpPolicy::Drop);
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(workspace, (policy, Instant::now()));
        Ok(policy)
    }
}
