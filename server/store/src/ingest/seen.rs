//! The ids seen so far, in memory.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{bloom::Bloom, sqlite::connect};
use crate::{Error, Result};

/// What is known of the ids seen so far. Built from the table by a thread of its own at start; until it
/// is ready every id counts as "maybe seen" and is looked up.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) bloom: Bloom,
    pub(super) is_ready: bool,
}

/// Reads the ids seen so far on a thread of its own.
pub(super) fn read_seen_aside(path: &Path) -> Result<Arc<Mutex<Seen>>> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (path, shared) = (path.to_owned(), Arc::clone(&seen));
    std::thread::Builder::new()
        .name("reportage-seen".to_owned())
        .spawn(move || {
            if let Err(error) = read_seen(&path, &shared) {
                tracing::warn!(%error, "ids seen so far could not be read; ingest looks each one up");
            }
        })
        .map_err(|error| Error::Configuration(format!("a thread did not start: {error}")))?;
    Ok(seen)
}

fn read_seen(path: &Path, seen: &Mutex<Seen>) -> rusqlite::Result<()> {
    let lock = || seen.lock().unwrap_or_else(PoisonError::into_inner);
    let db = connect(path)?;
    let mut keys = db.prepare("SELECT workspace, h1, h2 FROM dedupe")?;
    let mut rows = keys.query([])?;
    let mut some = Vec::with_capacity(4_096);
    while let Some(row) = rows.next()? {
        some.push(seen_key(row.get(0)?, (row.get(1)?, row.get(2)?)));
        if some.len() == some.capacity() {
            let mut seen = lock();
            some.drain(..).for_each(|key| seen.bloom.add(key));
        }
    }
    let mut seen = lock();
    some.drain(..).for_each(|key| seen.bloom.add(key));
    seen.is_ready = true;
    Ok(())
}

pub(super) fn seen_key(workspace: i64, (h1, h2): (i64, i64)) -> (i64, i64) {
    (
        h1 ^ workspace.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()),
        h2,
    )
}
