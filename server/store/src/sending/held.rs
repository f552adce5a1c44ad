//! Messages nobody knows the fate of: asked of the provider, or held for a person's decision.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Refusal,
    sending::{HeldDecision, HeldMessage},
};

use super::{Outcome, audit::audit, not_ours, rows, time};
use crate::{
    Error, Result, Store, WorkspaceId,
    campaign::{BY_REFERENCE, CampaignRow, check_reference, next_version},
    macros::{reading, writing},
};

/// How long a provider is asked about a message before a person has to decide.
const ASKED_FOR: TimeDelta = TimeDelta::days(1);

/// A message to ask the provider about.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UncertainMessage {
    /// Internal key.
    pub pk: i64,
    /// Internal key of the account.
    pub account: i64,
    /// Message key.
    pub message: String,
    /// Since when it is uncertain, in microseconds.
    pub changed_us: i64,
}

const DECIDE: &str = "UPDATE outbox SET state = $2, due_us = $3, changed_us = $3, lease_owner = NULL, raw = $4, reason = $5
     WHERE campaign = $1 AND state = 5";
const DECIDE_SQLITE: &str =
    "UPDATE outbox SET state = $2, due_us = $3, changed_us = $3, lease_owner = NULL, raw = $4,
         reason = $5
     WHERE campaign = $1 AND state = 5 AND message IN (SELECT value FROM json_each($6))";
const DECIDE_POSTGRES: &str = "UPDATE outbox SET state = $2, due_us = $3, changed_us = $3, lease_owner = NULL, raw = $4,
         reason = $5
     WHERE campaign = $1 AND state = 5 AND message IN (SELECT jsonb_array_elements_text(CAST($6 AS JSONB)))";

/// The state a decision leads to, what is written of it, and what it is called in the audit log.
fn meaning(
    decision: HeldDecision,
) -> (
    i64,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
) {
    match decision {
        HeldDecision::SendAgain => (0, None, None, "held.sent_again"),
        HeldDecision::TakeAsSent => (2, Some("SENT"), None, "held.taken_as_sent"),
        HeldDecision::GiveUp => (
            4,
            Some("NOT_SENT"),
            Some("Given up: nobody knows whether it was sent"),
            "held.given_up",
        ),
    }
}

/// What a provider's word makes of a message.
struct Word<'a> {
    state: i64,
    due_us: i64,
    reference: Option<&'a str>,
    raw: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> Word<'a> {
    /// None when the provider had none.
    fn of(word: Option<&'a Outcome>, now_us: i64) -> Option<Self> {
        let blank = Self {
            state: 0,
            due_us: now_us,
            reference: None,
            raw: None,
            reason: None,
        };
        Some(match word? {
            Outcome::Submitted { reference, raw } => Self {
                state: 2,
                reference: reference.as_deref(),
                raw: Some(raw),
                ..blank
            },
            Outcome::Failed { raw, reason } => Self {
                state: 3,
                raw: Some(raw),
                reason: Some(reason),
                ..blank
            },
            Outcome::Unsent { raw, reason } => Self {
                state: 4,
                raw: Some(raw),
                reason: Some(reason),
                ..blank
            },
            Outcome::Again { due, reason, .. } => Self {
                due_us: due.timestamp_micros(),
                reason: Some(reason),
                ..blank
            },
            Outcome::NotBegun => blank,
            Outcome::Uncertain { .. } => return None,
        })
    }
}

