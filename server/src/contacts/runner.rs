//! Works through imports, one at a time on each server, a few thousand rows in a transaction.
//!
//! A thread reads the file and hands batches over a channel with room for one: the file, the batch being read and the batch
//! being written are all that is held, however long the file is; batches are limited in rows and bytes. What was reached is in the database after each batch, and
//! a server that begins claims what another left.

use std::{
    io::{self, BufReader, Seek},
    time::Duration,
};

use chrono::TimeDelta;
use domain::{contact::NewContact, import::RowError};
use people::{Kind, Unreadable};
use store::{Advance, DryRun, ImportWork, Result};
use tokio::{runtime::Handle, sync::mpsc, task::JoinHandle};

use super::spool::{Pieces, nameless};
use crate::state::AppState;

/// Rows of one transaction, …
const BATCH: usize = 20_000;
/// … and their bytes: a row may hold a hundred long cells, which in a workbook take a few bytes each.
const BATCH_BYTES: usize = 8 << 20;
/// What a row takes beside its attributes.
const ROW_BYTES: usize = 512;
/// How long a worker is left alone without a sign of life, …
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// … and how often it gives one while it reads without writing.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// How often to look for work.
const PAUSE: Duration = Duration::from_millis(500);
/// How long to leave a database alone that failed.
const PAUSE_FAILED: Duration = Duration::from_secs(5);

/// Rows that were read, and the place after them.
struct Batch {
    contacts: Vec<(u64, NewContact)>,
    errors: Vec<RowError>,
    next_row: u64,
    bytes: usize,
}

impl Batch {
    fn begun(next_row: u64) -> Self {
        Self {
            contacts: Vec::new(),
            errors: Vec::new(),
            next_row,
            bytes: 0,
        }
    }

    fn push(&mut self, line: u64, row: std::result::Result<NewContact, RowError>) {
        self.next_row += 1;
        self.bytes += ROW_BYTES;
        match row {
            Ok(contact) => {
                let attributes = contact.attributes.iter();
                self.bytes += attributes
                    .map(|(name, value)| name.len() + value.len())
                    .sum::<usize>();
                self.contacts.push((line, contact));
            }
            Err(error) => self.errors.push(error),
        }
    }

    fn is_full(&self) -> bool {
        self.contacts.len() + self.errors.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

/// Works on imports until the server ends.
pub fn spawn(state: AppState) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = state.store.import_leases_end().await {
            tracing::error!(%error, "leases of imports could not be ended");
        }
        while !state.shutdown.is_cancelled() {
            let pause = match step(&state).await {
                Ok(true) => continue,
                Ok(false) => PAUSE,
                Err(error) => {
                    tracing::error!(%error, "an import can't go on at the moment");
                    PAUSE_FAILED
                }
            };
            tokio::select! {
                () = state.shutdown.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    })
}

/// Works on the oldest import that waits, to its end. False when none does.
///
/// # Errors
/// When the database fails: the import is gone on with later.
pub async fn step(state: &AppState) -> Result<bool> {
    let store = &state.store;
    let now = state.clock.now();
    if !store.import_waits(now).await? {
        return Ok(false);
    }
    let Some(mut work) = store.import_claim(now, now + LEASE).await? else {
        return Ok(false);
    };
    let (batches, mut read) = mpsc::channel(1);
    let reader = {
        let (store, work, runtime) = (store.clone(), work.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            read_file(Pieces::of(store, work.pk, runtime), &work, &batches)
        })
    };
    let outcome = write(state, &mut work, &mut read).await;
    // The reader ends when nobody takes its batches.
    drop(read);
    let seen = reader.await;
    match outcome {
        Ok(Reached::End) => {}
        Ok(Reached::Lost) => return Ok(true),
        Ok(Reached::Shutdown) => {
            store.import_release(&work).await?;
            return Ok(true);
        }
        Err(error) => {
            // Best effort: the lease ends by itself.
            let _released = store.import_release(&work).await;
            return Err(error);
        }
    }
    let end = match seen {
        Ok(Ok(seen)) => Ok(seen),
        Ok(Err(Unreadable(words))) => Err(words),
        Err(_panicked) => {
            Err("The file can't be read. Save the contacts as CSV and upload that.".to_owned())
        }
    };
    store.import_finish(&work, end).await?;
    tracing::info!(import = work.id, status = ?work.status, "an import came to its end");
    Ok(true)
}

/// Where writing ended.
enum Reached {
    End,
    /// The import is gone, or somebody else's.
    Lost,
    Shutdown,
}

async fn write(
    state: &AppState,
    work: &mut ImportWork,
    read: &mut mpsc::Receiver<Batch>,
) -> Result<Reached> {
    let mut dry_run = DryRun::default();
    loop {
        let batch = tokio::select! {
            () = state.shutdown.cancelled() => return Ok(Reached::Shutdown),
            batch = read.recv() => match batch {
                Some(batch) => batch,
                None => return Ok(Reached::End),
            },
            // Nothing is written; the lease is renewed.
            () = tokio::time::sleep(SIGN_OF_LIFE) => Batch::begun(work.next_row),
        };
        let (now, next_row) = (state.clock.now(), batch.next_row);
        let step = Advance {
            contacts: batch.contacts,
            errors: batch.errors,
            next_row,
            lease_until: now + LEASE,
        };
        let advanced = state.store.import_advance(work, step, &mut dry_run, now);
        if !advanced.await? {
            return Ok(Reached::Lost);
        }
        work.next_row = next_row;
    }
}

/// Reads the file and hands its rows over; the number of rows.
fn read_file(
    mut pieces: Pieces,
    work: &ImportWork,
    batches: &mpsc::Sender<Batch>,
) -> std::result::Result<u64, Unreadable> {
    let head = pieces.head().map_err(broken)?;
    match Kind::of(&head)? {
        Kind::Text => rows(Kind::Text, pieces, work, batches),
        Kind::Workbook => {
            let mut file = nameless().map_err(broken)?;
            io::copy(&mut pieces, &mut file).map_err(broken)?;
            file.rewind().map_err(broken)?;
            rows(Kind::Workbook, BufReader::new(file), work, batches)
        }
    }
}

fn broken(error: io::Error) -> Unreadable {
    tracing::warn!(kind = ?error.kind(), "the file of an import can't be read");
    Unreadable("The file could not be read on the server. Try again later.".to_owned())
}

fn rows(
    kind: Kind,
    source: impl io::Read + Seek,
    work: &ImportWork,
    batches: &mpsc::Sender<Batch>,
) -> std::result::Result<u64, Unreadable> {
    let mut batch = Batch::begun(work.next_row);
    let mut is_wanted = true;
    let seen = people::each_row(
        kind,
        source,
        &work.mapping,
        work.next_row,
        &mut |line, row| {
            batch.push(line, row);
            if batch.is_full() {
                let next = Batch::begun(batch.next_row);
                let full = std::mem::replace(&mut batch, next);
                is_wanted = batches.blocking_send(full).is_ok();
            }
            is_wanted
        },
    );
    // What was read before the file broke off is written, too: `problem` says so.
    if is_wanted && batch.next_row > 0 {
        let _gone = batches.blocking_send(batch);
    }
    seen
}
