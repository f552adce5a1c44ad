//! Work that takes much memory, or a processor for long: so much of it at a time, off the async workers. Whoever would
//! wait too long hears when to come back.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::ingest::Room;

/// Workbooks looked at at a time: each may hold 32 MiB of strings.
const WORKBOOKS: usize = 2;
/// Texts looked at at a time: the first megabyte of each.
const TEXTS: usize = 4;
/// Files taken in at a time: each may lie in a temporary file of 128 MiB.
const UPLOADS: usize = 16;
/// Workbooks written at a time.
const EXPORTS: usize = 4;
/// How long to wait for a place. An upload of 20 MB is to be answered within ten seconds, and a look takes one.
const WAIT: Duration = Duration::from_secs(5);
/// Bytes of forms in memory at a time: eight of the longest.
const FORMS_BYTES_MAX: usize = 64 << 20;

/// The pools of the process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pools {
    /// Looks at workbooks.
    pub workbooks: Pool,
    /// Looks at texts.
    pub texts: Pool,
    /// Files on their way in.
    pub uploads: Pool,
    /// Writes workbooks.
    pub exports: Pool,
    /// Room for forms, from their first byte until they are answered.
    pub forms: Room,
}

impl Default for Pools {
    fn default() -> Self {
        let of = |places| Pool::of(places, WAIT);
        Self {
            workbooks: of(WORKBOOKS),
            texts: of(TEXTS),
            uploads: of(UPLOADS),
            exports: of(EXPORTS),
            forms: Room::of(FORMS_BYTES_MAX),
        }
    }
}

/// So many places. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool {
    places: Arc<Semaphore>,
    wait: Duration,
}

/// Why work was not done.
#[derive(Debug)]
pub enum PoolError {
    /// No place came free in time.
    Busy,
    /// It panicked.
    Failed(String),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("no place came free in time"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl Pool {
    /// A pool of so many places, and how long to wait for one.
    #[must_use]
    pub fn of(places: usize, wait: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            wait,
        }
    }

    /// Takes a place, which is free again when the permit goes.
    ///
    /// # Errors
    /// [`PoolError::Busy`].
    pub async fn enter(&self) -> Result<OwnedSemaphorePermit, PoolError> {
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(self.wait, place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(PoolError::Busy),
        }
    }

    /// Does work on a thread of its own. The place is taken until the work is done, also when nobody waits for it any
    /// more.
    ///
    /// # Errors
    /// [`PoolError`].
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let place = self.enter().await?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await
            .map_err(|error| PoolError::Failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_too_long_is_turned_away() {
        let pool = Pool::of(1, Duration::from_millis(1));
        let held = pool.enter().await.unwrap();
        assert!(matches!(pool.run(|| 1).await, Err(PoolError::Busy)));
        drop(held);
        assert_eq!(pool.run(|| 2).await.unwrap(), 2);
        let failed = pool.run(|| -> u8 { std::panic::resume_unwind(Box::new("no")) });
        assert!(matches!(failed.await, Err(PoolError::Failed(_))));
        assert_eq!(pool.run(|| 3).await.unwrap(), 3);
    }
}
