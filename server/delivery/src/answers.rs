//! Answers that are given by themselves, on their way out.

use carrier::{Outgoing, OutgoingBody, Submission};
use chrono::TimeDelta;
use domain::sending::OutboxState;
use futures::{StreamExt, stream};
use store::{Answered, DueAnswer, Result};

use crate::{
    engine::Engine,
    outcome::{ATTEMPTS_MAX, PATIENCE_MAX},
    pace::backoff,
    seams::Unusable,
};

/// Answers claimed in one step, and how many of them are given at once.
const CLAIMED_MAX: u32 = 32;
const AT_ONCE: usize = 8;

impl Engine {
    /// Gives the answers that are due. Returns how many.
    pub(crate) async fn give_answers(&self) -> Result<usize> {
        let lease = self.options().lease;
        let due = self.store().answers_claim(CLAIMED_MAX, lease, self.now());
        let due = due.await?;
        let n = due.len();
        let given = stream::iter(due).map(|answer| async move {
            let answered = self.give(&answer).await;
            self.store().answer_record(&answered, self.now()).await
        });
        let mut given = given.buffer_unordered(AT_ONCE);
        while let Some(recorded) = given.next().await {
            recorded?;
        }
        Ok(n)
    }

    async fn give(&self, answer: &DueAnswer) -> Answered {
        let (later, reason) = match self.account(answer.account).await {
            Ok(account) => {
                let outgoing = Outgoing {
                    message: answer.message.clone(),
                    from: answer.sender.clone(),
                    to: answer.address.clone(),
                    // What becomes of it is in no report: nobody needs to tell.
                    callback: None,
                    body: OutgoingBody::Sms {
                        text: answer.text.clone(),
                    },
                };
                match account.carrier.submit(&outgoing).await {
                    Submission::Accepted { raw, .. } => {
                        return self.answered(answer, OutboxState::Submitted, raw, String::new());
                    }
                    Submission::Refused { raw, reason, .. } => {
                        return self.answered(answer, OutboxState::Failed, raw, reason);
                    }
                    Submission::Uncertain { reason } => {
                        let raw = "UNCERTAIN".to_owned();
                        return self.answered(answer, OutboxState::Uncertain, raw, reason);
                    }
                    Submission::Later { reason, after, .. } => {
                        let after = after.and_then(|after| TimeDelta::from_std(after).ok());
                        (after.map(|after| after.min(PATIENCE_MAX)), reason)
                    }
                    Submission::Account { reason } => (None, reason),
                }
            }
            Err(Unusable::Lasting(reason)) => (None, reason),
            Err(Unusable::Passing(error)) => (None, error.to_string()),
        };
        if answer.attempts >= ATTEMPTS_MAX {
            return self.answered(answer, OutboxState::Failed, "NOT_SENT".to_owned(), reason);
        }
        let wait = later.unwrap_or_default().max(backoff(answer.attempts));
        Answered {
            due_at: self.now() + wait,
            ..self.answered(answer, OutboxState::Waiting, String::new(), reason)
        }
    }

    fn answered(
        &self,
        answer: &DueAnswer,
        state: OutboxState,
        raw: String,
        reason: String,
    ) -> Answered {
        Answered {
            pk: answer.pk,
            attempts: answer.attempts,
            state,
            due_at: self.now(),
            raw,
            reason,
        }
    }
}
