//! What the dry run of an import remembers from batch to batch: whose each key would be by now.

use std::collections::{BTreeSet, HashMap};

use domain::contact::NewContact;
use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{ContactRow, merge::Merge};

/// Keys remembered: a million people with three keys each, or 1.8 million with two, in about 120 MB. Rows beyond are
/// compared with what is stored and remembered, but no longer with each other.
const KEYS_MAX: usize = 3_600_000;
/// Begins a text that stands for a key of which the hash alone is known. No key holds it.
const UNKNOWN: char = '\0';

/// Hashes of somebody's own id, mailbox and number; 0 where there is none.
type Hashes = [u64; 3];

/// The people that the rows so far would have made or changed, so that a row that comes again, in whatever batch, is found
/// to be about the same person. Nothing of it is kept when the dry run ends; one that was broken off begins anew.
///
/// Only keys are remembered: how many attributes somebody gathers over several batches is not.
#[derive(Default)]
pub struct DryRun {
    /// Whose a key is: a contact's internal key, or a number below zero for somebody of the rows.
    owners: HashMap<u64, i64, RandomState>,
    /// Keys of contacts that would have others than are stored.
    changed: HashMap<i64, Hashes, RandomState>,
    /// Keys of the people of the rows: owner -1 is the first.
    made: Vec<Hashes>,
    /// Keys at the beginning of the batch under way.
    before: HashMap<i64, Hashes, RandomState>,
}

impl std::fmt::Debug for DryRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DryRun")
            .field("keys", &self.owners.len())
            .finish_non_exhaustive()
    }
}

/// Hash of a key of this kind; 0 for none.
fn hash(kind: usize, key: Option<&str>) -> u64 {
    match key {
        None | Some("") => 0,
        Some(key) => match key.strip_prefix(UNKNOWN) {
            Some(known) => u64::from_str_radix(known, 16).unwrap_or_default(),
            None => xxh3_64_with_seed(key.as_bytes(), kind as u64).max(1),
        },
    }
}

fn hashes(row: &ContactRow) -> Hashes {
    [
        hash(0, row.external_id.as_deref()),
        hash(1, row.email.as_deref()),
        hash(2, row.phone.as_deref()),
    ]
}

/// A row with these keys, as texts where the batch has them.
fn with_keys(mut row: ContactRow, keys: Hashes, texts: &HashMap<u64, &str>) -> ContactRow {
    let text = |key: u64| match (key, texts.get(&key)) {
        (0, _) => None,
        (_, Some(text)) => Some((*text).to_owned()),
        (key, None) => Some(format!("{UNKNOWN}{key:016x}")),
    };
    [row.external_id, row.email, row.phone] = keys.map(text);
    row
}

impl DryRun {
    fn held(&self, owner: i64) -> Option<Hashes> {
        if owner > 0 {
            return self.changed.get(&owner).copied();
        }
        let place = usize::try_from(-1 - owner).ok()?;
        self.made.get(place).copied()
    }

    /// The people that the rows of a batch are about, as they would be after the batches before it. `stored` are those
    /// that the database knows.
    pub(super) fn recall<'a>(
        &mut self,
        stored: Merge,
        given: impl Iterator<Item = &'a NewContact>,
    ) -> Merge {
        let mut texts = HashMap::new();
        let mut owners = BTreeSet::new();
        for row in given {
            for (kind, key) in [&row.external_id, &row.email, &row.phone]
                .into_iter()
                .enumerate()
            {
                let Some(key) = key.as_deref().filter(|key| !key.is_empty()) else {
                    continue;
                };
                let hash = hash(kind, Some(key));
                texts.insert(hash, key);
                owners.extend(self.owners.get(&hash));
            }
        }
        let stored = stored.people.into_iter().map(|somebody| {
            let row = somebody.row;
            owners.remove(&row.pk);
            match self.held(row.pk) {
                Some(keys) => with_keys(row, keys, &texts),
                None => row,
            }
        });
        let mut rows: Vec<ContactRow> = stored.collect();
        for owner in owners {
            let row = ContactRow {
                pk: owner,
                attributes: "{}".to_owned(),
                ..ContactRow::default()
            };
            rows.push(with_keys(row, self.held(owner).unwrap_or_default(), &texts));
        }
        self.before = rows.iter().map(|row| (row.pk, hashes(row))).collect();
        let mut recalled = Merge::default();
        for row in rows {
            recalled.know(row);
        }
        recalled
    }

    /// Remembers what the batch would have done.
    pub(super) fn remember(&mut self, merge: &Merge) {
        let before = std::mem::take(&mut self.before);
        for somebody in merge.people.iter().filter(|somebody| somebody.is_changed) {
            let (row, keys) = (&somebody.row, hashes(&somebody.row));
            let had = before.get(&row.pk).copied().unwrap_or_default();
            if keys == had || self.owners.len() + 3 > KEYS_MAX {
                continue;
            }
            let owner = if somebody.is_new() {
                self.made.push(keys);
                -i64::try_from(self.made.len()).unwrap_or(i64::MAX)
            } else {
                row.pk
            };
            if owner > 0 {
                self.changed.insert(owner, keys);
            } else if let Some(place) = usize::try_from(-1 - owner)
                .ok()
                .and_then(|place| self.made.get_mut(place))
            {
                *place = keys;
            }
            for given_up in had.into_iter().filter(|key| !keys.contains(key)) {
                if self.owners.get(&given_up) == Some(&owner) {
                    self.owners.remove(&given_up);
                }
            }
            let taken = keys.into_iter().filter(|key| *key != 0);
            self.owners.extend(taken.map(|key| (key, owner)));
        }
    }
}
