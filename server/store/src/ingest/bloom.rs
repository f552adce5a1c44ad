//! "Have I ever seen this key?", answered without touching the disk when the answer is no.

/// Keys per first layer; each further layer doubles.
const FIRST_LAYER_KEYS: usize = 1 << 20;
/// Bits per key: with seven probes about one false "maybe" in three hundred.
const BITS_PER_KEY: usize = 12;
const PROBES: u64 = 7;

/// A Bloom filter that grows by layers. Never forgets a key, rarely takes a new one for an old one.
#[derive(Debug, Default)]
pub(super) struct Bloom {
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    bits: Vec<u64>,
    room: usize,
}

impl Layer {
    fn new(keys: usize) -> Self {
        Self {
            bits: vec![0; (keys * BITS_PER_KEY).div_ceil(64)],
            room: keys,
        }
    }

    fn positions(&self, key: (i64, i64)) -> impl Iterator<Item = (usize, u64)> {
        let (a, b) = (key.0.cast_unsigned(), key.1.cast_unsigned() | 1);
        let n_bits = self.bits.len() as u64 * 64;
        (0..PROBES).map(move |i| {
            let bit = a.wrapping_add(i.wrapping_mul(b)) % n_bits;
            (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64))
        })
    }

    fn holds(&self, key: (i64, i64)) -> bool {
        self.positions(key)
            .all(|(word, mask)| self.bits[word] & mask != 0)
    }
}

impl Bloom {
    /// Whether the key may have been added; `false` is certain.
    pub(super) fn may_hold(&self, key: (i64, i64)) -> bool {
        self.layers.iter().rev().any(|layer| layer.holds(key))
    }

    pub(super) fn add(&mut self, key: (i64, i64)) {
        if self.layers.last().is_none_or(|layer| layer.room == 0) {
            self.layers
                .push(Layer::new(FIRST_LAYER_KEYS << self.layers.len().min(12)));
        }
        if let Some(layer) = self.layers.last_mut() {
            layer.room -= 1;
            let positions: Vec<_> = layer.positions(key).collect();
            for (word, mask) in positions {
                layer.bits[word] |= mask;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: i64) -> (i64, i64) {
        let hash = xxhash_rust::xxh3::xxh3_128(&n.to_le_bytes());
        ((hash >> 64) as i64, hash as i64)
    }

    #[test]
    fn never_forgets_and_rarely_errs_across_layers() {
        let mut bloom = Bloom::default();
        let n = FIRST_LAYER_KEYS as i64 + 200_000;
        (0..n).for_each(|i| bloom.add(key(i)));
        assert_eq!(bloom.layers.len(), 2);
        assert!((0..n).all(|i| bloom.may_hold(key(i))));
        let wrong = (n..n + 100_000).filter(|i| bloom.may_hold(key(*i))).count();
        assert!(wrong < 1_000, "{wrong} of 100,000 new keys taken for old");
    }
}
