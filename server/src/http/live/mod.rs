//! `GET /live`: what changed, as it changes (server-sent events).
//!
//! Nothing is queued for a browser. A stream remembers the change number it has told; a commit only wakes it, and
//! it asks the store what is newer. So a slow reader, a lost wake-up or a broken connection costs nothing: the
//! next answer brings it up to date, and a browser that comes back says the last number it heard.

mod holder;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use chrono::SecondsFormat;
use domain::{
    Refusal,
    campaign::CampaignCard,
    live::{LiveChange, LiveScope},
    user::Scope,
};
use futures::stream;
use serde::Deserialize;
use store::{Change, WorkspaceId};
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{Instant, sleep_until},
};

use self::holder::Holder;
use super::{metrics::OpenStream, problem::Problem};
use crate::{auth::ApiPrincipal, state::AppState};

/// Least time between two messages of a stream.
const MESSAGE_EVERY: Duration = Duration::from_millis(250);
/// Longest pause a busy store is given: figures have to move within a second.
const PAUSE_MAX: Duration = Duration::from_millis(800);
/// How often a stream asks whether its session still stands.
const RECHECK_EVERY: Duration = Duration::from_secs(10);
/// A comment this often keeps proxies from closing a quiet stream.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// How soon a browser comes back after a break.
const RETRY: Duration = Duration::from_secs(3);
/// Cards the store gives at once; as many may mean that there are more.
const CARDS_MAX: usize = 200;

/// The route.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/live", get(open))
}

#[derive(Debug, Deserialize)]
struct Asked {
    scope: String,
    last_event_id: Option<String>,
}

async fn open(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    holder: Holder,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.require(Scope::Read)?;
    let Query(asked) = asked.map_err(|_unreadable| Refusal::invalid("scope", "is missing"))?;
    let scope: LiveScope = asked
        .scope
        .parse()
        .map_err(|()| Refusal::invalid("scope", "is neither workspace nor campaign:ID"))?;
    // A browser that reconnects sends the header; what the page asked for first is older.
    let last_heard = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .or(asked.last_event_id.as_deref())
        .map(|text| text.trim().parse::<i64>())
        .transpose()
        .map_err(|_unreadable| Refusal::invalid("last_event_id", "is no number"))?;
    if let LiveScope::Campaign(id) = &scope {
        state.store.campaign(caller.workspace(), id).await?;
    }
    let open = OpenStream::new().ok_or(store::Error::Overloaded)?;
    // Before the version is read, so that no change falls between the two.
    let wakes = state.store.subscribe();
    let told = match last_heard {
        Some(version) => version,
        None => state.store.version(caller.workspace()).await?,
    };
    let live = Live {
        workspace: caller.workspace(),
        holder,
        scope,
        wakes,
        told,
        removed: false,
        missed: false,
        step: Step::Greet,
        not_before: Instant::now(),
        recheck_at: Instant::now() + RECHECK_EVERY,
        state,
        _open: open,
    };
    let messages = stream::unfold(live, |mut live| async {
        let message = live.next().await?;
        Some((Ok::<_, Infallible>(message), live))
    });
    let mut response = Sse::new(messages)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT_EVERY).text("hb"))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    // nginx collects answers into buffers unless told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
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
struct Live {
    state: AppState,
    workspace: WorkspaceId,
    holder: Holder,
    scope: LiveScope,
    wakes: Receiver<Change>,
    /// Change number the browser is up to.
    told: i64,
    /// Whether a campaign was deleted since.
    removed: bool,
    /// Whether wake-ups were lost, and `removed` may be wrong.
    missed: bool,
    step: Step,
    not_before: Instant,
    recheck_at: Instant,
    _open: OpenStream,
}

impl Live {
    /// The next message; none at the end.
    async fn next(&mut self) -> Option<Event> {
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

    /// Waits for a commit in this workspace. None when the stream is to end.
    async fn wake(&mut self) -> Option<()> {
        loop {
            tokio::select! {
                biased;
                () = self.state.shutdown.cancelled() => return None,
                () = sleep_until(self.recheck_at) => {
                    if !self.holder.still_reads(&self.state, self.workspace).await {
                        return None;
                    }
                    self.recheck_at = Instant::now() + RECHECK_EVERY;
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
        let only = match &self.scope {
            LiveScope::Workspace => None,
            LiveScope::Campaign(id) => Some(id.as_str()),
        };
        let found = self
            .state
            .store
            .changed_cards(self.workspace, self.told, only)
            .await;
        // The costlier the question, the rarer it is asked.
        let pause = (since.elapsed() * 4).clamp(MESSAGE_EVERY, PAUSE_MAX);
        self.not_before = Instant::now() + pause;
        let (version, cards) = match found {
            Ok(found) => found,
            Err(error) => {
                // The commits are still newer than `told`: the next wake-up finds them.
                tracing::warn!(%error, "a live stream could not be answered");
                return None;
            }
        };
        let is_reset = self.told > version || self.is_broken(version, &cards).await;
        let is_news = is_reset || !cards.is_empty();
        self.told = version;
        (self.removed, self.missed) = (false, false);
        is_news.then(|| self.message(is_reset, cards)).flatten()
    }

    /// Whether cards alone don't tell what happened: a campaign was deleted, or there are too many.
    async fn is_broken(&self, version: i64, cards: &[CampaignCard]) -> bool {
        if cards.len() >= CARDS_MAX {
            return true;
        }
        match &self.scope {
            LiveScope::Workspace => {
                // Every change leaves its number on a campaign, unless that campaign is gone.
                let newest = cards.iter().map(|card| card.campaign.version).max();
                let unexplained =
                    version > self.told && newest.is_none_or(|newest| newest < version);
                self.removed || (self.missed && unexplained)
            }
            LiveScope::Campaign(id) => {
                cards.is_empty()
                    && matches!(
                        self.state.store.campaign(self.workspace, id).await,
                        Err(store::Error::Refused(_))
                    )
            }
        }
    }

    fn message(&self, is_reset: bool, cards: Vec<CampaignCard>) -> Option<Event> {
        let change = LiveChange {
            version: self.told,
            at: self
                .state
                .clock
                .now()
                .to_rfc3339_opts(SecondsFormat::Millis, true),
            cards: if is_reset { Vec::new() } else { cards },
        };
        Event::default()
            .event(if is_reset { "reset" } else { "change" })
            .id(self.told.to_string())
            .json_data(change)
            .inspect_err(|error| tracing::error!(%error, "a change could not be written down"))
            .ok()
    }
}
