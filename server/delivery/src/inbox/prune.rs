//! Forgetting what is old.

use chrono::TimeDelta;
use store::Result;

use crate::{clicks::REMEMBERED, engine::Engine};

/// Items of the inbox forgotten in one step: small, so that nobody waits long for the database.
const BATCH: u32 = 500;
/// How long to wait after a look that found little.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// How long items are kept at least that weren't understood, or said something unknown: somebody may look at them.
const ODD: TimeDelta = TimeDelta::days(180);

impl Engine {
    /// Forgets old items of the inbox, and clicks that no other click can be a neighbour of. Returns how many items.
    pub(crate) async fn forget_old(&self) -> Result<u64> {
        let now = self.now();
        if now < *self.next_look() {
            return Ok(0);
        }
        self.store().clicks_forget(now - REMEMBERED).await?;
        let forgotten = match self.options().keep_inbox {
            None => 0,
            Some(keep) => {
                let odd = now - ODD.max(keep);
                self.store().inbox_prune(now - keep, odd, BATCH).await?
            }
        };
        if forgotten < u64::from(BATCH) {
            *self.next_look() = now + PAUSE;
        }
        Ok(forgotten)
    }
}
