//! Taking facts in: one writer, group commit, exactly once per event id.
//!
//! Requests hand their facts to the writer and wait. The writer takes whatever waits, writes it in one
//! transaction (facts, message states, roll-ups, campaign rows, change number), and answers everybody
//! after the commit. While it commits, the next group gathers: no timer, no lost time, and a durable
//! commit shared by all who waited.

mod bloom;
mod fold;
mod postgres;
mod recent;
mod seen;
mod sqlite;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{CampaignKind, CampaignStatus, Fact, campaign::begins_sending, event::Rejection};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::{Change, Db, Error, Result, WorkspaceId};

/// Facts waiting for the writer beyond which a request is turned away.
const WAITING_FACTS_MAX: usize = 200_000;
/// Requests waiting for the writer beyond which a request is turned away.
const WAITING_JOBS_MAX: usize = 8_192;
/// Facts the writer takes into one transaction.
const GROUP_FACTS_MAX: usize = 20_000;

/// What became of a request's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestOutcome {
    /// Stored.
    pub accepted: u64,
    /// Stored before; changed nothing.
    pub duplicate: u64,
    /// Not stored: position in the request and why.
    pub rejected: Vec<(usize, Rejection)>,
}

/// A request to the writer.
#[derive(Debug)]
pub(crate) struct Job {
    workspace: WorkspaceId,
    facts: Vec<Fact>,
    reply: oneshot::Sender<Result<IngestOutcome>>,
}

#[derive(Debug)]
enum Command {
    Ingest(Job),
    /// Drop everything remembered: rows were deleted behind the writer's back.
    Forget(oneshot::Sender<()>),
}

/// The way to the writer.
#[derive(Debug)]
pub(crate) struct Ingest {
    commands: mpsc::Sender<Command>,
    waiting: Arc<AtomicUsize>,
}

impl Ingest {
    /// Starts the writer of this database.
    pub(crate) async fn start(
        db: &Db,
        turn: Arc<tokio::sync::Mutex<()>>,
        changes: broadcast::Sender<Change>,
    ) -> Result<Self> {
        let (commands, queue) = mpsc::channel(WAITING_JOBS_MAX);
        let waiting = Arc::new(AtomicUsize::new(0));
        let queue = Queue {
            commands: queue,
            waiting: Arc::clone(&waiting),
            changes,
        };
        match db {
            Db::Sqlite { path, .. } => sqlite::start(path.clone(), turn, queue).await?,
            Db::Postgres(pool) => postgres::start(pool.clone(), queue),
        }
        Ok(Self { commands, waiting })
    }

    pub(crate) async fn submit(
        &self,
        workspace: WorkspaceId,
        facts: Vec<Fact>,
    ) -> Result<IngestOutcome> {
        if facts.is_empty() {
            return Ok(IngestOutcome::default());
        }
        let n = facts.len();
        if self.waiting.fetch_add(n, Ordering::Relaxed) > WAITING_FACTS_MAX {
            self.waiting.fetch_sub(n, Ordering::Relaxed);
            return Err(Error::Overloaded);
        }
        let (reply, answer) = oneshot::channel();
        if self
            .commands
            .try_send(Command::Ingest(Job {
                workspace,
                facts,
                reply,
            }))
            .is_err()
        {
            self.waiting.fetch_sub(n, Ordering::Relaxed);
            return Err(Error::Overloaded);
        }
        answer.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Facts waiting to be written.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) async fn forget(&self) {
        let (reply, done) = oneshot::channel();
        if self.commands.send(Command::Forget(reply)).await.is_ok() {
            let _closed = done.await;
        }
    }
}

/// The writer's end.
struct Queue {
    commands: mpsc::Receiver<Command>,
    waiting: Arc<AtomicUsize>,
    changes: broadcast::Sender<Change>,
}

/// Jobs of one commit.
#[derive(Default)]
struct Group {
    jobs: Vec<Job>,
    forget: Vec<oneshot::Sender<()>>,
    n_facts: usize,
}

impl Group {
    fn take(&mut self, command: Command) {
        match command {
            Command::Ingest(job) => {
                self.n_facts += job.facts.len();
                self.jobs.push(job);
            }
            Command::Forget(reply) => self.forget.push(reply),
        }
    }
}

impl Queue {
    /// The first command, and whatever else waits; none when the store is gone.
    fn fill(&mut self, first: Command) -> Group {
        let mut group = Group::default();
        group.take(first);
        while group.n_facts < GROUP_FACTS_MAX && group.forget.is_empty() {
            let Ok(command) = self.commands.try_recv() else {
                break;
            };
            group.take(command);
        }
        self.waiting.fetch_sub(group.n_facts, Ordering::Relaxed);
        group
    }

    /// Answers everybody of a group and tells subscribers.
    fn answer(&self, jobs: Vec<Replying>, result: Result<Committed>) {
        match result {
            Ok(Committed { outcomes, changes }) => {
                for change in changes {
                    // Nobody listening is fine.
                    let _listeners = self.changes.send(change);
                }
                for (reply, outcome) in jobs.into_iter().zip(outcomes) {
                    let _gone = reply.send(Ok(outcome));
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group of events could not be written; none was acknowledged");
                for reply in jobs {
                    let _gone = reply.send(Err(Error::Unavailable));
                }
            }
        }
    }
}

type Replying = oneshot::Sender<Result<IngestOutcome>>;

/// What a commit came to.
#[derive(Default)]
struct Committed {
    outcomes: Vec<IngestOutcome>,
    changes: Vec<Change>,
}

/// What the writer needs to know of a campaign, and what it will write back.
#[derive(Clone, Debug)]
struct CampaignRow {
    workspace: WorkspaceId,
    kind: CampaignKind,
    status: CampaignStatus,
    first_us: Option<i64>,
    last_us: Option<i64>,
    touched: bool,
}

impl CampaignRow {
    fn see(&mut self, fact: &Fact) {
        self.touched = true;
        self.first_us = Some(self.first_us.map_or(fact.at_us, |at| at.min(fact.at_us)));
        self.last_us = Some(self.last_us.map_or(fact.at_us, |at| at.max(fact.at_us)));
        if let Some(status) = begins_sending(self.kind, self.status, fact.kind) {
            self.status = status;
        }
    }
}

fn unknown_campaign(reference: &str) -> Rejection {
    Rejection::new(
        "unknown_campaign",
        format!("no campaign has the id or external_id {reference:?}"),
    )
}

/// 128-bit hash of an event's id: what makes it the same event.
fn dedupe_hash(id: &str) -> (i64, i64) {
    let hash = xxhash_rust::xxh3::xxh3_128(id.as_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let halves = ((hash >> 64) as u64, hash as u64);
    (halves.0.cast_signed(), halves.1.cast_signed())
}

/// First guess of a message's key within its campaign.
fn message_hash(message: &str, recipient: &str) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(message.as_bytes());
    hasher.update(&[0]);
    hasher.update(recipient.as_bytes());
    hasher.digest().cast_signed()
}
