//! Recipients and their ordinals.

use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

use super::super::recent::Recent;
use crate::{Error, Result};

/// Ordinals by workspace and 128-bit hash of the key.
pub(super) type RecentOrdinals = Recent<(i64, u128), u32>;

/// The first ordinal that a workspace has not given yet.
pub(super) fn next_recipient(tx: &Transaction, workspace: i64) -> Result<i64> {
    let next = tx
        .prepare_cached("SELECT next_recipient FROM workspace WHERE id = ?1")?
        .query_row([workspace], |row| row.get(0))?;
    Ok(next)
}

/// The table, and what is remembered of it.
pub(super) struct Recipients<'a> {
    remembered: &'a mut RecentOrdinals,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
}

impl<'a> Recipients<'a> {
    pub(super) fn new(tx: &'a Transaction, remembered: &'a mut RecentOrdinals) -> Result<Self> {
        Ok(Self {
            remembered,
            find: tx
                .prepare_cached("SELECT ord FROM recipient WHERE workspace = ?1 AND key = ?2")?,
            insert: tx.prepare_cached(
                "INSERT INTO recipient (workspace, key, ord) VALUES (?1, ?2, ?3)",
            )?,
        })
    }

    /// The ordinal of a recipient; `next` is given to one that has none.
    pub(super) fn ordinal(&mut self, workspace: i64, key: &str, next: &mut i64) -> Result<u32> {
        let short = (workspace, xxhash_rust::xxh3::xxh3_128(key.as_bytes()));
        if let Some(ord) = self.remembered.get_mut(&short) {
            return Ok(*ord);
        }
        let found: Option<u32> = self
            .find
            .query_row(params![workspace, key], |row| row.get(0))
            .optional()?;
        let ord = match found {
            Some(ord) => ord,
            None => {
                let ord = u32::try_from(*next).map_err(|_| Error::Corrupt("recipient counter"))?;
                *next += 1;
                self.insert.execute(params![workspace, key, ord])?;
                ord
            }
        };
        self.remembered.insert(short, ord, 1);
        Ok(ord)
    }
}
