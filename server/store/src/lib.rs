#![doc = include_str!("../README.md")]

mod access;
mod account;
mod audience;
mod campaign;
mod changes;
mod codec;
mod contact;
mod db;
mod ending;
mod error;
mod export;
mod id;
mod ingest;
mod macros;
mod newcomer;
mod passing;
mod readiness;
mod recipients;
mod report;
mod rollup;
mod sending;
mod session;
mod snapshot;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod transaction;
mod turn;
mod user;
mod workspace;

pub use access::{Factor, OwnSession, PendingSignIn};
pub use account::{AccountRow, AccountValues};
pub use audience::{Lacking, LackingName, Member, Selection, Verdict};
pub use campaign::Calendar;
pub use changes::{ChangeMark, ChangedPage};
pub use contact::{
    Advance, DryRun, IMPORTS_BYTES_MAX, ImportWork, NewImport, Upserted, normal_address,
};
pub use db::Db;
pub use error::{Error, Result};
pub use id::random as message_key;
pub use ingest::IngestOutcome;
pub use readiness::NotReady;
pub use recipients::RecipientQuery;
pub use sending::{
    Active, Answered, Claim, Claimed, Click, ConsentChange, Due, DueAnswer, Expanded, Handed,
    InboxEffects, InboxItem, Lift, LinkRow, NewAnswer, NewReply, Origin, Outcome, Prepared, Proof,
    SendingInfo, Suppress, UncertainMessage, WaitingClick, next_open,
};
pub use session::{Session, SessionRow};
pub use token::TokenRow;
pub use user::UserRow;
pub use workspace::{NewWorkspace, WorkspaceRow};

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::Fact;
use tokio::sync::broadcast;

/// Commits a slow listener may fall behind before it is told to start over.
const CHANGES_KEPT: usize = 1_024;

/// One commit that changed campaigns or their figures.
#[derive(Clone, Debug)]
pub struct Change {
    /// Where.
    pub workspace: WorkspaceId,
    /// The workspace's change number after it.
    pub version: i64,
    /// Internal keys of the campaigns touched, deleted ones included.
    pub campaigns: Arc<[i64]>,
    /// Whether one of them is gone: what is newer in the database no longer tells.
    pub is_removal: bool,
}

/// A workspace: the tenant every query is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub i64);

/// The store: one value per process, cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    /// Taken by every writing transaction on SQLite, in turn: SQLite has one writer, and its own busy
    /// handler is unfair to whoever waits.
    write_turn: Arc<tokio::sync::Mutex<()>>,
    changes: broadcast::Sender<Change>,
    ingest: ingest::Ingest,
    figures: Mutex<report::FigureCache>,
    readiness: readiness::Readiness,
}

impl Store {
    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// Whatever opening or migrating reports.
    pub async fn connect(url: &str) -> Result<Self> {
        let db = Db::open(url).await?;
        db.migrate().await?;
        let write_turn = Arc::new(tokio::sync::Mutex::new(()));
        let changes = broadcast::Sender::new(CHANGES_KEPT);
        let ingest = ingest::Ingest::start(&db, Arc::clone(&write_turn), changes.clone()).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                db,
                write_turn,
                changes,
                ingest,
                figures: Mutex::default(),
                readiness: readiness::Readiness::default(),
            }),
        })
    }

    /// Takes facts in. Returns after they are durable; what it answers stays true after a crash.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too much is waiting, [`Error::Unavailable`] when the writer failed. In
    /// both cases nothing was acknowledged and the caller may send the same facts again.
    pub async fn ingest(&self, workspace: WorkspaceId, facts: Vec<Fact>) -> Result<IngestOutcome> {
        self.inner.ingest.submit(workspace, facts).await
    }

    /// Writes a consistent copy of an SQLite database to a new file, while it is in use.
    ///
    /// # Errors
    /// As [`Db::backup_to`].
    pub async fn backup_to(&self, target: &Path) -> Result<()> {
        self.db().backup_to(target).await
    }

    /// Facts waiting to be written.
    #[must_use]
    pub fn waiting_facts(&self) -> usize {
        self.inner.ingest.waiting()
    }

    /// Returns once the tables hold every fact acknowledged so far: whoever reads facts, messages, recipients or
    /// roll-ups asks for this first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the writer cannot write; nothing is lost by that.
    pub(crate) async fn settle(&self) -> Result<()> {
        self.inner.ingest.settle().await
    }

    /// Makes the writer forget what it remembers of rows that were deleted behind its back.
    pub(crate) async fn forget_cached(&self) -> Result<()> {
        self.inner.ingest.forget().await
    }

    pub(crate) fn figure_cache(&self) -> MutexGuard<'_, report::FigureCache> {
        self.inner
            .figures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears of every commit of this process from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    /// Tells the listeners of a commit. Call it after the commit, never before.
    pub(crate) fn publish(&self, change: Change) {
        // Nobody listening is no failure.
        let _listeners = self.inner.changes.send(change);
    }

    /// The connections, for this crate's modules.
    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Waits for the right to write.
    pub(crate) async fn write_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.write_turn.lock().await
    }
}
