//! Telling the reports what the outbox did.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{EventKind, Evidence, Fact, event::Dimension, sending::OutboxState};
use serde::Serialize;

use super::rows;
use crate::{
    Error, Result, Store, WorkspaceId,
    macros::{reading, writing},
};

#[derive(sqlx::FromRow)]
struct Row {
    pk: i64,
    workspace: i64,
    campaign: String,
    message: String,
    address: String,
    variant: String,
    state: i64,
    raw: Option<String>,
    reason: Option<String>,
    changed_us: i64,
}

#[derive(Serialize)]
struct Told {
    pk: i64,
    state: i64,
}

const UNTOLD: &str = "SELECT o.pk, o.workspace, c.id AS campaign, o.message, o.address, o.variant, o.state, o.raw, o.reason,
         o.changed_us
     FROM outbox o JOIN campaign c ON c.pk = o.campaign
     WHERE o.told <> o.state AND o.state <> 1 ORDER BY o.campaign, o.pk LIMIT $1";
const TOLD_SQLITE: &str = "UPDATE outbox AS o SET told = r.state
     FROM (SELECT json_extract(value, '$.pk') AS pk, json_extract(value, '$.state') AS state FROM json_each($1)) r
     WHERE o.pk = r.pk";
const TOLD_POSTGRES: &str = "UPDATE outbox AS o SET told = r.state
     FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (pk BIGINT, state BIGINT) WHERE o.pk = r.pk";

/// Longest reason in a breakdown, in bytes.
const REASON_BYTES_MAX: usize = domain::event::VALUE_BYTES_MAX;

impl Row {
    /// The fact of where the message stands; none where nothing is to be said of it.
    fn fact(&self, now: DateTime<Utc>) -> Result<Option<Fact>> {
        let code = u8::try_from(self.state).ok();
        let state = code
            .and_then(OutboxState::from_code)
            .ok_or(Error::Corrupt("outbox state"))?;
        let (kind, raw) = match state {
            // Nobody knows of an uncertain one; that it exists is known.
            OutboxState::Waiting | OutboxState::Uncertain => (EventKind::Queued, Some("QUEUE")),
            OutboxState::Submitted => (EventKind::Sent, None),
            OutboxState::Failed => (EventKind::Failed, None),
            OutboxState::Unsent => (EventKind::Unsent, None),
            OutboxState::Cancelled => (EventKind::Unsent, Some("CANCELLED")),
            OutboxState::Claimed | OutboxState::HeldOut => {
                return Ok(None);
            }
        };
        let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
        if !self.variant.is_empty() {
            dimensions[Dimension::Variant as usize] = Some(self.variant.clone());
        }
        if Dimension::Reason.counts(kind) {
            let reason = match state {
                OutboxState::Cancelled => Some("Cancelled with the rest of the campaign"),
                _ => self.reason.as_deref(),
            };
            dimensions[Dimension::Reason as usize] = reason
                .filter(|text| !text.is_empty())
                .map(|text| cut(text, REASON_BYTES_MAX));
        }
        Ok(Some(Fact {
            id: format!("o:{}:{}", self.message, told_state(state).code()),
            campaign: self.campaign.clone(),
            message: self.message.clone(),
            recipient: self.address.clone(),
            kind,
            at_us: self.changed_us,
            received_us: now.timestamp_micros(),
            evidence: Evidence::default(),
            raw_status: raw.map(str::to_owned).or_else(|| self.raw.clone()),
            dimensions,
            value: None,
            user_agent: None,
            ip: None,
            props: None,
        }))
    }
}

/// The state that a fact's id names: an uncertain message is told as waiting, once.
fn told_state(state: OutboxState) -> OutboxState {
    match state {
        OutboxState::Uncertain => OutboxState::Waiting,
        other => other,
    }
}

/// The beginning of a text, at most so many bytes, without what can't be stored.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\0', " ")
}

impl Store {
    /// Tells the reports of messages whose state isn't told yet, at most `limit`. Their facts have ids made from
    /// message and state: telling twice counts once. Returns how many were told.
    ///
    /// # Errors
    /// When the database fails, or the writer of facts has no room.
    pub async fn tell(&self, limit: u32, now: DateTime<Utc>) -> Result<usize> {
        let untold: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(UNTOLD).bind(i64::from(limit)).fetch_all(pool).await?
        });
        if untold.is_empty() {
            return Ok(0);
        }
        let mut facts: BTreeMap<i64, Vec<Fact>> = BTreeMap::new();
        let mut told = Vec::with_capacity(untold.len());
        for row in &untold {
            if let Some(fact) = row.fact(now)? {
                facts.entry(row.workspace).or_default().push(fact);
            }
            told.push(Told {
                pk: row.pk,
                state: row.state,
            });
        }
        for (workspace, facts) in facts {
            let outcome = self.ingest(WorkspaceId(workspace), facts).await?;
            if let Some((_, rejection)) = outcome.rejected.first() {
                tracing::error!(code = rejection.code, "facts of the outbox were refused");
            }
        }
        let values = rows(&told)?;
        writing!(self, tx => {
            sqlx::query(self.either(TOLD_SQLITE, TOLD_POSTGRES))
                .bind(&values)
                .execute(&mut *tx)
                .await?;
        });
        Ok(told.len())
    }
}