impl Store {
    /// Messages of a campaign that are held, oldest first. Addresses are not masked here.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn held(
        &self,
        ws: WorkspaceId,
        reference: &str,
        limit: u32,
    ) -> Result<Vec<HeldMessage>> {
        let pk = self.campaign_row(ws, reference).await?.pk;
        let found: Vec<(String, String, Option<String>, i64)> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT message, address, reason, changed_us FROM outbox WHERE campaign = $1 AND state = 5
                 ORDER BY due_us, pk LIMIT $2",
            )
            .bind(pk)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        let held = found
            .into_iter()
            .map(|(message, recipient, reason, changed_us)| {
                Ok(HeldMessage {
                    message,
                    recipient,
                    reason: reason.unwrap_or_default(),
                    at: time(changed_us).ok_or(Error::Corrupt("outbox time"))?,
                })
            });
        held.collect()
    }

    /// Carries out a person's decision about held messages; about all of a campaign when none is named. Returns how
    /// many it was about.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn decide_held(
        &self,
        ws: WorkspaceId,
        reference: &str,
        messages: &[String],
        decision: HeldDecision,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        check_reference(reference)?;
        let (state, raw, reason, action) = meaning(decision);
        let keys = rows(messages)?;
        let (pk, version, decided) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let row: Option<CampaignRow> = sqlx::query_as(BY_REFERENCE)
                .bind(ws.0)
                .bind(reference)
                .fetch_optional(&mut *tx)
                .await?;
            let pk = row.ok_or_else(|| Refusal::not_found("campaign"))?.pk;
            let name: Option<String> = sqlx::query_scalar(
                "UPDATE campaign SET version = $2 WHERE pk = $1
                     AND EXISTS (SELECT 1 FROM sending WHERE campaign = $1) RETURNING name",
            )
            .bind(pk)
            .bind(version)
            .fetch_optional(&mut *tx)
            .await?;
            let name = name.ok_or_else(not_ours)?;
            let sql = if messages.is_empty() {
                DECIDE
            } else {
                self.either(DECIDE_SQLITE, DECIDE_POSTGRES)
            };
            let mut query =
                sqlx::query(sql).bind(pk).bind(state).bind(now.timestamp_micros()).bind(raw).bind(reason);
            if !messages.is_empty() {
                query = query.bind(&keys);
            }
            let decided = query.execute(&mut *tx).await?.rows_affected();
            if decision == HeldDecision::SendAgain && decided > 0 {
                // A campaign whose other messages are all handed over takes these up again.
                sqlx::query("UPDATE sending SET phase = 'sending' WHERE campaign = $1 AND phase = 'done'")
                    .bind(pk)
                    .execute(&mut *tx)
                    .await?;
            }
            audit!(tx, ws, now, by, action, &name, format!("{decided} messages"));
            (pk, version, decided)
        });
        self.changed(ws, version, pk, false);
        Ok(decided)
    }

    /// Uncertain messages whose provider is to be asked now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncertain_due(
        &self,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<UncertainMessage>> {
        // Campaigns that ended long ago have none that is due.
        const SQL: &str = "SELECT o.pk, o.account, o.message, o.changed_us FROM sending s
             JOIN outbox o ON o.campaign = s.campaign AND o.state = 5 AND o.due_us <= $1
             WHERE s.phase <> 'draft' AND (s.finished_us IS NULL OR s.finished_us > $2) LIMIT $3";
        let since = now - ASKED_FOR * 2;
        Ok(reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(now.timestamp_micros())
                .bind(since.timestamp_micros())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        }))
    }

    /// Records the provider's word on an uncertain message; none when it had none, and is asked again later: soon at
    /// first, then ever more rarely, after a day no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve(
        &self,
        message: &UncertainMessage,
        word: Option<&Outcome>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let now_us = now.timestamp_micros();
        let Some(word) = Word::of(word, now_us) else {
            return self.ask_later(message, now_us).await;
        };
        writing!(self, tx => {
            sqlx::query(
                "UPDATE outbox SET state = $2, due_us = $3, changed_us = $4, reference = COALESCE($5, reference), raw = $6,
                     reason = $7, lease_owner = NULL
                 WHERE pk = $1 AND state = 5",
            )
            .bind(message.pk)
            .bind(word.state)
            .bind(word.due_us)
            .bind(now_us)
            .bind(word.reference)
            .bind(word.raw)
            .bind(word.reason)
            .execute(&mut *tx)
            .await?;
            if word.state == 0 {
                sqlx::query(
                    "UPDATE sending SET phase = 'sending' WHERE phase = 'done'
                     AND campaign = (SELECT campaign FROM outbox WHERE pk = $1)",
                )
                .bind(message.pk)
                .execute(&mut *tx)
                .await?;
            }
        });
        Ok(())
    }

    /// The provider had no word: soon at first, then ever more rarely, after a day no more.
    async fn ask_later(&self, message: &UncertainMessage, now_us: i64) -> Result<()> {
        let waited = now_us - message.changed_us;
        let is_over = waited > ASKED_FOR.num_microseconds().unwrap_or_default();
        let due_us = if is_over {
            i64::MAX
        } else {
            now_us + waited.max(5_000_000)
        };
        writing!(self, tx => {
            sqlx::query("UPDATE outbox SET due_us = $2 WHERE pk = $1 AND state = 5")
                .bind(message.pk)
                .bind(due_us)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
