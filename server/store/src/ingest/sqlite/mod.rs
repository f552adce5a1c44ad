//! The writer for SQLite: a thread with a connection of its own.
//!
//! `sqlx` hands every statement to another thread and back, which costs more than the statement. This one
//! path runs prepared statements directly (`rusqlite`, the same SQLite library in the same process).
//!
//! It works in two strides. *Admitting* a group of requests finds each fact's campaign, drops what was seen
//! before, and appends the rest to the journal: an append is durable at the price of the bytes themselves,
//! however widely the facts scatter. *Settling* takes tens of thousands of journalled facts at once into the
//! tables that reports read, sorted, so that a page is read and written once for many of them. It happens when
//! enough has gathered, when someone wants to read, and half a second after the last commit at the latest.

mod admit;
mod journal;
mod people;
mod settle;
mod states;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::Fact;
use foldhash::fast::RandomState;
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;

use self::{
    admit::Admission,
    journal::Entries,
    settle::{Settlement, Tables},
};
use super::{Committed, Hash, IngestOutcome, Job, Queue, Request, seen::Seen};
use crate::{Change, Error, Result, readiness, transaction};

/// A fact as a journal row of its own: for facts that wait elsewhere, on either engine.
pub(crate) fn fact_to_bytes(fact: &Fact) -> Vec<u8> {
    journal::encode([(0, 0, fact)].into_iter())
}

/// Reads back what [`fact_to_bytes`] wrote; the campaign's reference is kept apart.
pub(crate) fn fact_from_bytes(bytes: &[u8], campaign: String) -> Result<Fact> {
    let mut facts = journal::decode(bytes)?;
    let fact = facts.pop().ok_or(Error::Corrupt("waiting fact"))?.fact;
    Ok(Fact { campaign, ..fact })
}

/// Facts in the journal at which they are settled: about 20 MB of them in memory.
const UNSETTLED_FACTS_MAX: usize = 32_768;

/// Starts the thread; returns once its connection is open and what an earlier process left in the journal is
/// settled.
pub(super) async fn start(
    path: PathBuf,
    turn: Arc<tokio::sync::Mutex<()>>,
    mut queue: Queue,
    unsettled: Arc<AtomicUsize>,
) -> Result<()> {
    let (opened, is_open) = oneshot::channel();
    std::thread::Builder::new()
        .name("reportage-writer".to_owned())
        .spawn(move || {
            let first = {
                let _turn = turn.blocking_lock();
                Writer::open(&path, unsettled)
            };
            let mut writer = match first {
                Ok(writer) => {
                    let _gone = opened.send(Ok(()));
                    writer
                }
                Err(error) => {
                    let _gone = opened.send(Err(error));
                    return;
                }
            };
            while let Some(first) = queue.commands.blocking_recv() {
                let group = queue.fill(first);
                if !group.jobs.is_empty() {
                    let (requests, replies) = Job::apart(group.jobs);
                    let committed = {
                        let _turn = turn.blocking_lock();
                        writer.commit(requests)
                    };
                    queue.answer(replies, committed);
                }
                for (now_us, done) in group.checks {
                    let _turn = turn.blocking_lock();
                    let _gone = done.send(writer.check(now_us));
                }
                if group.settle.is_empty() && group.forget.is_empty() && !writer.is_full() {
                    continue;
                }
                let settled = {
                    let _turn = turn.blocking_lock();
                    writer.settle_if_needed(!group.forget.is_empty())
                };
                if let Err(error) = &settled {
                    tracing::error!(%error, "the journal could not be settled; it is kept and tried again");
                }
                for done in group.settle.into_iter().chain(group.forget) {
                    let _gone = done.send(settled.is_ok());
                }
            }
            // Nobody is left to ask for anything; what is not settled now is at the next start.
            let _turn = turn.blocking_lock();
            writer.settle_at_the_end();
        })
        .map_err(|error| {
            Error::Configuration(format!("the writer thread did not start: {error}"))
        })?;
    is_open.await.unwrap_or(Err(Error::Unavailable))
}

