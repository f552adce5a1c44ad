//! The engine: one unit of each kind of work at a time.

mod record;
mod run;
mod send;
mod simulated;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use content::track::Keys;
use domain::{Channel, sending::Launch};
use futures::{StreamExt, stream};
use store::{Error, Result, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    arms::Arms,
    outcome,
    pace::Pacer,
    prepare::{obstacles, prepare, sentence},
    seams::{Account, Accounts, Clock, Facts, PlainFacts, Unusable},
};

/// How long signing keys are believed before they are asked for again.
const KEYS_BELIEVED: TimeDelta = TimeDelta::seconds(60);
/// Campaigns whose compiled arms are kept.
const ARMS_KEPT_MAX: usize = 64;
/// Scheduled campaigns started in one step.
const STARTED_MAX: u32 = 16;
/// Uncertain messages whose provider is asked in one step.
const ASKED_MAX: u32 = 64;
/// Providers asked at once.
const ASKED_AT_ONCE: usize = 16;

/// How an engine works. The defaults suit two cores.
#[derive(Clone)]
pub struct Options {
    /// Public address of this server, without a slash at the end.
    pub base_url: String,
    /// Messages claimed, and handed over at once, by one worker.
    pub batch: u32,
    /// Workers of [`Engine::run`].
    pub workers: usize,
    /// Contacts looked at in one step of an expansion.
    pub page: u32,
    /// Messages told to the reports in one step.
    pub tell: u32,
    /// Items of the inbox understood in one step.
    pub inbox: u32,
    /// How long understood items of the inbox are kept; none: for ever. What wasn't understood, or says something unknown,
    /// stays for 180 days at least.
    pub keep_inbox: Option<TimeDelta>,
    /// How long a claim holds; longer than any carrier may take to answer.
    pub lease: TimeDelta,
    /// How events become facts.
    pub facts: Arc<dyn Facts>,
    /// Rung when there is new work: a launch, something in the inbox.
    pub wake: Arc<Notify>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            batch: 32,
            workers: 4,
            page: 1_000,
            tell: 1_000,
            inbox: 500,
            keep_inbox: None,
            lease: TimeDelta::minutes(10),
            facts: Arc::new(PlainFacts),
            wake: Arc::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepOutcome {
    /// Scheduled campaigns started, or held back.
    pub started: usize,
    /// Claims whose worker didn't come back.
    pub expired: u64,
    /// Contacts of audiences looked at.
    pub expanded: usize,
    /// Messages of which it is known what became of them.
    pub handed: usize,
    /// Messages told to the reports.
    pub told: usize,
    /// Items of the inbox.
    pub received: usize,
    /// Clicks told to the reports.
    pub clicks: usize,
    /// Answers to HELP, STOP and START given by themselves.
    pub answered: usize,
    /// Old items of the inbox forgotten.
    pub forgotten: u64,
    /// Uncertain messages asked about.
    pub asked: usize,
    /// Campaigns completed.
    pub finished: usize,
}

impl StepOutcome {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }
}

