//! The keys of public addresses inside messages, and the clicks of the last seconds.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use content::track::Keys;
use store::{Error, Result, Store};

use crate::clock::Clock;

/// How long keys are believed: as soon as another server adds one, it signs with it.
const BELIEVED: Duration = Duration::from_secs(60);
/// Messages whose clicks are remembered.
const MESSAGES_MAX: usize = 20_000;
/// Clicks remembered of one message.
const CLICKS_MAX: usize = 16;
/// How long a click is of interest to the next one, in milliseconds.
pub const RECENT_MS: i64 = 10_000;

/// Keys, and since when they are believed.
type Held = (Arc<Keys>, Instant);

/// Keys, and recent clicks. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tracking {
    keys: Arc<tokio::sync::Mutex<Option<Held>>>,
    recent: Arc<Mutex<Recent>>,
}

#[derive(Default)]
struct Recent {
    /// Link and time in milliseconds, by message.
    clicks: HashMap<String, VecDeque<(i64, i64)>>,
    /// Messages by their latest click, oldest first; one may be in it several times.
    order: VecDeque<(String, i64)>,
}

impl Tracking {
    /// The keys; the first one is made when there is none.
    ///
    /// # Errors
    /// When the database fails, or there is no randomness.
    pub async fn keys(&self, store: &Store, clock: &Clock) -> Result<Arc<Keys>> {
        let mut held = self.keys.lock().await;
        if let Some((keys, since)) = &*held
            && since.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(keys));
        }
        let keys = store.signing_keys(clock.now()).await?;
        let keys = Keys::new(keys).map_err(|_| Error::Corrupt("signing keys"))?;
        let keys = Arc::new(keys);
        *held = Some((Arc::clone(&keys), Instant::now()));
        Ok(keys)
    }

    /// Remembers a click and tells those of the same message in the seconds before it, as link and milliseconds.
    pub fn clicked(&self, message: &str, link: i64, at_ms: i64) -> Vec<(i64, i64)> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.forget(at_ms - RECENT_MS);
        let clicks = recent.clicks.entry(message.to_owned()).or_default();
        let before = clicks.iter().copied().collect();
        if clicks.len() >= CLICKS_MAX {
            clicks.pop_front();
        }
        clicks.push_back((link, at_ms));
        recent.order.push_back((message.to_owned(), at_ms));
        before
    }
}

impl Recent {
    fn forget(&mut self, before_ms: i64) {
        while let Some((message, at_ms)) = self.order.front() {
            if *at_ms >= before_ms && self.order.len() <= MESSAGES_MAX {
                return;
            }
            let is_last = self
                .clicks
                .get(message)
                .and_then(VecDeque::back)
                .is_none_or(|(_, last_ms)| last_ms <= at_ms);
            if is_last {
                self.clicks.remove(message);
            }
            self.order.pop_front();
        }
    }
}

impl fmt::Debug for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tracking")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_are_remembered_for_seconds_and_no_longer() {
        let tracking = Tracking::default();
        assert_eq!(tracking.clicked("m", 1, 0), []);
        assert_eq!(tracking.clicked("m", 2, 500), [(1, 0)]);
        assert_eq!(tracking.clicked("other", 1, 600), []);
        assert_eq!(tracking.clicked("m", 3, 1_000), [(1, 0), (2, 500)]);
        assert_eq!(tracking.clicked("m", 1, 1_001 + RECENT_MS), []);
        let recent = tracking.recent.lock().unwrap();
        assert_eq!((recent.clicks.len(), recent.order.len()), (1, 1));
    }
}
