//! One open stream: what it has told, what wakes it, and what it says next.

use std::time::Duration;

use axum::response::sse::Event;
use chrono::SecondsFormat;
use domain::{campaign::CampaignCard, live::LiveChange};
use store::{Change, ChangeMark, ChangedPage, WorkspaceId};
use tokio::{
    sync::{
        broadcast::{
            Receiver,
            error::{RecvError, TryRecvError},
        },
        watch,
    },
    time::{Instant, sleep_until},
};

use super::holder::Holder;
use crate::{http::metrics::OpenStream, state::AppState};

/// Least time between two messages of a stream.
const MESSAGE_EVERY: Duration = Duration::from_millis(250);
/// Longest pause a busy store is given: figures have to move within a second.
const PAUSE_MAX: Duration = Duration::from_millis(800);
/// How often a stream asks whether whoever holds it still may, and whether another process changed something.
const RECHECK_EVERY: Duration = Duration::from_secs(10);
/// When a look that failed is taken again: no commit may come to wake it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How soon a browser comes back after a break.
const RETRY: Duration = Duration::from_secs(3);

/// Who opens a stream, and what for.
pub(super) struct Asker {
    pub workspace: WorkspaceId,
    pub holder: Holder,
    /// Id of the one campaign watched; none for the whole workspace.
    pub only: Option<String>,
    /// Change number the browser is up to, if it says so.
    pub last_heard: Option<i64>,
}

/// Where a stream stands.
enum Step {
    /// Nothing was said yet.
    Greet,
    /// Say what happened since the last number the browser heard.
    Resume,
    /// Wait for commits.
    Follow,
}

/// One open stream.
pub(super) struct Feed {
    state: AppState,
    workspace: WorkspaceId,
    holder: Holder,
    only: Option<String>,
    wakes: Receiver<Change>,
    revoked: watch::Receiver<u64>,
    /// Change number the browser is up to.
    told: i64,
    /// Where the next look begins: beyond `told` while the cards of a look take several messages.
    mark: ChangeMark,
    /// Whether a campaign was deleted since.
    removed: bool,
    /// Whether wake-ups were lost, and `removed` may be wrong.
    missed: bool,
    step: Step,
    not_before: Instant,
    recheck_at: Instant,
    /// When to look without being woken: there is more to tell, or the last look failed.
    look_at: Option<Instant>,
    _open: OpenStream,
}

