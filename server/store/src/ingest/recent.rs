//! A bounded memory of what was used recently.

use std::{collections::HashMap, hash::Hash};

use foldhash::fast::RandomState;

/// Two generations: what wasn't used during a whole generation is forgotten when the next begins. A generation ends
/// when the weights of what was put into it reach its limit.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, (V, usize), RandomState>,
    old: HashMap<K, (V, usize), RandomState>,
    weight: usize,
    weight_max: usize,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    pub(super) fn new(weight_max: usize) -> Self {
        Self {
            young: HashMap::default(),
            old: HashMap::default(),
            weight: 0,
            weight_max,
        }
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, (value, weight)) = self.old.remove_entry(key)?;
            self.insert(key, value, weight);
        }
        self.young.get_mut(key).map(|(value, _)| value)
    }

    /// Takes a value out, to be put back when it has changed.
    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        if let Some((value, weight)) = self.young.remove(key) {
            self.weight -= weight;
            return Some(value);
        }
        self.old.remove(key).map(|(value, _)| value)
    }

    pub(super) fn insert(&mut self, key: K, value: V, weight: usize) {
        if self.weight + weight > self.weight_max {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        // One place for a key: what is taken out later must not come back as it was.
        self.old.remove(&key);
        self.weight += weight;
        if let Some((_, replaced)) = self.young.insert(key, (value, weight)) {
            self.weight -= replaced;
        }
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_used_and_no_more_than_two_generations() {
        let mut recent = Recent::new(100);
        for n in 0..1_000 {
            recent.insert(n, n, 10);
            assert_eq!(recent.get_mut(&0).copied(), Some(0), "after {n}");
            assert!(recent.young.len() + recent.old.len() <= 20);
        }
        recent.insert(0, 1, 10);
        assert_eq!(recent.remove(&0), Some(1));
        assert_eq!(recent.remove(&0), None);
        assert_eq!(recent.weight, recent.young.len() * 10);
    }
}