impl Writer {
    fn settle_at_the_end(&mut self) {
        if let Err(error) = self.settle() {
            tracing::warn!(%error, "the journal is left for the next start");
        }
    }
}

/// What is remembered to admit facts without asking the database.
#[derive(Default)]
struct Memory {
    seen: Arc<Mutex<Seen>>,
    /// Ids in the journal.
    unsettled: HashSet<(i64, Hash), RandomState>,
    /// Days that have keys in `dedupe`, per workspace.
    days: HashMap<i64, BTreeSet<i64>>,
    /// Campaign keys by workspace and reference.
    references: HashMap<i64, HashMap<String, i64, RandomState>>,
}

struct Writer {
    db: Connection,
    path: PathBuf,
    memory: Memory,
    tables: Tables,
    /// What the journal holds, as far as we put it there.
    entries: Entries,
    /// How many facts that are; readers look at it.
    unsettled: Arc<AtomicUsize>,
    /// None: unknown, because a transaction failed. Then the journal is settled before anything is admitted.
    stand: Option<Stand>,
}

/// Where the counters stood after our last transaction. If they stand elsewhere, someone else wrote: another
/// process, as an import beside a running server.
#[derive(Clone, Debug, Default, PartialEq)]
struct Stand {
    next_facts: HashMap<i64, i64>,
    settled: i64,
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(10))?;
    // The log may grow to 128 MiB before it is folded into the file: a page that changes often is then copied once.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
         PRAGMA wal_autocheckpoint = 16000; PRAGMA journal_size_limit = 201326592;
         PRAGMA temp_store = MEMORY;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

impl Writer {
    fn open(path: &Path, unsettled: Arc<AtomicUsize>) -> Result<Self> {
        let mut writer = Self {
            db: connect(path)?,
            path: path.to_owned(),
            memory: Memory::default(),
            tables: Tables::default(),
            entries: Entries::new(),
            unsettled,
            stand: Some(Stand::default()),
        };
        // Also reads what must be known of the database as it is now.
        writer.settle()?;
        Ok(writer)
    }

    fn is_full(&self) -> bool {
        self.unsettled.load(Ordering::Relaxed) >= UNSETTLED_FACTS_MAX
    }

    /// Leaves no transaction open that could not be rolled back: another connection takes the place of one that has one.
    /// Every write begins with this.
    fn mend(&mut self) -> Result<()> {
        if !self.db.is_autocommit() {
            tracing::warn!(
                "a transaction could not be rolled back; the writer's connection is replaced"
            );
            self.db = connect(&self.path)?;
        }
        Ok(())
    }

    /// Whether the writer can write: a real commit, after whatever has to be settled before anything else is taken.
    fn check(&mut self, now_us: i64) -> Result<()> {
        if self.stand.is_none() {
            self.settle()?;
        }
        self.mend()?;
        let tx = transaction::write_rusqlite(&mut self.db)?;
        tx.execute(readiness::TOUCH, [now_us])?;
        Ok(tx.commit()?)
    }

    /// `anew`: rows were deleted behind our back.
    fn settle_if_needed(&mut self, anew: bool) -> Result<()> {
        if anew {
            self.stand = None;
        } else if self.stand.is_some() && self.unsettled.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        self.settle()
    }

    /// Makes a group of requests durable; one outcome each. One that can't be written fails alone.
    fn commit(&mut self, requests: Vec<Request>) -> Committed {
        let n = requests.len();
        match self.try_commit(requests) {
            Ok(committed) => committed,
            Err((error, requests)) if requests.len() <= 1 => Committed::failed(n, &error),
            Err((_, requests)) => {
                let mut all = Committed::default();
                for request in requests {
                    all.append(match self.try_commit(vec![request]) {
                        Ok(committed) => committed,
                        Err((error, _)) => Committed::failed(1, &error),
                    });
                }
                all
            }
        }
    }

