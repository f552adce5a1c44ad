//! How many bytes of bodies are in memory at the same time, over all requests.
//!
//! The writer's queue is limited by events; these may be large. A body counts from its first byte until its events
//! are committed, for that is how long it, or what was made of it, is kept.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of bodies in flight beyond which a request is turned away: sixteen of the largest.
pub const IN_FLIGHT_BYTES_MAX: usize = 16 * super::BODY_BYTES_MAX;

/// Room for bodies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Room {
    free: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self::of(IN_FLIGHT_BYTES_MAX)
    }
}

impl Room {
    /// Room for this many bytes.
    #[must_use]
    pub fn of(bytes: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(bytes)),
        }
    }

    /// A place that takes up nothing yet.
    #[must_use]
    pub fn enter(&self) -> Place {
        Place {
            room: self.clone(),
            taken: None,
        }
    }
}

/// What one body takes up. Free again when it goes.
#[derive(Debug)]
pub struct Place {
    room: Room,
    taken: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Makes it this large. False when there is no room for that; it stays as it was.
    #[must_use]
    pub fn resize(&mut self, bytes: usize) -> bool {
        let held = self
            .taken
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        if bytes <= held {
            // Dropping what was split off gives it back.
            let _free = self
                .taken
                .as_mut()
                .and_then(|taken| taken.split(held - bytes));
            return true;
        }
        let Ok(more) = u32::try_from(bytes - held) else {
            return false;
        };
        let Ok(more) = Arc::clone(&self.room.free).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let room = Room::of(10);
        let (mut one, mut other) = (room.enter(), room.enter());
        assert!(one.resize(6));
        assert!(!other.resize(5));
        assert!(other.resize(4));
        assert!(one.resize(2));
        assert!(other.resize(8));
        assert!(!one.resize(3));
        drop(other);
        assert!(one.resize(10));
        drop(one);
        assert!(room.enter().resize(10));
        assert!(!room.enter().resize(usize::MAX));
    }
}
