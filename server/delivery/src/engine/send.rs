//! Claiming, rendering, submitting, recording.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use carrier::Outgoing;
use chrono::{DateTime, Utc};
use futures::{StreamExt, future, stream};
use store::{Active, Claim, Claimed, Handed, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Engine;
use crate::{
    arms::Arms,
    outcome::{self, AccountWord},
    pace::Whose,
    render::{Desk, is_short},
    seams::{Account, Unusable},
};

/// What is claimed, by whom, and how it goes out.
pub(super) struct Batch<'a> {
    pub(super) worker: &'a str,
    pub(super) active: &'a Active,
    pub(super) arms: &'a Arms,
    pub(super) account: &'a Account,
    /// Set when nothing more is to be begun: the server ends, or the account asks for patience.
    is_stopped: AtomicBool,
    pub(super) shutdown: &'a CancellationToken,
}

/// What a batch's answers say of the account.
#[derive(Default)]
pub(super) struct Said {
    pub(super) pause: Option<DateTime<Utc>>,
    pub(super) trouble: Option<String>,
    pub(super) has_taken: bool,
}

/// A message whose answer is in.
pub(super) struct Answered {
    pub(super) handed: Handed,
    pub(super) word: AccountWord,
    /// What was handed over; none when it wasn't begun.
    pub(super) outgoing: Option<Outgoing>,
}

impl Engine {
    /// Hands over one batch of one campaign. Returns how many messages it is known of what became of them: 0 when there
    /// was nothing to do.
    pub(super) async fn hand_over(
        &self,
        worker: &str,
        shutdown: &CancellationToken,
    ) -> Result<usize> {
        let mut active = self.store().active().await?;
        let first = self.inner.turn.fetch_add(1, Ordering::Relaxed);
        let n = active.len().max(1);
        active.rotate_left(first % n);
        for active in &active {
            let handed = self.hand_over_of(active, worker, shutdown).await?;
            if handed > 0 {
                return Ok(handed);
            }
        }
        Ok(0)
    }

    async fn hand_over_of(
        &self,
        active: &Active,
        worker: &str,
        shutdown: &CancellationToken,
    ) -> Result<usize> {
        let now = self.now();
        if active.resume_at.is_some_and(|resume_at| resume_at > now) {
            return Ok(0);
        }
        let arms = self
            .arms(active.campaign, active.launched_us, active.channel)
            .await?;
        let limits = [
            (Whose::Campaign(active.campaign), arms.draft.pace.per_second),
            (Whose::Account(active.account), active.account_per_second),
        ];
        let allowed = self.pacer().take(&limits, self.options().batch, now);
        if allowed == 0 {
            return Ok(0);
        }
        let claim = Claim {
            worker,
            workspace: active.workspace,
            campaign: active.campaign,
            channel: active.channel,
            window: arms.draft.pace.window,
            limit: allowed,
            lease: self.options().lease,
        };
        let claimed = match self.store().claim(&claim, now).await {
            Ok(claimed) => claimed,
            Err(error) => {
                self.pacer().give_back(&limits, allowed);
                return Err(error);
            }
        };
        let n = u32::try_from(claimed.len()).unwrap_or(allowed);
        self.pacer().give_back(&limits, allowed.saturating_sub(n));
        if claimed.is_empty() {
            return Ok(0);
        }
        self.submit(active, &arms, claimed, worker, shutdown).await
    }

    async fn submit(
        &self,
        active: &Active,
        arms: &Arms,
        claimed: Vec<Claimed>,
        worker: &str,
        shutdown: &CancellationToken,
    ) -> Result<usize> {
        let back: Vec<_> = claimed.iter().map(outcome::not_begun).collect();
        let account = match self.inner.accounts.account(active.account).await {
            Ok(account) => account,
            Err(unusable) => {
                // Nothing was begun, and nothing is lost.
                self.record(worker, shutdown, &back).await?;
                return match unusable {
                    Unusable::Passing(error) => Err(error),
                    Unusable::Lasting(reason) => {
                        self.trouble(active, &reason).await?;
                        Ok(back.len())
                    }
                };
            }
        };
        let batch = Batch {
            worker,
            active,
            arms,
            account: &account,
            is_stopped: AtomicBool::new(false),
            shutdown,
        };
        let made = match self.make(&batch, claimed).await {
            Ok(made) => made,
            Err(error) => {
                self.record(worker, shutdown, &back).await?;
                return Err(error);
            }
        };
        self.hand(&batch, made).await
    }

