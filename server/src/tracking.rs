//! The keys of public addresses inside messages.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use content::track::Keys;
use store::{Error, Result, Store};

use crate::clock::Clock;

/// How long keys are believed: as soon as another server adds one, it signs with it.
const BELIEVED: Duration = Duration::from_secs(60);

/// Keys, and since when they are believed.
type Held = (Arc<Keys>, Instant);

/// The keys. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tracking {
    keys: Arc<tokio::sync::Mutex<Option<Held>>>,
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
}

impl fmt::Debug for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tracking")
    }
}
