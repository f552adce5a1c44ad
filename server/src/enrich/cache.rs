//! A bounded map that forgets what has not been asked for lately.

use std::{collections::HashMap, sync::Mutex};

const SHARDS: usize = 16;

/// Values by the 128-bit hash of a text. Two generations a shard: when the young one is full it becomes the old
/// one, and what nobody asks for until the next turn is gone. The hash is wide enough that no two texts meet.
#[derive(Debug)]
pub struct Cache<V> {
    shards: [Mutex<Generations<V>>; SHARDS],
    entries_max: usize,
}

#[derive(Debug)]
struct Generations<V> {
    young: HashMap<u128, V>,
    old: HashMap<u128, V>,
}

impl<V: Copy> Cache<V> {
    /// An empty cache of at most `entries_max` values.
    pub fn new(entries_max: usize) -> Self {
        let shard = || {
            Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
            })
        };
        Self {
            shards: std::array::from_fn(|_| shard()),
            entries_max: entries_max / SHARDS / 2,
        }
    }

    /// The value for `text`, made by `make` when it isn't there. `make` runs outside the lock: two threads may
    /// both run it, and neither waits for the other.
    pub fn get_or(&self, text: &str, make: impl FnOnce(&str) -> V) -> V {
        let hash = xxhash_rust::xxh3::xxh3_128(text.as_bytes());
        let shard = &self.shards[usize::try_from(hash >> 64).unwrap_or(0) % SHARDS];
        {
            // A thread that panicked while it held the lock left a whole map behind.
            let mut held = shard
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(value) = held.young.get(&hash) {
                return *value;
            }
            if let Some(value) = held.old.get(&hash).copied() {
                self.put(&mut held, hash, value);
                return value;
            }
        }
        let value = make(text);
        let mut held = shard
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        self.put(&mut held, hash, value);
        value
    }

    fn put(&self, held: &mut Generations<V>, hash: u128, value: V) {
        if held.young.len() >= self.entries_max {
            held.old = std::mem::take(&mut held.young);
        }
        held.young.insert(hash, value);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.shards
            .iter()
            .filter_map(|shard| shard.lock().ok())
            .map(|held| held.young.len() + held.old.len())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_bounded_and_keeps_what_is_used() {
        let cache = Cache::new(320);
        for i in 0..5_000_u32 {
            assert_eq!(cache.get_or(&format!("agent {i}"), |_| i), i);
            assert_eq!(cache.get_or("the usual one", |_| 0), 0);
        }
        assert!(cache.len() <= 320 + SHARDS, "{}", cache.len());
        let mut made = false;
        cache.get_or("the usual one", |_| {
            made = true;
            1
        });
        assert!(!made, "what is asked for all the time was forgotten");
    }
}