    /// Renders the messages of a batch; those that can't be made are recorded at once.
    async fn make(
        &self,
        batch: &Batch<'_>,
        claimed: Vec<Claimed>,
    ) -> Result<Vec<(Claimed, Outgoing)>> {
        let short = if is_short(batch.active.channel) {
            let wanted: Vec<_> = claimed
                .iter()
                .filter_map(|claimed| Some((claimed, batch.arms.by_name.get(&claimed.variant)?)))
                .flat_map(|(claimed, arm)| {
                    arm.tracked
                        .iter()
                        .map(|(_, link)| (claimed.message.as_str(), *link))
                })
                .collect();
            self.store().short_links_for(&wanted).await?
        } else {
            HashMap::new()
        };
        let keys = self.keys().await?;
        let desk = Desk {
            campaign: batch.active,
            arms: batch.arms,
            keys: &keys,
            base: &self.options().base_url,
            webhook_key: &batch.account.webhook_key,
            short: &short,
        };
        let (mut made, mut unmade) = (Vec::with_capacity(claimed.len()), Vec::new());
        for claimed in claimed {
            match desk.outgoing(&claimed) {
                Ok(outgoing) => made.push((claimed, outgoing)),
                Err(why) => unmade.push(outcome::unsent(&claimed, why.raw, why.reason)),
            }
        }
        self.record(batch.worker, batch.shutdown, &unmade).await?;
        Ok(made)
    }

    /// Submits the messages of a batch, all at once, and records what is known as it becomes known. Submissions don't wait
    /// for a transaction that is under way; the answers that come meanwhile share the next one.
    async fn hand(&self, batch: &Batch<'_>, made: Vec<(Claimed, Outgoing)>) -> Result<usize> {
        let n = made.len();
        let at_once = usize::try_from(self.options().batch).unwrap_or(1).max(1);
        let (answers, known) = mpsc::channel(n.max(1));
        let submitting = async move {
            let answers = &answers;
            let each = |(claimed, outgoing)| async move {
                let answered = self.submit_one(batch, claimed, outgoing).await;
                // Nobody takes it any more when recording failed.
                let _untaken = answers.send(answered).await;
            };
            stream::iter(made).for_each_concurrent(at_once, each).await;
            Result::Ok(())
        };
        let ((), said) = future::try_join(submitting, self.record_all(batch, known)).await?;
        self.heed(batch.active, said).await?;
        // A batch of which nothing could be made was work, too.
        Ok(n.max(1))
    }

    async fn submit_one(
        &self,
        batch: &Batch<'_>,
        claimed: Claimed,
        outgoing: Outgoing,
    ) -> Answered {
        if batch.is_stopped.load(Ordering::Relaxed) || batch.shutdown.is_cancelled() {
            return Answered {
                handed: outcome::not_begun(&claimed),
                word: AccountWord::None,
                outgoing: None,
            };
        }
        let submission = batch.account.carrier.submit(&outgoing).await;
        let (handed, word) = outcome::of(&claimed, batch.active.channel, submission, self.now());
        if word != AccountWord::None {
            batch.is_stopped.store(true, Ordering::Relaxed);
        }
        Answered {
            handed,
            word,
            outgoing: Some(outgoing),
        }
    }

    /// Does what a batch's answers say of the account.
    async fn heed(&self, active: &Active, said: Said) -> Result<()> {
        if let Some(until) = said.pause {
            self.store().pause_account(active.account, until).await?;
        }
        match said.trouble {
            Some(reason) => self.trouble(active, &reason).await,
            None if said.has_taken && active.is_account_troubled => {
                self.store().set_account_trouble(active.account, None).await
            }
            None => Ok(()),
        }
    }

    /// The account doesn't work: the campaign stands still until somebody has mended that and resumes it.
    async fn trouble(&self, active: &Active, reason: &str) -> Result<()> {
        tracing::warn!(
            campaign = active.id,
            reason,
            "a campaign is suspended: its account doesn't work"
        );
        self.store()
            .set_account_trouble(active.account, Some(reason))
            .await?;
        let trouble = format!("The carrier account can't be used: {reason}");
        self.store()
            .suspend_for_trouble(active.workspace, active.campaign, &trouble, self.now())
            .await?;
        Ok(())
    }
}
