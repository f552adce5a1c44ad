//! Taking facts in: one writer, group commit, exactly once per event id.
//!
//! Requests hand their facts to the writer and wait. The writer takes whatever waits, makes it durable in one
//! transaction, and answers everybody after the commit. While it commits, the next group gathers: no timer, no
//! lost time, and a durable commit shared by all who waited. On PostgreSQL that transaction writes facts, message
//! states and roll-ups at once; on SQLite it appends to a journal that is settled into them later ([`sqlite`]),
//! and whoever reads asks for that first ([`Ingest::settle`]).

mod bloom;
mod fold;
mod postgres;
mod recent;
mod seen;
mod sqlite;
#[cfg(test)]
mod tests;

pub(crate) use sqlite::{fact_from_bytes, fact_to_bytes};

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{CampaignKind, CampaignStatus, Fact, campaign::begins_sending, event::Rejection};
use tokio::sync::{broadcast, mpsc, mpsc::error::TrySendError, oneshot};

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

/// Longest that facts stay in the journal when nobody asks for them.
const SETTLE_PAUSE: Duration = Duration::from_millis(500);
/// How long to leave a database alone that could not settle, such as one on a full disk.
const SETTLE_PAUSE_FAILED: Duration = Duration::from_secs(5);

/// The facts of one request.
type Request = (WorkspaceId, Vec<Fact>);

/// A request to the writer.
#[derive(Debug)]
pub(crate) struct Job {
    request: Request,
    reply: Reply,
}

impl Job {
    /// The requests, and who waits for them.
    fn apart(jobs: Vec<Self>) -> (Vec<Request>, Vec<Reply>) {
        jobs.into_iter()
            .map(|Self { request, reply }| (request, reply))
            .unzip()
    }
}

#[derive(Debug)]
enum Command {
    Ingest(Job),
    /// Bring the tables that reports read up to what was acknowledged; says whether that went well.
    Settle(oneshot::Sender<bool>),
    /// Drop everything remembered: rows were deleted behind the writer's back.
    Forget(oneshot::Sender<bool>),
    /// Say whether anything can be written; with the time in microseconds since 1970.
    Check(i64, Checked),
}

type Checked = oneshot::Sender<Result<()>>;

/// The way to the writer.
#[derive(Debug)]
pub(crate) struct Ingest {
    commands: mpsc::Sender<Command>,
    waiting: Arc<AtomicUsize>,
    /// Acknowledged facts that reports don't know of yet.
    unsettled: Arc<AtomicUsize>,
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
        let unsettled = Arc::new(AtomicUsize::new(0));
        let queue = Queue {
            commands: queue,
            waiting: Arc::clone(&waiting),
            changes,
        };
        match db {
            Db::Sqlite { path, .. } => {
                sqlite::start(path.clone(), turn, queue, Arc::clone(&unsettled)).await?;
                tokio::spawn(settle_now_and_then(
                    commands.downgrade(),
                    Arc::clone(&unsettled),
                ));
            }
            Db::Postgres(pool) => postgres::start(pool.clone(), queue),
        }
        Ok(Self {
            commands,
            waiting,
            unsettled,
        })
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
        let request = (workspace, facts);
        if let Err(error) = self
            .commands
            .try_send(Command::Ingest(Job { request, reply }))
        {
            self.waiting.fetch_sub(n, Ordering::Relaxed);
            return Err(match error {
                TrySendError::Full(_) => Error::Overloaded,
                TrySendError::Closed(_) => Error::Unavailable,
            });
        }
        answer.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Returns once the tables that reports read hold everything acknowledged before the call.
    pub(crate) async fn settle(&self) -> Result<()> {
        if self.unsettled.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        self.ask(Command::Settle).await
    }

    /// Facts waiting to be written.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Has the writer write something, at `now_us` microseconds since 1970.
    pub(crate) async fn check(&self, now_us: i64) -> Result<()> {
        let (reply, done) = oneshot::channel();
        if self
            .commands
            .send(Command::Check(now_us, reply))
            .await
            .is_err()
        {
            return Err(Error::Unavailable);
        }
        done.await.unwrap_or(Err(Error::Unavailable))
    }

    pub(crate) async fn forget(&self) -> Result<()> {
        self.ask(Command::Forget).await
    }

    async fn ask(&self, command: fn(oneshot::Sender<bool>) -> Command) -> Result<()> {
        let (reply, done) = oneshot::channel();
        let sent = self.commands.send(command(reply)).await;
        match (sent, done.await) {
            (Ok(()), Ok(true)) => Ok(()),
            _ => Err(Error::Unavailable),
        }
    }
}

