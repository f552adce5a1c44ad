//! Looking at contents: on blocking threads, few at once, never on the threads that answer requests.

use std::{panic::resume_unwind, time::Duration};

use store::{Error, Result};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// Contents looked at at once: as many as there are MJML compilers.
const AT_ONCE: usize = 2;
/// Requests that wait for their turn.
const WAITING_MAX: usize = 32;
/// Longest wait for a turn and for the work together. The content's own limits come first.
const TIME_MAX: Duration = Duration::from_secs(40);

static SLOTS: Semaphore = Semaphore::const_new(AT_ONCE);
static WAITING: Semaphore = Semaphore::const_new(WAITING_MAX);

/// Looks at contents for a request.
///
/// # Errors
/// [`Error::Overloaded`] when too many others wait, or it took too long. Work that took too long keeps its slot until it
/// ends.
pub async fn bounded<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _waiting = WAITING.try_acquire().map_err(|_| Error::Overloaded)?;
    timeout(TIME_MAX, patient(work))
        .await
        .map_err(|_| Error::Overloaded)?
}

/// Looks at contents for the engine, which has time.
pub(crate) async fn patient<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let slot = SLOTS.acquire().await.map_err(|_| Error::Unavailable)?;
    let done = spawn_blocking(move || {
        let _slot = slot;
        work()
    })
    .await;
    done.map_err(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_) => Error::Unavailable,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn few_work_and_the_rest_is_answered() {
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..WAITING_MAX)
            .map(|_| {
                let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
                tokio::spawn(bounded(move || {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    let (open, opened) = &*gate;
                    drop(opened.wait_while(open.lock().unwrap(), |open| !*open));
                    running.fetch_sub(1, Ordering::SeqCst);
                }))
            })
            .collect();
        while WAITING.available_permits() > 0 || running.load(Ordering::SeqCst) < AT_ONCE {
            tokio::task::yield_now().await;
        }
        assert!(matches!(bounded(|| ()).await, Err(Error::Overloaded)));
        *gate.0.lock().unwrap() = true;
        gate.1.notify_all();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), AT_ONCE);
        assert!(bounded(|| ()).await.is_ok());
    }
}
