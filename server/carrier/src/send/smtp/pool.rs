//! Connections of one account, kept open for the next message.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::address::Envelope;
use tokio::{sync::Semaphore, time::Instant};

use super::session::{Cause, Fault, Server, Session, Stage};

/// Messages over one connection; many servers count.
const MESSAGES_MAX: u32 = 100;
/// How long a connection waits for the next message.
const IDLE_MAX: Duration = Duration::from_secs(30);

pub(super) struct Pool {
    server: Server,
    places: Semaphore,
    idle: Mutex<Vec<(Session, Instant)>>,
}

impl Pool {
    /// At most so many connections at a time.
    pub(super) fn new(connections: usize, server: Server) -> Self {
        Self {
            server,
            places: Semaphore::new(connections),
            idle: Mutex::default(),
        }
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.places.available_permits()
    }

    #[cfg(test)]
    pub(super) fn limit(&mut self, limits: super::session::Limits) {
        self.server.limits = limits;
    }

    /// Hands a message over, by a waiting connection or a new one.
    pub(super) async fn hand_over(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), Fault> {
        let closed = |_| Fault {
            stage: Stage::Connect,
            cause: Cause::Lost("it could not be reached"),
        };
        let _place = self.places.acquire().await.map_err(closed)?;
        if let Some(mut session) = self.take() {
            let result = session.hand_over(envelope, mail).await;
            // The server may have closed a waiting connection. Before the sender is accepted nothing has begun.
            let is_stale = result.as_ref().is_err_and(|fault| {
                fault.stage == Stage::Mail
                    && matches!(fault.cause, Cause::Lost(_) | Cause::Reply { code: 421, .. })
            });
            if !is_stale {
                self.settle(session, &result).await;
                return result;
            }
        }
        let mut session = Session::open(&self.server).await?;
        let result = session.hand_over(envelope, mail).await;
        self.settle(session, &result).await;
        result
    }

    /// Connects and logs in, and nothing else.
    pub(super) async fn check(&self) -> Result<(), Fault> {
        Session::open(&self.server).await?.quit().await;
        Ok(())
    }

    fn take(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE_MAX);
        idle.pop().map(|(session, _)| session)
    }

    /// Keeps the connection where it can be used again.
    async fn settle(&self, mut session: Session, result: &Result<(), Fault>) {
        let is_usable = match result {
            Ok(()) => true,
            Err(fault) => match fault.cause {
                Cause::Reply { code: 421, .. } | Cause::Lost(_) | Cause::Setup(_) => false,
                Cause::Reply { .. } => session.reset().await,
                Cause::Address => true,
            },
        };
        if is_usable && session.used < MESSAGES_MAX {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((session, Instant::now()));
        } else if is_usable {
            session.quit().await;
        }
    }
}
