//! Work of libraries that call themselves for each level and may panic: on threads of a known stack, few at once.

use std::{
    sync::{Condvar, Mutex, PoisonError, mpsc::sync_channel},
    thread,
    time::Duration,
};

/// Threads at once.
const AT_ONCE: usize = 4;
/// Stack of each, in bytes. Only what is touched takes memory.
const STACK_BYTES: usize = 16 << 20;
/// Longest wait for a thread, and for its answer.
const TIME_MAX: Duration = Duration::from_secs(10);

static RUNNING: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

/// A thread's place. Given back when the work ends, not when nobody waits for it any more.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut running, waited) = FREED
            .wait_timeout_while(running, TIME_MAX, |running| *running >= AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && *running >= AT_ONCE {
            return None;
        }
        *running += 1;
        Some(Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        *running = running.saturating_sub(1);
        FREED.notify_one();
    }
}

/// What the work comes to; none where it panics or takes more than ten seconds.
pub(crate) fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let place = Place::take()?;
    let (answer, answered) = sync_channel(1);
    thread::Builder::new()
        .name("content".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let _place = place;
            // Who asked may have given up.
            drop(answer.try_send(work()));
        })
        .ok()?;
    answered.recv_timeout(TIME_MAX).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_thread_alone() {
        for _ in 0..AT_ONCE + 1 {
            assert_eq!(run(|| -> u8 { panic!("on purpose") }), None);
        }
        assert_eq!(run(|| 1), Some(1));
    }
}
