//! The built-in simulator: a carrier of all five channels that speaks to nobody. What becomes of a message depends on
//! the account's seed and the message's key alone, so that a demonstration can be repeated, and receipts can be made
//! again after a restart.

mod dice;
mod fate;
mod item;
mod receipts;
mod tale;
mod templates;
#[cfg(test)]
mod tests;
mod words;

pub use item::read;
pub use receipts::{Facts, receipts};

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Channel, EventKind, content::WhatsAppTemplate};
use tokio::time::{Instant, sleep};

use super::{Answer, Carrier};
use crate::{Outgoing, OutgoingBody, Settings, SettingsError, Submission};

use dice::Dice;
use fate::{Config, Fate, Line};

/// Messages the simulator remembers, for [`Carrier::resolve`] and for repeated submissions.
const MEMORY_MAX: usize = 200_000;

/// The simulator of an account.
///
/// # Errors
/// The first setting that can't be read.
pub fn sandbox(settings: &Settings) -> Result<Arc<dyn Carrier>, SettingsError> {
    Ok(Arc::new(Sandbox {
        config: Config::new(settings)?,
        state: Mutex::default(),
    }))
}

struct Sandbox {
    config: Config,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What came of every message that arrived, or that certainly did not.
    known: HashMap<String, Submission>,
    order: VecDeque<String>,
    /// Start of the running second, and submissions in it.
    second: Option<(Instant, u32)>,
}

impl State {
    /// Takes one submission of the second's allowance, or says how long to wait.
    fn admit(&mut self, per_second: Option<u32>, now: Instant) -> Result<(), Duration> {
        let Some(limit) = per_second else {
            return Ok(());
        };
        let (since, count) = match self.second {
            Some((since, count)) if now - since < Duration::from_secs(1) => (since, count),
            _ => (now, 0),
        };
        if count >= limit {
            return Err(Duration::from_secs(1).saturating_sub(now - since));
        }
        self.second = Some((since, count + 1));
        Ok(())
    }

    fn remember(&mut self, message: &str, outcome: Submission) {
        if self.known.insert(message.to_owned(), outcome).is_none() {
            self.order.push_back(message.to_owned());
            if self.order.len() > MEMORY_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }
}

impl Sandbox {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, message: &Outgoing) -> Submission {
        let mut state = self.state();
        if let Err(wait) = state.admit(self.config.per_second, Instant::now()) {
            return Submission::Later {
                reason: "the simulator asks to send more slowly".to_owned(),
                after: Some(wait),
                is_account: true,
            };
        }
        let refusal = match &message.body {
            OutgoingBody::WhatsApp(body) => templates::refusal(body),
            _ => None,
        };
        let outcome = refusal
            .unwrap_or_else(|| outcome(&self.config, &message.message, channel(&message.body)));
        // The line fails once: who is asked again hears.
        let line = match state.known.get(&message.message) {
            None => Line::of(&self.config, &message.message),
            Some(_) => Line::Clear,
        };
        let lost = |reason: &str| Submission::Uncertain {
            reason: reason.to_owned(),
        };
        match line {
            Line::Clear => {
                state.remember(&message.message, outcome.clone());
                outcome
            }
            Line::AnswerLost => {
                state.remember(&message.message, outcome);
                lost("the simulator's answer was lost")
            }
            Line::MessageLost => {
                let outcome = Submission::Later {
                    reason: "the simulator never got it".to_owned(),
                    after: None,
                    is_account: false,
                };
                state.remember(&message.message, outcome);
                lost("the simulator's answer was lost")
            }
        }
    }
}

impl Carrier for Sandbox {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async move {
            let mut dice = Dice::new(self.config.seed, &message.message, "latency");
            let jitter = u64::try_from(dice.below(1_000)).unwrap_or_default();
            let micros = self.config.latency_ms * (500 + jitter);
            if micros > 0 {
                sleep(Duration::from_micros(micros)).await;
            }
            self.answer(message)
        })
    }

    /// Knows of everything that was submitted to this value, the last 200,000 messages; nothing of before a restart.
    fn resolve<'a>(&'a self, message: &'a str) -> Answer<'a, Option<Submission>> {
        Box::pin(async move { self.state().known.get(message).cloned() })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    /// The same few for every account, in all languages, statuses and forms that are to be tried.
    fn templates(&self) -> Answer<'_, Result<Vec<WhatsAppTemplate>, String>> {
        Box::pin(async { Ok(templates::all().to_vec()) })
    }
}

fn channel(body: &OutgoingBody) -> Channel {
    match body {
        OutgoingBody::Sms { .. } => Channel::Sms,
        OutgoingBody::Email(_) => Channel::Email,
        OutgoingBody::Push(_) => Channel::Push,
        OutgoingBody::WhatsApp(_) => Channel::WhatsApp,
        OutgoingBody::Rcs(_) => Channel::Rcs,
    }
}

/// What the carrier answers when it gets a message.
fn outcome(config: &Config, message: &str, channel: Channel) -> Submission {
    let (kind, word) = match Fate::of(config, message, channel) {
        Fate::Unsent(word) => (EventKind::Unsent, word),
        Fate::FailedAtOnce(word) => (EventKind::Failed, word),
        Fate::Failed(_) | Fate::Pending(_) | Fate::Delivered => {
            return Submission::Accepted {
                reference: Some(item::reference(message)),
                raw: "SENT".to_owned(),
            };
        }
    };
    Submission::Refused {
        kind,
        raw: word.raw.to_owned(),
        reason: word.reason.to_owned(),
        suppress: word.suppress,
        is_device_gone: word.raw == "UNREGISTERED",
    }
}