    /// On failure the requests come back, and what was remembered, which may have been rolled back, is forgotten.
    fn try_commit(&mut self, requests: Vec<Request>) -> Result<Committed, (Error, Vec<Request>)> {
        match self.append(&requests) {
            Ok((outcomes, changes, rows)) => {
                let facts: usize = rows.iter().map(|row| row.marks.len()).sum();
                self.entries.extend(admit::entries(requests, rows));
                // Before anyone is answered: whoever was answered finds it when reading.
                self.unsettled.fetch_add(facts, Ordering::Release);
                Ok(Committed {
                    outcomes: outcomes.into_iter().map(Ok).collect(),
                    changes,
                })
            }
            Err(error) => {
                self.stand = None;
                Err((error, requests))
            }
        }
    }

    /// The transaction of a commit.
    fn append(
        &mut self,
        requests: &[Request],
    ) -> Result<(Vec<IngestOutcome>, Vec<Change>, Vec<admit::Row>)> {
        self.mend()?;
        loop {
            if Some(Stand::of(&self.db)?) != self.stand {
                self.settle()?;
            }
            let tx = transaction::write_rusqlite(&mut self.db)?;
            // Between looking and locking someone may have written again.
            if Some(Stand::of(&tx)?) != self.stand {
                continue;
            }
            let mut admission = Admission::new(&tx, &mut self.memory);
            let mut outcomes = Vec::with_capacity(requests.len());
            for (at, (workspace, facts)) in requests.iter().enumerate() {
                outcomes.push(admission.admit(*workspace, at, facts)?);
            }
            let (rows, changes) = admission.write(requests)?;
            let stand = Stand::of(&tx)?;
            tx.commit()?;
            self.stand = Some(stand);
            return Ok((outcomes, changes, rows));
        }
    }

    /// Takes everything that stands in the journal into the tables, and reads again what is remembered when someone
    /// else wrote.
    fn settle(&mut self) -> Result<()> {
        self.mend()?;
        // If this fails, the facts are still in the journal and are read from there.
        let mut held = std::mem::take(&mut self.entries);
        let stand = self.stand.take();
        let tx = transaction::write_rusqlite(&mut self.db)?;
        let is_ours_alone = Some(Stand::of(&tx)?) == stand;
        if !is_ours_alone {
            self.tables.forget();
        }
        let entries = journal::read(&tx, &mut held)?;
        let days = if entries.is_empty() {
            Vec::new()
        } else {
            Settlement::new(&tx, &mut self.tables).settle(entries)?
        };
        let stand = Stand::of(&tx)?;
        tx.commit()?;
        self.unsettled.store(0, Ordering::Release);
        self.memory.unsettled.clear();
        if is_ours_alone {
            for (workspace, day) in days {
                self.memory.days.entry(workspace).or_default().insert(day);
            }
        } else {
            self.memory.references.clear();
            self.memory.days = known_days(&self.db)?;
            self.memory.seen = Seen::read_aside(&self.path)?;
        }
        self.stand = Some(stand);
        Ok(())
    }
}

impl Stand {
    fn of(db: &Connection) -> Result<Self> {
        let next_facts = db
            .prepare_cached("SELECT id, next_fact FROM workspace WHERE next_fact > 0")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let settled = db
            .prepare_cached("SELECT settled FROM journal_state")?
            .query_row([], |row| row.get(0))?;
        Ok(Self {
            next_facts,
            settled,
        })
    }
}

fn known_days(db: &Connection) -> rusqlite::Result<HashMap<i64, BTreeSet<i64>>> {
    // One index seek per day instead of a scan of every key.
    let mut next = db.prepare(
        "SELECT workspace, day FROM dedupe WHERE (workspace, day) > (?1, ?2)
         ORDER BY workspace, day LIMIT 1",
    )?;
    let mut days: HashMap<i64, BTreeSet<i64>> = HashMap::new();
    let mut at = (i64::MIN, i64::MIN);
    while let Some(found) = next
        .query_row([at.0, at.1], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
    {
        at = found;
        days.entry(at.0).or_default().insert(at.1);
    }
    Ok(days)
}
