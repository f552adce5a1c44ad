//! Going on until told to end.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::{sync::broadcast::error::RecvError, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::Engine;
use crate::pace::jittered;

/// Longest that work which nobody announced waits: a campaign whose time has come, another server's launch.
const IDLE: Duration = Duration::from_millis(500);
/// A worker that found nothing looks again after this: a throttled campaign has its next message by then.
const PAUSE: Duration = Duration::from_millis(50);
/// Waits after failures in a row: the first, and the longest.
const FAILED_FIRST: Duration = Duration::from_millis(500);
const FAILED_LONGEST: Duration = Duration::from_secs(10);

/// How long a loop rests.
#[derive(Debug, Default)]
struct Rest {
    failures: u32,
}

impl Rest {
    /// After a failure: ever longer, and not in step with others.
    fn failed(&mut self) -> Duration {
        self.failures = (self.failures + 1).min(8);
        let wait = (FAILED_FIRST * 2_u32.pow(self.failures - 1)).min(FAILED_LONGEST);
        let wait = TimeDelta::from_std(wait).unwrap_or_default();
        jittered(wait).to_std().unwrap_or(FAILED_FIRST)
    }
}

impl Engine {
    /// Works until `shutdown` is cancelled. What was handed over by then is still recorded; what was claimed and not
    /// begun goes back.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut workers = JoinSet::new();
        for n in 0..self.options().workers.max(1) {
            let (engine, shutdown) = (self.clone(), shutdown.clone());
            workers.spawn(async move { engine.work(n, &shutdown).await });
        }
        let (engine, token) = (self.clone(), shutdown.clone());
        workers.spawn(async move { engine.keep_on(&token).await });
        let (engine, token) = (self.clone(), shutdown);
        workers.spawn(async move { engine.listen(&token).await });
        while let Some(ended) = workers.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the delivery engine ended");
            }
        }
    }

    /// One worker: hands over batch after batch.
    async fn work(&self, n: usize, shutdown: &CancellationToken) {
        let name = format!("{}.{n}", self.inner.name);
        let mut rest = Rest::default();
        while !shutdown.is_cancelled() {
            let wait = match self.hand_over(&name, shutdown).await {
                Ok(handed) => {
                    rest.failures = 0;
                    if handed == 0 {
                        self.idle().await
                    } else {
                        Duration::ZERO
                    }
                }
                Err(error) => {
                    complain(&error, "messages could not be handed over");
                    rest.failed()
                }
            };
            if wait.is_zero() {
                // The others get their turn even where nothing ever waits.
                tokio::task::yield_now().await;
                continue;
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
                () = self.options().wake.notified() => {}
            }
        }
    }

    /// How long a worker without work rests: shortly while something goes out.
    async fn idle(&self) -> Duration {
        match self.store().active().await {
            Ok(active) if !active.is_empty() => PAUSE,
            _ => IDLE,
        }
    }

    /// Everything but handing over.
    async fn keep_on(&self, shutdown: &CancellationToken) {
        let mut rest = Rest::default();
        while !shutdown.is_cancelled() {
            let wait = match self.keep_house().await {
                Ok(done) if done.is_idle() => {
                    rest.failures = 0;
                    PAUSE.max(self.idle().await)
                }
                Ok(done) => {
                    rest.failures = 0;
                    if done.expanded > 0 || done.started > 0 {
                        self.options().wake.notify_waiters();
                    }
                    continue;
                }
                Err(error) => {
                    complain(&error, "the delivery engine could not go on");
                    rest.failed()
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
                () = self.options().wake.notified() => {}
            }
        }
        // What the workers recorded last is told before the end, if that is quickly done.
        let _later = self.store().tell(self.options().tell, self.now()).await;
    }

    /// Commits of this process may be launches.
    async fn listen(&self, shutdown: &CancellationToken) {
        let mut changes = self.store().subscribe();
        loop {
            let change = tokio::select! {
                () = shutdown.cancelled() => return,
                change = changes.recv() => change,
            };
            match change {
                Ok(_) | Err(RecvError::Lagged(_)) => self.options().wake.notify_waiters(),
                Err(RecvError::Closed) => return,
            }
            // Facts of a campaign that goes out are changes as well: no need to ring for each of them.
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

fn complain(error: &store::Error, what: &str) {
    if error.is_passing() {
        tracing::warn!(%error, "{what}; trying again");
    } else {
        tracing::error!(%error, "{what}; trying again");
    }
}
