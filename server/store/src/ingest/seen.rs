//! The ids seen so far, in memory.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::{Hash, bloom::Bloom, sqlite::connect};
use crate::{Error, Result};

/// What is known of the ids seen so far. Built from the table by a thread of its own; until it is ready every
/// id counts as "maybe seen" and is looked up.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) bloom: Bloom,
    pub(super) is_ready: bool,
}

impl Default for Seen {
    /// Of an empty database: nothing was seen.
    fn default() -> Self {
        Self {
            bloom: Bloom::default(),
            is_ready: true,
        }
    }
}

impl Seen {
    /// Reads the ids seen so far on a thread of its own, which ends early once nobody waits for what it reads.
    pub(super) fn read_aside(path: &Path) -> Result<Arc<Mutex<Self>>> {
        let seen = Arc::new(Mutex::new(Self {
            bloom: Bloom::default(),
            is_ready: false,
        }));
        let (path, shared) = (path.to_owned(), Arc::downgrade(&seen));
        std::thread::Builder::new()
            .name("reportage-seen".to_owned())
            .spawn(move || {
                if let Err(error) = read(&path, &shared) {
                    tracing::warn!(%error, "ids seen so far could not be read; ingest looks each one up");
                }
            })
            .map_err(|error| Error::Configuration(format!("a thread did not start: {error}")))?;
        Ok(seen)
    }
}

fn read(path: &Path, seen: &Weak<Mutex<Seen>>) -> rusqlite::Result<()> {
    /// Keys added at a time: the writer waits for the lock.
    const SOME: usize = 4_096;
    let add = |some: &mut Vec<(i64, i64)>, is_ready| {
        let Some(seen) = seen.upgrade() else {
            return false;
        };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        some.drain(..).for_each(|key| seen.bloom.add(key));
        seen.is_ready = is_ready;
        true
    };
    let db = connect(path)?;
    let mut keys = db.prepare("SELECT workspace, h1, h2 FROM dedupe")?;
    let mut rows = keys.query([])?;
    let mut some = Vec::with_capacity(SOME);
    while let Some(row) = rows.next()? {
        some.push(seen_key(row.get(0)?, (row.get(1)?, row.get(2)?)));
        if some.len() == SOME && !add(&mut some, false) {
            return Ok(());
        }
    }
    add(&mut some, true);
    Ok(())
}

/// The key of an id in the filter, which all workspaces share.
pub(super) fn seen_key(workspace: i64, (h1, h2): Hash) -> (i64, i64) {
    (
        h1 ^ workspace.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()),
        h2,
    )
}
