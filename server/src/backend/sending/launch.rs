//! Tests, obstacles, launch.

use std::sync::Arc;

use carrier::Submission;
use delivery::{Accounts, TestMessage};
use domain::{
    Campaign, Channel, Refusal,
    audience::MissingValue,
    sending::{Launch, Obstacle, TestOutcome},
};
use store::{AccountRow, Prepared, SendingInfo, WorkspaceId};

use super::sample;
use crate::{
    auth::{Signed, audit},
    backend::visible::masked_for,
    state::AppState,
};

/// Addresses of one test.
const TEST_ADDRESSES_MAX: usize = 5;

/// Everything that stands in the way of launching.
pub(super) async fn obstacles(
    state: &AppState,
    ws: WorkspaceId,
    id: &str,
) -> store::Result<Vec<Obstacle>> {
    let info = state.store.sending(ws, id).await?;
    found(state, ws, &info).await
}

/// Placeholders that some of those who would be written to have no value for. Whom, as the asker sees it.
pub(super) async fn missing_values(
    state: &AppState,
    by: &Signed,
    id: &str,
) -> store::Result<Vec<MissingValue>> {
    let (ws, now) = (by.workspace.id, state.clock.now());
    let info = state.store.sending(ws, id).await?;
    let missing = delivery::missing_values(&state.store, ws, &info, now).await;
    let missing = match missing {
        Ok(missing) => missing,
        // An audience that can't be read is told as an obstacle.
        Err(store::Error::Refused(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(masked_for(&by.principal, missing))
}

async fn found(
    state: &AppState,
    ws: WorkspaceId,
    info: &SendingInfo,
) -> store::Result<Vec<Obstacle>> {
    let accounts: Arc<dyn Accounts> = Arc::new(state.carriers.clone());
    let base = state.settings.base_url.origin();
    delivery::obstacles(&state.store, &accounts, ws, info, base, state.clock.now()).await
}

/// Sends, schedules, or leaves pending. What can't be sent isn't scheduled either.
pub(super) async fn launch(
    state: &AppState,
    by: &Signed,
    id: &str,
    launch: Launch,
) -> store::Result<Campaign> {
    let (store, ws, now) = (&state.store, by.workspace.id, state.clock.now());
    let info = store.sending(ws, id).await?;
    let is_draft = info.phase == domain::sending::Phase::Draft;
    let mut prepared = Prepared::default();
    if launch != Launch::Later && is_draft {
        let obstacles = found(state, ws, &info).await?;
        if !obstacles.is_empty() {
            return Err(Refusal::Conflict(delivery::sentence(&obstacles)).into());
        }
        if launch == Launch::Now {
            let base = state.settings.base_url.origin();
            prepared = delivery::prepare(store, ws, &info, base, now).await?;
        }
    }
    let campaign = store
        .launch(ws, id, launch, &prepared, &by.actor(), now)
        .await?;
    state.wake.notify_waiters();
    Ok(campaign)
}

/// Sends one arm to a few addresses. It is counted nowhere, and nothing in it is followed.
pub(super) async fn test(
    state: &AppState,
    by: &Signed,
    id: &str,
    variant: &str,
    addresses: Vec<String>,
) -> store::Result<Vec<TestOutcome>> {
    let (store, ws) = (&state.store, by.workspace.id);
    if addresses.is_empty() || addresses.len() > TEST_ADDRESSES_MAX {
        let text = format!("give one to {TEST_ADDRESSES_MAX} addresses");
        return Err(Refusal::invalid("addresses", text).into());
    }
    let info = store.sending(ws, id).await?;
    let arm = info.draft.variants.iter().find(|arm| arm.name == variant);
    let arm = arm.ok_or_else(|| Refusal::invalid("variant", "write its message first"))?;
    let account = account(state, ws, &info).await?;
    let carrier = state.carriers.of(&account)?;
    let (values, _) = sample::values(state, by, &info, 0).await?;
    let base = state.settings.base_url.origin();
    let mut outcomes = Vec::with_capacity(addresses.len());
    for given in addresses {
        let mut problem = None;
        let address = match people::check_address(info.channel, &given, None) {
            Ok(address) => address,
            Err(words) => {
                problem = Some(words);
                given
            }
        };
        if problem.is_none() {
            let target = match info.channel {
                Channel::Push => store.push_target(ws, &address).await?,
                _ => None,
            };
            let test = TestMessage {
                address: &address,
                target: target.as_ref(),
                values: &values,
            };
            problem = match delivery::test_message(&info.draft, arm, base, test).await? {
                Ok(outgoing) => told(carrier.submit(&outgoing).await),
                Err(words) => Some(words),
            };
        }
        outcomes.push(TestOutcome { address, problem });
    }
    let sent = outcomes
        .iter()
        .filter(|outcome| outcome.problem.is_none())
        .count();
    let detail = format!("{sent} messages");
    let name = &info.campaign.name;
    audit(state, &by.principal, "campaign.tested", name, &detail).await?;
    Ok(outcomes)
}

/// The account of a draft.
async fn account(
    state: &AppState,
    ws: WorkspaceId,
    info: &SendingInfo,
) -> store::Result<AccountRow> {
    let id = info.draft.account.as_deref().unwrap_or_default();
    match state.store.account(ws, id).await {
        Err(store::Error::Refused(_)) => {
            Err(Refusal::invalid("account", "choose the account it goes out by").into())
        }
        other => other,
    }
}

/// Why the carrier didn't take a test; none when it did.
fn told(submission: Submission) -> Option<String> {
    match submission {
        Submission::Accepted { .. } => None,
        Submission::Refused { reason, .. }
        | Submission::Later { reason, .. }
        | Submission::Account { reason } => Some(reason),
        Submission::Uncertain { .. } => {
            Some("The carrier didn't answer: it may have taken the message or not.".to_owned())
        }
    }
}
