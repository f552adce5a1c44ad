//! Recording what became of messages, however long the database takes to be able to.

use std::time::Duration;

use domain::carrier::Protocol;
use store::{Handed, Outcome, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Engine,
    send::{Answered, Batch, Said},
};
use crate::outcome::AccountWord;

/// Outcomes recorded in one transaction.
const RECORDED_AT_ONCE: usize = 128;
/// How often a database that can't just now is asked to record them when the server is about to end. Otherwise it is asked
/// until the lease is over, because what isn't recorded is uncertain.
const RECORD_TRIES: u32 = 20;
/// Between two of these.
const RECORD_PAUSE: Duration = Duration::from_millis(250);

impl Engine {
    /// Records answers until there are no more; what they say of the account.
    pub(super) async fn record_all(
        &self,
        batch: &Batch<'_>,
        mut known: mpsc::Receiver<Answered>,
    ) -> Result<Said> {
        let mut said = Said::default();
        let mut chunk = Vec::new();
        while known.recv_many(&mut chunk, RECORDED_AT_ONCE).await > 0 {
            self.note(batch, &mut chunk, &mut said).await?;
        }
        Ok(said)
    }

    /// Records what these answers say of their messages, and remembers what they say of the account.
    async fn note(
        &self,
        batch: &Batch<'_>,
        chunk: &mut Vec<Answered>,
        said: &mut Said,
    ) -> Result<()> {
        if batch.account.protocol == Protocol::Sandbox {
            let answered: &[Answered] = chunk;
            self.persist(batch.shutdown, || self.expect_receipts(batch, answered))
                .await?;
        }
        let mut handed = Vec::with_capacity(chunk.len());
        for answered in chunk.drain(..) {
            said.has_taken |= matches!(answered.handed.outcome, Outcome::Submitted { .. });
            match answered.word {
                AccountWord::None => {}
                AccountWord::Pause(until) => said.pause = said.pause.max(Some(until)),
                AccountWord::Trouble(reason) => said.trouble = Some(reason),
            }
            handed.push(answered.handed);
        }
        self.record(batch.worker, batch.shutdown, &handed).await
    }

    /// Records outcomes. What isn't recorded is uncertain in the end.
    pub(super) async fn record(
        &self,
        worker: &str,
        shutdown: &CancellationToken,
        handed: &[Handed],
    ) -> Result<()> {
        self.persist(shutdown, || self.store().record(worker, handed, self.now()))
            .await
            .map(drop)
    }

    /// Does it again and again while the database can't just now, such as on a full disk. Meanwhile the worker begins
    /// nothing else.
    async fn persist<T, F: Future<Output = Result<T>>>(
        &self,
        shutdown: &CancellationToken,
        attempt: impl Fn() -> F,
    ) -> Result<T> {
        let lease = self.options().lease.to_std().unwrap_or_default();
        let since = tokio::time::Instant::now();
        let mut tries = 1;
        loop {
            match attempt().await {
                Err(error)
                    if error.is_passing()
                        && since.elapsed() < lease
                        && (tries < RECORD_TRIES || !shutdown.is_cancelled()) =>
                {
                    if tries == 1 {
                        tracing::warn!(%error, "what was handed over can't be recorded; trying again");
                    }
                    tries += 1;
                    tokio::time::sleep(RECORD_PAUSE).await;
                }
                other => return other,
            }
        }
    }
}
