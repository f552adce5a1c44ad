//! Whether the database can be read and written, found out by doing both.

use std::time::Duration;

use tokio::{sync::Mutex, time::Instant};

use crate::{Error, Result, Store, macros::writing};

/// Longest that reading and writing may take. A journal that is being settled delays it by a second or two.
const WITHIN: Duration = Duration::from_secs(5);
/// How long an answer is shared between those who ask.
const FRESH: Duration = Duration::from_secs(1);
/// Writes down when somebody last asked; `$1` in microseconds since 1970 UTC.
pub(crate) const TOUCH: &str = "UPDATE readiness SET checked_us = $1 WHERE id = 1";

/// Why the store can't do its work at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// It can't be read.
    #[error("The database can't be read.")]
    Unreadable,
    /// There is no room left.
    #[error("The server can't write: the disk of the database is full.")]
    DiskFull,
    /// It can't be written for another reason.
    #[error("The server can't write to the database.")]
    Unwritable,
    /// It doesn't answer in time.
    #[error("The database does not answer in time.")]
    Late,
}

/// The last answer, and when it was found.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Result<(), NotReady>)>>);

impl Store {
    /// Reads, and writes on each connection that writes, at most once a second for everybody who asks. `now_us` is
    /// written down, in microseconds since 1970 UTC.
    ///
    /// # Errors
    /// What the store can't do. The cause is in the log.
    pub async fn check_ready(&self, now_us: i64) -> Result<(), NotReady> {
        let mut held = self.inner.readiness.0.lock().await;
        if let Some((at, found)) = *held
            && at.elapsed() < FRESH
        {
            return found;
        }
        let found = tokio::time::timeout(WITHIN, self.read_and_write(now_us))
            .await
            .unwrap_or(Err(NotReady::Late));
        *held = Some((Instant::now(), found));
        found
    }

    async fn read_and_write(&self, now_us: i64) -> Result<(), NotReady> {
        if let Err(error) = self.db().ping().await {
            tracing::warn!(%error, "not ready: can't read");
            return Err(NotReady::Unreadable);
        }
        let written = match self.touch(now_us).await {
            Ok(()) => self.inner.ingest.check(now_us).await,
            failed => failed,
        };
        written.map_err(|error| {
            tracing::warn!(%error, "not ready: can't write");
            if error.is_disk_full() {
                NotReady::DiskFull
            } else {
                NotReady::Unwritable
            }
        })
    }

    async fn touch(&self, now_us: i64) -> Result<(), Error> {
        writing!(self, tx => {
            sqlx::query(TOUCH).bind(now_us).execute(&mut *tx).await?;
        });
        Ok(())
    }
}
