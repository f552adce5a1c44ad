//! Answers that are given by themselves: to HELP, STOP and START.
//!
//! A row is written with what it answers, in one transaction, and at most one for a number and a day, whatever is asked: two
//! machines that answer each other come to rest. From there on it is like the outbox: a claim with a lease, a
//! submission, a record; one whose record is missing is uncertain, and is not repeated.

use chrono::{DateTime, TimeDelta, Utc};
use domain::sending::OutboxState;

use crate::{
    Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// An answer to be given. `Debug` leaves number and text out.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAnswer {
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the account that was written to.
    pub account: i64,
    /// Who wrote.
    pub address: String,
    /// Which of our senders was written to, and answers.
    pub sender: String,
    /// `help`, `stop` or `start`.
    pub keyword: &'static str,
    /// What is answered.
    pub text: String,
    /// Key of the message that was answered; none where that isn't known.
    pub origin: Option<String>,
}

impl std::fmt::Debug for NewAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NewAnswer").field(&self.keyword).finish()
    }
}

/// An answer that was claimed. `Debug` shows its key only.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueAnswer {
    /// Internal key.
    pub pk: i64,
    /// Internal key of the account.
    pub account: i64,
    /// Whom it is for.
    pub address: String,
    /// Who answers.
    pub sender: String,
    /// What.
    pub text: String,
    /// Key of the answer as a message.
    pub message: String,
    /// Which attempt this is, from 1.
    pub attempts: i64,
}

impl std::fmt::Debug for DueAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DueAnswer").field(&self.pk).finish()
    }
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Internal key.
    pub pk: i64,
    /// Which attempt it was.
    pub attempts: i64,
    /// [`OutboxState::Submitted`], `Failed`, `Uncertain`, or `Waiting` for another attempt.
    pub state: OutboxState,
    /// When it is tried again, if it is.
    pub due_at: DateTime<Utc>,
    /// The carrier's word.
    pub raw: String,
    /// In a sentence, without contact data.
    pub reason: String,
}

/// Writes an answer inside a transaction.
pub(super) const PUT: &str = "INSERT INTO auto_answer (workspace, account, address, day, sender, keyword, text, message,
         origin, due_us, changed_us)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT (account, address, day) DO NOTHING";
const WORK: &str = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM auto_answer WHERE state = 0 AND due_us <= $1 LIMIT 1) d)
         + (SELECT COUNT(*) FROM (SELECT 1 FROM auto_answer WHERE state = 1 AND lease_until_us <= $1 LIMIT 1) l)";
const EXPIRE: &str = "UPDATE auto_answer SET state = 5, raw = 'UNCERTAIN', changed_us = $1,
         reason = 'The worker that had it did not come back.'
     WHERE state = 1 AND lease_until_us <= $1";
const CLAIM_SQLITE: &str = "UPDATE auto_answer SET state = 1, attempts = attempts + 1, lease_until_us = $2, changed_us = $1
     WHERE pk IN (SELECT pk FROM auto_answer WHERE state = 0 AND due_us <= $1 ORDER BY due_us, pk LIMIT $3)
     RETURNING pk, account, address, sender, text, message, attempts";
const CLAIM_POSTGRES: &str = "UPDATE auto_answer SET state = 1, attempts = attempts + 1, lease_until_us = $2, changed_us = $1
     WHERE pk IN (SELECT pk FROM auto_answer WHERE state = 0 AND due_us <= $1 ORDER BY due_us, pk LIMIT $3
                  FOR UPDATE SKIP LOCKED)
     RETURNING pk, account, address, sender, text, message, attempts";

impl Store {
    /// Claims answers that are due, and gives up those whose claim ran out: they may have been given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_claim(
        &self,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Vec<DueAnswer>> {
        let now_us = now.timestamp_micros();
        let work: i64 = reading!(self, pool => {
            sqlx::query_scalar(WORK).bind(now_us).fetch_one(pool).await?
        });
        if work == 0 {
            return Ok(Vec::new());
        }
        Ok(writing!(self, tx => {
            sqlx::query(EXPIRE).bind(now_us).execute(&mut *tx).await?;
            sqlx::query_as(self.either(CLAIM_SQLITE, CLAIM_POSTGRES))
                .bind(now_us)
                .bind((now + lease).timestamp_micros())
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?
        }))
    }

    /// Records what became of an answer; one whose claim has run out stays uncertain.
    ///
    /// # Errors
    /// When the database fails: it is uncertain in the end.
    pub async fn answer_record(&self, answered: &Answered, now: DateTime<Utc>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(
                "UPDATE auto_answer SET state = $3, due_us = $4, raw = $5, reason = $6, changed_us = $7
                 WHERE pk = $1 AND attempts = $2 AND state = 1",
            )
            .bind(answered.pk)
            .bind(answered.attempts)
            .bind(i64::from(answered.state.code()))
            .bind(answered.due_at.timestamp_micros())
            .bind(&answered.raw)
            .bind(&answered.reason)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }
}
