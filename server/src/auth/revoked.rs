//! Telling open streams that somebody's rights ended.

use tokio::sync::watch;

/// Counts revocations. Streams hear of each and ask again whether whoever holds them may still read: they would
/// find out by themselves, but only at their next look, seconds later.
#[derive(Clone, Debug, Default)]
pub struct Revocations(watch::Sender<u64>);

impl Revocations {
    /// Call it after a session, a person or a token is gone, never before.
    pub fn announce(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Hears of every revocation of this process from now on.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