impl Feed {
    /// A stream that has told nothing yet.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn begin(
        state: AppState,
        asker: Asker,
        open: OpenStream,
    ) -> store::Result<Self> {
        // Before the version is read, so that no change falls between the two.
        let (wakes, revoked) = (state.store.subscribe(), state.revocations.subscribe());
        let told = match asker.last_heard {
            Some(version) => version,
            None => state.store.version(asker.workspace).await?,
        };
        let now = Instant::now();
        Ok(Self {
            workspace: asker.workspace,
            holder: asker.holder,
            only: asker.only,
            wakes,
            revoked,
            told,
            mark: ChangeMark::after(told),
            removed: false,
            missed: false,
            step: Step::Greet,
            not_before: now,
            recheck_at: now + RECHECK_EVERY,
            look_at: None,
            state,
            _open: open,
        })
    }

    /// The next message; none at the end.
    pub(super) async fn next(&mut self) -> Option<Event> {
        match self.step {
            Step::Greet => {
                self.step = Step::Resume;
                // Something has to be sent at once, or a proxy holds the head of the answer back.
                return Some(Event::default().retry(RETRY).comment("open"));
            }
            Step::Resume => {
                self.step = Step::Follow;
                self.missed = true;
                if let Some(message) = self.look().await {
                    return Some(message);
                }
            }
            Step::Follow => {}
        }
        loop {
            self.wake().await?;
            let shutdown = self.state.shutdown.clone();
            shutdown
                .run_until_cancelled(sleep_until(self.not_before))
                .await?;
            self.drain()?;
            if let Some(message) = self.look().await {
                return Some(message);
            }
        }
    }

    /// A commit elsewhere is none of its business, nor one that a look has found before its wake-up came.
    /// A removal always is: looking doesn't find it.
    fn concerns(&self, change: &Change) -> bool {
        change.workspace == self.workspace && (change.version > self.told || change.is_removal)
    }

    /// Waits until there may be something to tell. None when the stream is to end.
    async fn wake(&mut self) -> Option<()> {
        loop {
            let look_at = self.look_at;
            tokio::select! {
                biased;
                () = self.state.shutdown.cancelled() => return None,
                Ok(()) = self.revoked.changed() => self.recheck().await?,
                () = sleep_until(self.recheck_at) => {
                    self.recheck().await?;
                    self.recheck_at = Instant::now() + RECHECK_EVERY;
                    if self.is_behind().await {
                        return Some(());
                    }
                }
                () = sleep_until(look_at.unwrap_or(self.recheck_at)), if look_at.is_some() => {
                    return Some(());
                }
                wake = self.wakes.recv() => match wake {
                    Ok(change) if self.concerns(&change) => {
                        self.removed |= change.is_removal;
                        return Some(());
                    }
                    Ok(_other) => {}
                    Err(RecvError::Lagged(_)) => {
                        self.missed = true;
                        return Some(());
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// None when whoever holds the stream may not read any more.
    async fn recheck(&self) -> Option<()> {
        let may = self.holder.still_reads(&self.state, self.workspace).await;
        may.then_some(())
    }

    /// Whether something changed that nobody told: a commit of another process (an import, a second server) wakes no
    /// one here. What it removed is not told either, so a look has to reckon with that.
    async fn is_behind(&mut self) -> bool {
        let is_behind = match self.state.store.version(self.workspace).await {
            Ok(version) => version != self.told,
            // The next time will do.
            Err(_) => false,
        };
        self.missed |= is_behind;
        is_behind
    }

    /// Takes in the wake-ups that came meanwhile: one look answers them all.
    fn drain(&mut self) -> Option<()> {
        loop {
            match self.wakes.try_recv() {
                Ok(change) if self.concerns(&change) => self.removed |= change.is_removal,
                Ok(_other) => {}
                Err(TryRecvError::Lagged(_)) => self.missed = true,
                Err(TryRecvError::Empty) => return Some(()),
                Err(TryRecvError::Closed) => return None,
            }
        }
    }

    /// Asks the store what is newer than what was told.
    async fn look(&mut self) -> Option<Event> {
        let since = Instant::now();
        let only = self.only.as_deref();
        let found = self
            .state
            .store
            .changed_page(self.workspace, self.mark, only)
            .await;
        // The costlier the question, the rarer it is asked.
        let pause = (since.elapsed() * 4).clamp(MESSAGE_EVERY, PAUSE_MAX);
        self.not_before = Instant::now() + pause;
        match found {
            Ok(page) => self.tell(page).await,
            Err(error) => {
                tracing::warn!(%error, "a live stream could not be answered");
                self.look_at = Some(Instant::now() + LOOK_AGAIN);
                None
            }
        }
    }

    async fn tell(&mut self, page: ChangedPage) -> Option<Event> {
        let is_reset = self.told > page.version || self.is_broken(&page).await;
        if let (Some(next), false) = (page.next, is_reset) {
            // Others may have changed with the same commit as the last of these: whoever comes back after a break
            // begins with that commit again.
            self.told = self.told.max(next.version - 1);
            self.mark = next;
            self.look_at = Some(self.not_before);
            return self.message("change", page.cards);
        }
        // Cards may be newer than the number read before them, and then hold all there was up to theirs: told again
        // with the wake-up of that commit they would be the same.
        let newest = page.cards.last().map(|card| card.campaign.version);
        self.told = newest.map_or(page.version, |newest| newest.max(page.version));
        self.mark = ChangeMark::after(self.told);
        self.look_at = None;
        (self.removed, self.missed) = (false, false);
        if is_reset {
            return self.message("reset", Vec::new());
        }
        if page.cards.is_empty() {
            return None;
        }
        self.message("change", page.cards)
    }

    /// Whether cards don't tell what happened: a campaign was deleted.
    async fn is_broken(&self, page: &ChangedPage) -> bool {
        let Some(id) = &self.only else {
            // Every change leaves its number on a campaign, unless that campaign is gone.
            let newest = page.cards.last().map(|card| card.campaign.version);
            let is_explained =
                page.next.is_some() || newest.unwrap_or(self.mark.version) >= page.version;
            return self.removed || (self.missed && !is_explained);
        };
        page.cards.is_empty()
            && matches!(
                self.state.store.campaign(self.workspace, id).await,
                Err(store::Error::Refused(_))
            )
    }

    fn message(&self, name: &str, cards: Vec<CampaignCard>) -> Option<Event> {
        let change = LiveChange {
            version: self.told,
            at: self
                .state
                .clock
                .now()
                .to_rfc3339_opts(SecondsFormat::Millis, true),
            cards,
        };
        Event::default()
            .event(name)
            .id(self.told.to_string())
            .json_data(change)
            .inspect_err(|error| tracing::error!(%error, "a change could not be written down"))
            .ok()
    }
}
