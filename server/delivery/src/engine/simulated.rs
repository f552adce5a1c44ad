//! What the simulator is going to say.

use carrier::{
    Outgoing, Submission,
    send::sandbox::{self, Facts as Sent},
};
use chrono::{DateTime, TimeDelta, Utc};
use store::{Outcome, Result};

use super::{
    Engine,
    send::{Answered, Batch},
};

impl Engine {
    /// What the simulator is going to post about these messages, put into the inbox for its time. Before the outcome is
    /// recorded: after a crash in between a receipt tells what became of the message, as a real carrier's would.
    pub(super) async fn expect_receipts(
        &self,
        batch: &Batch<'_>,
        answered: &[Answered],
    ) -> Result<()> {
        let now = self.now();
        let mut items = Vec::new();
        for answered in answered {
            let Some(outgoing) = &answered.outgoing else {
                continue;
            };
            let is_taken = match &answered.handed.outcome {
                Outcome::Submitted { .. } => true,
                // The answer was lost; the simulator knows whether the message was.
                Outcome::Uncertain { .. } => matches!(
                    batch.account.carrier.resolve(&outgoing.message).await,
                    Some(Submission::Accepted { .. })
                ),
                _ => false,
            };
            if is_taken {
                items.extend(receipts(batch, outgoing, now));
            }
        }
        self.store()
            .inbox_put(batch.active.workspace, batch.active.account, &items, now)
            .await?;
        Ok(())
    }
}

fn receipts(
    batch: &Batch<'_>,
    outgoing: &Outgoing,
    now: DateTime<Utc>,
) -> Vec<(String, Vec<u8>, DateTime<Utc>)> {
    let links = batch
        .arms
        .by_name
        .values()
        .map(|arm| arm.tracked.len())
        .max();
    let sent = Sent {
        message: &outgoing.message,
        channel: batch.active.channel,
        from: &outgoing.from,
        to: &outgoing.to,
        links: links
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or_default(),
    };
    let posts = sandbox::receipts(&batch.account.settings, sent, now).unwrap_or_default();
    let soon = now + TimeDelta::milliseconds(1);
    posts
        .into_iter()
        .map(|(at, item)| (item.key, item.body, at.max(soon)))
        .collect()
}
