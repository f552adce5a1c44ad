//! What became of messages that were handed over.

use chrono::{DateTime, Utc};
use domain::{Channel, contact::SuppressionSource, sending::OutboxState};
use serde::Serialize;

use super::rows;
use crate::{Result, Store, macros::writing};

/// What became of a claimed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The carrier has it.
    Submitted {
        /// The carrier's id of it.
        reference: Option<String>,
        /// The carrier's word.
        raw: String,
    },
    /// It went out and bounced at once.
    Failed {
        /// The carrier's word.
        raw: String,
        /// In a sentence.
        reason: String,
    },
    /// It was never taken, and never will be.
    Unsent {
        /// The carrier's word, or ours.
        raw: String,
        /// In a sentence.
        reason: String,
    },
    /// Certainly not taken; another attempt at that time.
    Again {
        /// When.
        due: DateTime<Utc>,
        /// In a sentence.
        reason: String,
        /// Whether this was an attempt, and not the carrier asking for patience.
        counts: bool,
    },
    /// The worker didn't begin: as if it had never been claimed.
    NotBegun,
    /// Nobody knows.
    Uncertain {
        /// In a sentence.
        reason: String,
    },
}

/// A claimed message and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Internal key.
    pub pk: i64,
    /// The attempt, as it was claimed.
    pub attempt: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether, and why, its address is not to be written to again.
    pub suppress: Option<(Channel, SuppressionSource)>,
    /// Whether its device is gone.
    pub is_device_gone: bool,
}

#[derive(Serialize)]
struct Values<'a> {
    pk: i64,
    attempt: i64,
    refund: i64,
    state: u8,
    due_us: i64,
    reference: Option<&'a str>,
    raw: Option<&'a str>,
    reason: Option<&'a str>,
    channel: Option<u8>,
    source: Option<u8>,
    gone: i64,
}

/// What is written of a row. A message that waits again when its campaign was cancelled is cancelled, too.
macro_rules! set {
    () => {
        "state = CASE WHEN r.state = 0 AND EXISTS
                 (SELECT 1 FROM sending s WHERE s.campaign = o.campaign AND s.phase IN ('done', 'cancelling'))
                 THEN 6 ELSE r.state END,
             attempts = o.attempts - r.refund, due_us = r.due_us, lease_until_us = NULL,
             lease_owner = CASE WHEN r.state = 5 THEN o.lease_owner END,
             reference = COALESCE(r.reference, o.reference), raw = r.raw, reason = r.reason, changed_us = $2"
    };
}
/// The values as rows `r`.
macro_rules! sqlite_rows {
    () => {
        "(SELECT json_extract(value, '$.pk') AS pk, json_extract(value, '$.attempt') AS attempt,
              json_extract(value, '$.refund') AS refund, json_extract(value, '$.state') AS state,
              json_extract(value, '$.due_us') AS due_us, json_extract(value, '$.reference') AS reference,
              json_extract(value, '$.raw') AS raw, json_extract(value, '$.reason') AS reason,
              json_extract(value, '$.channel') AS channel, json_extract(value, '$.source') AS source,
              json_extract(value, '$.gone') AS gone FROM json_each($1)) r"
    };
}
macro_rules! postgres_rows {
    () => {
        "jsonb_to_recordset(CAST($1 AS JSONB)) AS r (pk BIGINT, attempt BIGINT, refund BIGINT, state BIGINT,
             due_us BIGINT, reference TEXT, raw TEXT, reason TEXT, channel BIGINT, source BIGINT, gone BIGINT)"
    };
}
macro_rules! statements {
    ($rows:ident) => {
        [
            concat!(
                "UPDATE outbox AS o SET ",
                set!(),
                " FROM ",
                $rows!(),
                " WHERE o.pk = r.pk AND o.lease_owner = $3 AND o.attempts = r.attempt AND o.state IN (1, 5)"
            ),
            concat!(
                "INSERT INTO suppression (workspace, channel, address, source, reason, campaign, at_us)
                 SELECT o.workspace, r.channel, o.address, r.source, r.reason, o.campaign, $2 FROM ",
                $rows!(),
                " JOIN outbox o ON o.pk = r.pk WHERE r.source IS NOT NULL
                 ORDER BY o.workspace, r.channel, o.address
                 ON CONFLICT (workspace, channel, address) DO UPDATE
                 SET source = excluded.source, reason = excluded.reason, campaign = excluded.campaign,
                     at_us = excluded.at_us
                 WHERE suppression.source IN (0, 3, 4) AND excluded.source NOT IN (0, 3, 4)"
            ),
            concat!(
                "DELETE FROM device WHERE address IN (SELECT o.address FROM ",
                $rows!(),
                " JOIN outbox o ON o.pk = r.pk WHERE r.gone = 1)"
            ),
        ]
    };
}
const SQLITE: [&str; 3] = statements!(sqlite_rows);
const POSTGRES: [&str; 3] = statements!(postgres_rows);

