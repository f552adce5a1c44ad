//! The live mode: two campaigns of the demonstration never end, so that whoever looks sees the pages move.
//!
//! People come by every second or so and react within a minute instead of within days. It touches nothing but the
//! demonstration workspace, and ends by itself.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc, time::Duration as StdDuration};

use chrono::{DateTime, Duration, Utc};
use domain::{CampaignKind, CampaignType, Event, campaign::NewCampaign};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Store, WorkspaceId};
use tokio_util::sync::CancellationToken;

use super::{
    interactive::participant,
    load::workspace,
    messaging::message,
    people::Person,
    plan::{LIVE_INTERACTIVE, LIVE_MESSAGING, Planned, Run},
    tape::Scene,
};
use crate::{
    clock::Clock,
    enrich::{Enrich, IpPolicy},
};

/// How often it looks what is due.
const TICK: StdDuration = StdDuration::from_millis(350);
/// Chance that someone new comes by within a tick, by campaign. Two to four events a second in all.
const ARRIVALS: [f64; 2] = [0.3, 0.25];
/// Events after which it ends: a night's worth, so that a forgotten demonstration doesn't fill the disk.
const EVENTS_MAX: u64 = 100_000;
/// Customers it draws from.
const CUSTOMERS: u64 = 8_192;
/// Seed of its people, the same as the default of the demonstration's.
const SEED: u64 = 7;

/// An event that will happen.
struct Due {
    at: DateTime<Utc>,
    event: Event,
}

impl Due {
    fn key(&self) -> (DateTime<Utc>, &str) {
        (self.at, &self.event.id)
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// People on their way through the two live campaigns.
struct Crowd {
    scenes: [Planned; 2],
    rng: ChaCha8Rng,
    /// Tells the events of this run from those of earlier ones.
    ids: String,
    n: u32,
    due: BinaryHeap<Reverse<Due>>,
}

impl Crowd {
    fn new(now: DateTime<Utc>) -> Self {
        let planned = |kind: CampaignType, id: &str| Planned {
            new: NewCampaign {
                campaign_type: kind,
                kind: kind.kind(),
                external_id: Some(id.to_owned()),
                ..NewCampaign::default()
            },
            status: domain::CampaignStatus::InProgress,
            number: 0,
            run: None,
        };
        Self {
            scenes: [
                planned(CampaignType::Email, LIVE_MESSAGING),
                planned(CampaignType::ESwipe, LIVE_INTERACTIVE),
            ],
            rng: ChaCha8Rng::seed_from_u64(now.timestamp_micros().cast_unsigned()),
            ids: format!("aurora-live-{}", now.timestamp_micros()),
            n: 0,
            due: BinaryHeap::new(),
        }
    }

    /// Lets new people come by.
    fn arrive(&mut self, now: DateTime<Utc>) {
        for (planned, chance) in self.scenes.iter().zip(ARRIVALS) {
            if !self.rng.random_bool(chance) {
                continue;
            }
            let run = Run {
                starts: now,
                lasts: Duration::zero(),
                audience: 1,
                // A small crowd has to be keen for a page to move.
                appeal: 1.8,
                split: false,
                steady: true,
                linked: true,
                queued: false,
            };
            let scene = Scene {
                ids: self.ids.clone(),
                planned,
                run,
                now: DateTime::<Utc>::MAX_UTC,
            };
            let person = Person::new(SEED, self.rng.random_range(0..CUSTOMERS));
            self.n += 1;
            let events = match planned.new.kind {
                CampaignKind::Messaging => message(&scene, self.n, &person, &mut self.rng),
                CampaignKind::Interactive => participant(&scene, self.n, &person, &mut self.rng),
            };
            self.due.extend(events.into_iter().map(|event| {
                let at = now + hurried(event.at - now);
                Reverse(Due { at, event })
            }));
        }
    }

    /// What has happened by now.
    fn happened(&mut self, now: DateTime<Utc>) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(Reverse(next)) = self.due.peek()
            && next.at <= now
        {
            if let Some(Reverse(Due { at, mut event })) = self.due.pop() {
                event.at = at;
                events.push(event);
            }
        }
        events
    }
}

/// Days become half a minute, seconds stay seconds.
fn hurried(delay: Duration) -> Duration {
    let seconds = delay.as_seconds_f64().max(0.0);
    Duration::milliseconds((seconds.ln_1p() * 3_000.0) as i64)
}

/// Keeps the live campaigns moving until the server ends, if there is a demonstration.
pub async fn run(store: Store, enrich: Arc<Enrich>, clock: Clock, shutdown: CancellationToken) {
    match workspace(&store).await {
        Ok(Some(ws)) => {
            let moved = move_on(&store, &enrich, &clock, ws);
            if let Some(Err(error)) = shutdown.run_until_cancelled(moved).await {
                tracing::warn!(%error, "the demonstration stands still");
            }
        }
        Ok(None) => tracing::info!("no demonstration is loaded: nothing to keep moving"),
        Err(error) => tracing::warn!(%error, "the demonstration can't be found"),
    }
}

async fn move_on(
    store: &Store,
    enrich: &Enrich,
    clock: &Clock,
    ws: WorkspaceId,
) -> Result<(), store::Error> {
    let mut crowd = Crowd::new(clock.now());
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut n_events = 0;
    while n_events < EVENTS_MAX {
        ticks.tick().await;
        let now = clock.now();
        crowd.arrive(now);
        let facts: Vec<_> = crowd
            .happened(now)
            .into_iter()
            .map(|event| enrich.fact(event, IpPolicy::Truncate, now.timestamp_micros()))
            .collect();
        n_events += facts.len() as u64;
        match store.ingest(ws, facts).await {
            // Real events go first.
            Ok(_) | Err(store::Error::Overloaded) => {}
            Err(error) => return Err(error),
        }
    }
    tracing::info!("the demonstration has moved enough and stands still until the next start");
    Ok(())
}
