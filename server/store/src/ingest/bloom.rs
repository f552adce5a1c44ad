//! "Have I ever seen this key?", answered without touching the disk when the answer is no.

/// Keys of the first layer; each further layer doubles.
const FIRST_LAYER_KEYS: usize = 1 << 20;
/// Bits per key: about one false "maybe" in three thousand a layer.
const BITS_PER_KEY: usize = 20;
const PROBES: u32 = 8;
/// Words of a block: a cache line.
const BLOCK_WORDS: usize = 8;

/// A Bloom filter that grows by layers. Never forgets a key, rarely takes a new one for an old one. All probes of a
/// key fall into one cache line of each layer (Putze, Sanders, Singler: *Cache-, hash- and space-efficient Bloom
/// filters*).
#[derive(Debug, Default)]
pub(super) struct Bloom {
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    blocks: Vec<[u64; BLOCK_WORDS]>,
    room: usize,
}

impl Layer {
    fn new(keys: usize) -> Self {
        Self {
            blocks: vec![[0; BLOCK_WORDS]; (keys * BITS_PER_KEY).div_ceil(64 * BLOCK_WORDS)],
            room: keys,
        }
    }

    /// The block of a key: its first half scaled to their number.
    fn block(&self, key: (i64, i64)) -> usize {
        let scaled = u128::from(key.0.cast_unsigned()) * self.blocks.len() as u128;
        usize::try_from(scaled >> 64).unwrap_or_default()
    }
}

/// Bits of a key within its block, each named by nine bits of the hash: seven from its second half, one from its first.
fn mask(key: (i64, i64)) -> [u64; BLOCK_WORDS] {
    let mut mask = [0; BLOCK_WORDS];
    let mut bits = key.1.cast_unsigned();
    let more = key.0.cast_unsigned();
    for probe in 0..PROBES {
        if probe == 7 {
            bits = more;
        }
        let bit = bits & 511;
        mask[usize::try_from(bit >> 6).unwrap_or_default()] |= 1 << (bit & 63);
        bits >>= 9;
    }
    mask
}

impl Bloom {
    /// Whether the key may have been added; `false` is certain.
    pub(super) fn may_hold(&self, key: (i64, i64)) -> bool {
        let mask = mask(key);
        self.layers.iter().rev().any(|layer| {
            let block = &layer.blocks[layer.block(key)];
            block
                .iter()
                .zip(&mask)
                .all(|(held, bits)| held & bits == *bits)
        })
    }

    pub(super) fn add(&mut self, key: (i64, i64)) {
        if self.layers.last().is_none_or(|layer| layer.room == 0) {
            self.layers
                .push(Layer::new(FIRST_LAYER_KEYS << self.layers.len().min(12)));
        }
        if let Some(layer) = self.layers.last_mut() {
            layer.room -= 1;
            let at = layer.block(key);
            for (held, bits) in layer.blocks[at].iter_mut().zip(mask(key)) {
                *held |= bits;
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
        let wrong = (n..n + 200_000).filter(|i| bloom.may_hold(key(*i))).count();
        assert!(wrong < 200, "{wrong} of 200,000 new keys taken for old");
    }
}