/// Sends what was launched. Cheap to clone; clones share their pace.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    accounts: Arc<dyn Accounts>,
    clock: Clock,
    options: Options,
    /// Unique among all engines of all servers.
    name: String,
    keys: tokio::sync::Mutex<Option<(Arc<Keys>, DateTime<Utc>)>>,
    arms: Mutex<HashMap<(i64, i64), Arc<Arms>>>,
    pacer: Mutex<Pacer>,
    /// Which campaign is looked at first: the next one each time.
    turn: std::sync::atomic::AtomicUsize,
    /// When there may be something old to forget.
    next_look: Mutex<DateTime<Utc>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("name", &self.inner.name)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over a store.
    ///
    /// # Errors
    /// When the system has no randomness for its name.
    pub fn new(
        store: Store,
        accounts: Arc<dyn Accounts>,
        clock: Clock,
        options: Options,
    ) -> Result<Self> {
        let name = store::message_key()?;
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                accounts,
                clock,
                options,
                name,
                keys: tokio::sync::Mutex::default(),
                arms: Mutex::default(),
                pacer: Mutex::default(),
                turn: std::sync::atomic::AtomicUsize::default(),
                next_look: Mutex::default(),
            }),
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    pub(crate) async fn account(&self, account: i64) -> std::result::Result<Account, Unusable> {
        self.inner.accounts.account(account).await
    }

    fn pacer(&self) -> MutexGuard<'_, Pacer> {
        self.inner
            .pacer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next_look(&self) -> MutexGuard<'_, DateTime<Utc>> {
        self.inner
            .next_look
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// One unit of each kind of work.
    ///
    /// # Errors
    /// When the database fails; the next step goes on where this one ended.
    pub async fn step(&self) -> Result<StepOutcome> {
        let mut done = self.keep_house().await?;
        done.handed = self
            .hand_over(&self.inner.name, &CancellationToken::new())
            .await?;
        done.told += self.store().tell(self.options().tell, self.now()).await?;
        done.finished += self.store().finish(self.now()).await?;
        Ok(done)
    }

    /// Everything but handing over.
    async fn keep_house(&self) -> Result<StepOutcome> {
        let mut done = StepOutcome {
            started: self.start_due().await?,
            expired: self.store().expire_leases(self.now()).await?,
            expanded: self.expand().await?,
            ..StepOutcome::default()
        };
        done.received = self.read_inbox().await?;
        done.answered = self.give_answers().await?;
        done.clicks = self.tell_clicks().await?;
        done.forgotten = self.forget_old().await?;
        done.asked = self.ask_providers().await?;
        done.told = self.store().tell(self.options().tell, self.now()).await?;
        done.finished = self.store().finish(self.now()).await?;
        Ok(done)
    }

    /// Starts scheduled campaigns whose time has come; one that something stands in the way of is Pending again.
    async fn start_due(&self) -> Result<usize> {
        let now = self.now();
        let due = self.store().due_scheduled(now, STARTED_MAX).await?;
        for due in &due {
            let (ws, id) = (due.workspace, &due.campaign);
            if let Err(error) = self.start(ws, id, now).await {
                // Changed or deleted meanwhile: another step sees how it stands.
                let Error::Refused(refusal) = error else {
                    return Err(error);
                };
                self.store()
                    .unschedule(ws, id, &refusal.to_string(), now)
                    .await?;
            }
        }
        Ok(due.len())
    }

    async fn start(&self, ws: store::WorkspaceId, id: &str, now: DateTime<Utc>) -> Result<()> {
        let base = &self.options().base_url;
        let info = self.store().sending(ws, id).await?;
        let found = obstacles(self.store(), &self.inner.accounts, ws, &info, base, now).await?;
        if !found.is_empty() {
            return self
                .store()
                .unschedule(ws, id, &sentence(&found), now)
                .await;
        }
        let prepared = prepare(self.store(), ws, &info, base, now).await?;
        self.store()
            .launch(ws, id, Launch::Now, &prepared, "system", now)
            .await?;
        Ok(())
    }

    /// Writes a page of each audience that isn't complete. One that can't be read any more, because its list was deleted,
    /// suspends its campaign, and stops no other.
    async fn expand(&self) -> Result<usize> {
        let mut seen = 0;
        for (ws, campaign) in self.store().expanding().await? {
            let (page, now) = (self.options().page, self.now());
            match self.store().expand_step(ws, campaign, page, now).await {
                // An empty audience is work, too: the campaign moves on.
                Ok(step) => seen += step.seen.max(usize::from(step.is_done)),
                Err(Error::Refused(refusal)) => {
                    let trouble = format!("The rest of the audience can't be found: {refusal}");
                    self.store()
                        .suspend_for_trouble(ws, campaign, &trouble, now)
                        .await?;
                    seen += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }

    /// Asks providers what became of uncertain messages.
    async fn ask_providers(&self) -> Result<usize> {
        let uncertain = self.store().uncertain_due(ASKED_MAX, self.now()).await?;
        let asked = uncertain.len();
        let answers = stream::iter(uncertain).map(|message| async move {
            let account = match self.inner.accounts.account(message.account).await {
                Ok(account) => Some(account),
                Err(Unusable::Lasting(_)) => None,
                Err(Unusable::Passing(error)) => return Err(error),
            };
            let word = match account {
                Some(account) => account.carrier.resolve(&message.message).await,
                None => None,
            };
            Ok((message, word))
        });
        let mut answers = answers.buffer_unordered(ASKED_AT_ONCE);
        while let Some(answer) = answers.next().await {
            let (message, word) = answer?;
            let now = self.now();
            let word = outcome::resolved(word, now);
            self.store().resolve(&message, word.as_ref(), now).await?;
        }
        Ok(asked)
    }

    /// The keys that sign addresses.
    async fn keys(&self) -> Result<Arc<Keys>> {
        let mut held = self.inner.keys.lock().await;
        let now = self.now();
        if let Some((keys, since)) = &*held
            && now - *since < KEYS_BELIEVED
        {
            return Ok(Arc::clone(keys));
        }
        let keys = self.store().signing_keys(now).await?;
        let keys = Arc::new(Keys::new(keys).map_err(|_| Error::Corrupt("signing keys"))?);
        *held = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    /// The compiled arms of a launched campaign.
    pub(crate) async fn arms(
        &self,
        campaign: i64,
        launched_us: i64,
        channel: Channel,
    ) -> Result<Arc<Arms>> {
        let key = (campaign, launched_us);
        if let Some(arms) = self.held_arms().get(&key) {
            return Ok(Arc::clone(arms));
        }
        let base = &self.options().base_url;
        let arms = Arc::new(Arms::of(self.store(), campaign, channel, base).await?);
        let mut held = self.held_arms();
        if held.len() >= ARMS_KEPT_MAX {
            held.clear();
        }
        held.insert(key, Arc::clone(&arms));
        Ok(arms)
    }

    fn held_arms(&self) -> MutexGuard<'_, HashMap<(i64, i64), Arc<Arms>>> {
        self.inner
            .arms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
