//! Two threads that compile MJML, and what they made last.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use ring::digest::{SHA256, digest};

use super::engine::{Engine, EngineError, Made, STACK_BYTES};

/// Threads, each with an engine of its own.
const WORKERS: usize = 2;
/// Sources that may wait.
const QUEUE_MAX: usize = 8;
/// Longest wait for an answer: all that may wait, at the longest time each.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Results that are kept: a draft is compiled when it is saved, shown, listed and launched.
const CACHE_ENTRIES_MAX: usize = 64;
/// Bytes of HTML that are kept.
const CACHE_BYTES_MAX: usize = 16 << 20;
/// How long it is remembered that a source took too much: another try may meet a less busy machine.
const FAILURE_TTL: Duration = Duration::from_secs(60);

/// The HTML of a source, or why there is none. Results are shared.
pub(super) type Outcome = Arc<Result<Made, EngineError>>;

struct Job {
    source: String,
    answer: SyncSender<Result<Made, EngineError>>,
}

static QUEUE: LazyLock<SyncSender<Job>> = LazyLock::new(start);
static CACHE: Mutex<Cache> = Mutex::new(Cache {
    entries: VecDeque::new(),
    bytes: 0,
});

/// Compiles a source on one of the threads, or gives what it came to before.
pub(super) fn compile(source: &str) -> Outcome {
    let key = Key::of(source);
    if let Some(known) = cache().get(&key) {
        return known;
    }
    let outcome = Arc::new(submit(source));
    cache().put(key, &outcome);
    outcome
}

fn submit(source: &str) -> Result<Made, EngineError> {
    let (answer, answered) = sync_channel(1);
    let job = Job {
        source: source.to_owned(),
        answer,
    };
    QUEUE.try_send(job).map_err(|_| EngineError::Busy)?;
    answered
        .recv_timeout(WAIT_MAX)
        .unwrap_or(Err(EngineError::Busy))
}

/// Starts the threads. Where none can be started, the queue has no other end and every source is answered with `Busy`.
fn start() -> SyncSender<Job> {
    let (queue, jobs) = sync_channel(QUEUE_MAX);
    let jobs = Arc::new(Mutex::new(jobs));
    for n in 0..WORKERS {
        let jobs = Arc::clone(&jobs);
        let spawned = thread::Builder::new()
            .name(format!("mjml-{n}"))
            .stack_size(STACK_BYTES)
            .spawn(move || work(&jobs));
        drop(spawned);
    }
    queue
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    let mut engine = None;
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let made = catch_unwind(AssertUnwindSafe(|| attempt(&mut engine, &job.source)));
        let made = made.unwrap_or_else(|_| {
            engine = None;
            Err(EngineError::Broken)
        });
        // Who asked may have given up.
        drop(job.answer.try_send(made));
    }
}

/// Compiles with the engine at hand or a new one. One that failed is replaced; a source that failed for want of memory
/// in an engine that had done other work gets a fresh one, so that its result depends on nothing but itself.
fn attempt(engine: &mut Option<Engine>, source: &str) -> Result<Made, EngineError> {
    let mut used = match engine.take() {
        Some(engine) => engine,
        None => Engine::load()?,
    };
    let was_used = used.is_used;
    let mut made = used.compile(source);
    let is_final = matches!(
        made,
        Ok(_)
            | Err(EngineError::Time
                | EngineError::Malformed
                | EngineError::Refused(_)
                | EngineError::Length)
    );
    if !is_final && was_used {
        drop(used);
        used = Engine::load()?;
        made = used.compile(source);
    }
    let is_sound = matches!(
        made,
        Ok(_) | Err(EngineError::Malformed | EngineError::Length)
    );
    if is_sound && !used.is_spoiled {
        *engine = Some(used);
    }
    made
}

fn cache() -> std::sync::MutexGuard<'static, Cache> {
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// SHA-256 of a source.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key([u8; 32]);

impl Key {
    fn of(source: &str) -> Self {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, source.as_bytes()).as_ref());
        Self(key)
    }
}

struct Entry {
    key: Key,
    outcome: Outcome,
    expires: Option<Instant>,
}

/// Results, the latest last.
struct Cache {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Cache {
    fn get(&mut self, key: &Key) -> Option<Outcome> {
        let at = self.entries.iter().position(|entry| entry.key == *key)?;
        let entry = self.entries.remove(at)?;
        self.bytes -= bytes(&entry.outcome);
        if entry
            .expires
            .is_some_and(|expires| Instant::now() >= expires)
        {
            return None;
        }
        let outcome = Arc::clone(&entry.outcome);
        self.push(entry);
        Some(outcome)
    }

    fn put(&mut self, key: Key, outcome: &Outcome) {
        let expires = match outcome.as_ref() {
            Err(EngineError::Busy | EngineError::Broken) => return,
            Err(EngineError::Time) => Some(Instant::now() + FAILURE_TTL),
            _ => None,
        };
        if self.get(&key).is_none() {
            self.push(Entry {
                key,
                outcome: Arc::clone(outcome),
                expires,
            });
        }
        while self.entries.len() > CACHE_ENTRIES_MAX || self.bytes > CACHE_BYTES_MAX {
            if let Some(oldest) = self.entries.pop_front() {
                self.bytes -= bytes(&oldest.outcome);
            }
        }
    }

    fn push(&mut self, entry: Entry) {
        self.bytes += bytes(&entry.outcome);
        self.entries.push_back(entry);
    }
}

fn bytes(outcome: &Outcome) -> usize {
    outcome.as_ref().as_ref().map_or(0, |made| made.html.len())
}