impl Handed {
    fn values(&self, now_us: i64) -> Values<'_> {
        let (state, due_us, refund) = match &self.outcome {
            Outcome::Submitted { .. } => (OutboxState::Submitted, now_us, 0),
            Outcome::Failed { .. } => (OutboxState::Failed, now_us, 0),
            Outcome::Unsent { .. } => (OutboxState::Unsent, now_us, 0),
            Outcome::Again { due, counts, .. } => (
                OutboxState::Waiting,
                due.timestamp_micros(),
                i64::from(!counts),
            ),
            Outcome::NotBegun => (OutboxState::Waiting, now_us, 1),
            Outcome::Uncertain { .. } => (OutboxState::Uncertain, now_us, 0),
        };
        let (mut reference, mut raw, mut reason) = (None, None, None);
        match &self.outcome {
            Outcome::Submitted {
                reference: id,
                raw: word,
            } => {
                (reference, raw) = (id.as_deref(), Some(word.as_str()));
            }
            Outcome::Failed {
                raw: word,
                reason: text,
            }
            | Outcome::Unsent {
                raw: word,
                reason: text,
            } => {
                (raw, reason) = (Some(word.as_str()), Some(text.as_str()));
            }
            Outcome::Again { reason: text, .. } | Outcome::Uncertain { reason: text } => {
                reason = Some(text.as_str());
            }
            Outcome::NotBegun => {}
        }
        Values {
            pk: self.pk,
            attempt: self.attempt,
            refund,
            state: state.code(),
            due_us,
            reference,
            raw,
            reason,
            channel: self.suppress.map(|(channel, _)| channel.code()),
            source: self.suppress.map(|(_, source)| source as u8),
            gone: i64::from(self.is_device_gone),
        }
    }
}

impl Store {
    /// Records what became of messages a worker had claimed, with what follows for their addresses, in one transaction.
    /// A truth that comes after the lease ended still counts, unless somebody decided about the message meanwhile.
    /// Returns how many were recorded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, worker: &str, handed: &[Handed], now: DateTime<Utc>) -> Result<u64> {
        if handed.is_empty() {
            return Ok(0);
        }
        let now_us = now.timestamp_micros();
        let mut values: Vec<_> = handed.iter().map(|handed| handed.values(now_us)).collect();
        // Every writer takes the rows in the same order.
        values.sort_unstable_by_key(|values| values.pk);
        let values = rows(&values)?;
        let [update, suppress, forget] = match self.db() {
            crate::Db::Sqlite { .. } => SQLITE,
            crate::Db::Postgres(_) => POSTGRES,
        };
        Ok(writing!(self, tx => {
            let recorded = sqlx::query(update)
                .bind(&values)
                .bind(now_us)
                .bind(worker)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if handed.iter().any(|handed| handed.suppress.is_some()) {
                sqlx::query(suppress).bind(&values).bind(now_us).execute(&mut *tx).await?;
            }
            if handed.iter().any(|handed| handed.is_device_gone) {
                sqlx::query(forget).bind(&values).execute(&mut *tx).await?;
            }
            recorded
        }))
    }
}
