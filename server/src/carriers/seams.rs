//! What the delivery engine asks of the server: accounts, and facts made of what carriers tell.

use std::fmt;

use carrier::send::Answer;
use chrono::{DateTime, Utc};
use delivery::{Account, Accounts, Facts, Unusable};
use domain::{Event, Fact};
use store::WorkspaceId;

use super::Carriers;
use crate::state::AppState;

impl Accounts for Carriers {
    fn account(&self, account: i64) -> Answer<'_, Result<Account, Unusable>> {
        Box::pin(async move {
            let row = self.store.account_by_key(account).await?;
            let Some(row) = row else {
                return Err(Unusable::Lasting("The account was deleted.".to_owned()));
            };
            let unusable = |error: store::Error| {
                if error.is_passing() {
                    Unusable::Passing(error)
                } else {
                    Unusable::Lasting(error.to_string())
                }
            };
            Ok(Account {
                protocol: row.protocol,
                carrier: self.of(&row).map_err(unusable)?,
                settings: self.settings(&row).map_err(unusable)?,
                webhook_key: row.webhook_key,
            })
        })
    }
}

/// Facts as ingest makes them: with country, system and evidence, and addresses as the workspace keeps them.
#[derive(Clone)]
pub struct EnrichedFacts(pub AppState);

impl Facts for EnrichedFacts {
    fn fact(
        &self,
        workspace: WorkspaceId,
        event: Event,
        received_at: DateTime<Utc>,
    ) -> Answer<'_, store::Result<Fact>> {
        Box::pin(async move {
            let state = &self.0;
            let policy = state.policies.of(&state.store, workspace).await?;
            Ok(state
                .enrich
                .fact(event, policy, received_at.timestamp_micros()))
        })
    }
}

impl fmt::Debug for EnrichedFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrichedFacts")
    }
}