/// Has the journal settled when nobody asks for it. Ends with the store.
async fn settle_now_and_then(commands: mpsc::WeakSender<Command>, unsettled: Arc<AtomicUsize>) {
    let mut pause = SETTLE_PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        let Some(commands) = commands.upgrade() else {
            return;
        };
        if unsettled.load(Ordering::Relaxed) > 0 {
            let (reply, done) = oneshot::channel();
            if commands.send(Command::Settle(reply)).await.is_err() {
                return;
            }
            drop(commands);
            // The writer has said what went wrong.
            pause = match done.await {
                Ok(true) => SETTLE_PAUSE,
                _ => SETTLE_PAUSE_FAILED,
            };
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
    settle: Vec<oneshot::Sender<bool>>,
    forget: Vec<oneshot::Sender<bool>>,
    checks: Vec<(i64, Checked)>,
    n_facts: usize,
}

impl Group {
    /// Answers checks of the writer where its connections are everybody's.
    fn without_checks(mut self) -> Self {
        for (_, done) in self.checks.drain(..) {
            let _gone = done.send(Ok(()));
        }
        self
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Ingest(job) => {
                self.n_facts += job.request.1.len();
                self.jobs.push(job);
            }
            Command::Settle(reply) => self.settle.push(reply),
            Command::Forget(reply) => self.forget.push(reply),
            Command::Check(now_us, reply) => self.checks.push((now_us, reply)),
        }
    }
}

impl Queue {
    /// The first command, and whatever else waits; none when the store is gone.
    fn fill(&mut self, first: Command) -> Group {
        let mut group = Group::default();
        group.take(first);
        while group.n_facts < GROUP_FACTS_MAX && group.settle.is_empty() && group.forget.is_empty()
        {
            let Ok(command) = self.commands.try_recv() else {
                break;
            };
            group.take(command);
        }
        self.waiting.fetch_sub(group.n_facts, Ordering::Relaxed);
        group
    }

    /// Answers everybody of a group and tells subscribers.
    fn answer(&self, replies: Vec<Reply>, committed: Committed) {
        for change in committed.changes {
            // Nobody listening is fine.
            let _listeners = self.changes.send(change);
        }
        for (reply, outcome) in replies.into_iter().zip(committed.outcomes) {
            let _gone = reply.send(outcome);
        }
    }
}

type Reply = oneshot::Sender<Result<IngestOutcome>>;

/// What a group of requests came to, one outcome each.
#[derive(Default)]
struct Committed {
    outcomes: Vec<Result<IngestOutcome>>,
    changes: Vec<Change>,
}

impl Committed {
    /// Of `n` requests none was written.
    fn failed(n: usize, error: &Error) -> Self {
        tracing::error!(%error, requests = n, "events could not be written; none was acknowledged");
        Self {
            outcomes: (0..n).map(|_| Err(Error::Unavailable)).collect(),
            changes: Vec::new(),
        }
    }

    fn append(&mut self, mut other: Self) {
        self.outcomes.append(&mut other.outcomes);
        self.changes.append(&mut other.changes);
    }
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
        if let Some(status) = begins_sending(self.kind, self.status, fact.kind, fact.evidence) {
            self.status = status;
        }
    }
}

fn campaign_row(
    workspace: WorkspaceId,
    kind: &str,
    status: &str,
    first_us: Option<i64>,
    last_us: Option<i64>,
) -> Result<CampaignRow> {
    let kind: CampaignKind = kind.parse().map_err(|()| Error::Corrupt("campaign kind"))?;
    let status: CampaignStatus = status
        .parse()
        .map_err(|()| Error::Corrupt("campaign status"))?;
    Ok(CampaignRow {
        workspace,
        kind,
        status,
        first_us,
        last_us,
        touched: false,
    })
}

fn unknown_campaign(reference: &str) -> Rejection {
    Rejection::new(
        "unknown_campaign",
        format!("no campaign has the id or external_id {reference:?}"),
    )
}

/// The two halves of a 128-bit hash.
type Hash = (i64, i64);

/// Hash of an event's id, or of a provider's key: what makes it the same.
pub(crate) fn dedupe_hash(id: &str) -> Hash {
    let hash = xxhash_rust::xxh3::xxh3_128(id.as_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let halves = ((hash >> 64) as u64, hash as u64);
    (halves.0.cast_signed(), halves.1.cast_signed())
}

/// First guess of a message's key within its campaign.
pub(crate) fn message_hash(message: &str, recipient: &str) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(message.as_bytes());
    hasher.update(&[0]);
    hasher.update(recipient.as_bytes());
    hasher.digest().cast_signed()
}
