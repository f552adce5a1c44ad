//! What carriers post: kept first, understood later, once.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{InboxEffects, InboxItem, consent, rows, tell::cut, time};
use crate::{
    Error, Result, Store, WorkspaceId,
    ingest::dedupe_hash,
    macros::{reading, writing},
    rollup::day_of,
};

#[derive(Serialize)]
struct Put<'a> {
    key: &'a str,
    h1: i64,
    h2: i64,
    body: String,
    at_us: i64,
}

#[derive(Serialize)]
struct Marked<'a> {
    pk: i64,
    state: i64,
    problem: Option<&'a str>,
    keeps: i64,
}

type ItemRow = (i64, i64, i64, Option<String>, String, Vec<u8>, i64);

const PUT_SQLITE: &str = "INSERT INTO inbox (workspace, account, provider_key, body, received_us)
     SELECT $1, $2, json_extract(value, '$.key'), unhex(json_extract(value, '$.body')), json_extract(value, '$.at_us')
     FROM json_each($3)
     WHERE NOT EXISTS (SELECT 1 FROM inbox_past p WHERE p.account = $2 AND p.h1 = json_extract(value, '$.h1')
                           AND p.h2 = json_extract(value, '$.h2'))
     ON CONFLICT (account, provider_key) DO NOTHING";
const PUT_POSTGRES: &str = "INSERT INTO inbox (workspace, account, provider_key, body, received_us)
     SELECT $1, $2, r.key, decode(r.body, 'hex'), r.at_us
     FROM jsonb_to_recordset(CAST($3 AS JSONB)) AS r (key TEXT, h1 BIGINT, h2 BIGINT, body TEXT, at_us BIGINT)
     WHERE NOT EXISTS (SELECT 1 FROM inbox_past p WHERE p.account = $2 AND p.h1 = r.h1 AND p.h2 = r.h2)
     ON CONFLICT (account, provider_key) DO NOTHING";
const MARK_SQLITE: &str =
    "UPDATE inbox AS i SET state = r.state, problem = r.problem, keeps_key = r.keeps
     FROM (SELECT json_extract(value, '$.pk') AS pk, json_extract(value, '$.state') AS state,
               json_extract(value, '$.problem') AS problem, json_extract(value, '$.keeps') AS keeps
           FROM json_each($1)) r
     WHERE i.pk = r.pk AND i.state <> 1 RETURNING pk";
const MARK_POSTGRES: &str =
    "UPDATE inbox AS i SET state = r.state, problem = r.problem, keeps_key = r.keeps
     FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (pk BIGINT, state BIGINT, problem TEXT, keeps BIGINT)
     WHERE i.pk = r.pk AND i.state <> 1 RETURNING i.pk";
/// A message that waits for another attempt, or for a decision, and that the carrier turns out to have.
const PROVE_SQLITE: &str = "UPDATE outbox SET state = 2, changed_us = $2, due_us = $2, lease_owner = NULL, reason = NULL,
         raw = 'SENT'
     WHERE message IN (SELECT value FROM json_each($1)) AND (state = 5 OR (state = 0 AND attempts > 0))";
const PROVE_POSTGRES: &str =
    "UPDATE outbox SET state = 2, changed_us = $2, due_us = $2, lease_owner = NULL, reason = NULL,
         raw = 'SENT'
     WHERE message IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))
       AND (state = 5 OR (state = 0 AND attempts > 0))";

/// Writes what one item changes, inside a transaction.
macro_rules! carry_out {
    ($tx:ident, $effect:ident, $now_us:expr) => {
        consent::change_consents!($tx, $effect, $now_us);
        for entry in &$effect.suppress {
            sqlx::query(SUPPRESS)
                .bind(entry.workspace.0)
                .bind(i64::from(entry.channel.code()))
                .bind(&entry.address)
                .bind(entry.source as i64)
                .bind(entry.reason.as_deref().map(|text| cut(text, 1_000)))
                .bind(entry.campaign)
                .bind($now_us)
                .execute(&mut *$tx)
                .await?;
        }
        for reply in &$effect.replies {
            sqlx::query(REPLY)
                .bind(reply.workspace.0)
                .bind(reply.campaign)
                .bind(i64::from(reply.channel.code()))
                .bind(&reply.sender)
                .bind(cut(&reply.text, 4_000))
                .bind(reply.keyword)
                .bind(reply.at.timestamp_micros())
                .execute(&mut *$tx)
                .await?;
        }
        for answer in &$effect.answers {
            sqlx::query(super::answers::PUT)
                .bind(answer.workspace.0)
                .bind(answer.account)
                .bind(&answer.address)
                .bind(day_of($now_us))
                .bind(&answer.sender)
                .bind(answer.keyword)
                .bind(&answer.text)
                .bind(crate::id::random()?)
                .bind(&answer.origin)
                .bind($now_us)
                .execute(&mut *$tx)
                .await?;
        }
    };
}

impl Store {
    /// Keeps what a carrier posted; answers after it is durable. What was kept before is not kept again. An item dated
    /// in the future isn't read before its time. Returns how many were new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_put(
        &self,
        ws: WorkspaceId,
        account: i64,
        items: &[(String, Vec<u8>, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Result<u64> {
        if items.is_empty() {
            return Ok(0);
        }
        let values: Vec<Put<'_>> = items
            .iter()
            .map(|(key, body, at)| {
                let (h1, h2) = dedupe_hash(key);
                Put {
                    key,
                    h1,
                    h2,
                    body: hex(body),
                    at_us: at.timestamp_micros(),
                }
            })
            .collect();
        let values = rows(&values)?;
        Ok(writing!(self, tx => {
            let new = sqlx::query(self.either(PUT_SQLITE, PUT_POSTGRES))
                .bind(ws.0)
                .bind(account)
                .bind(&values)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if items.iter().any(|(_, _, at)| *at <= now) {
                sqlx::query(
                    "UPDATE carrier_account SET last_event_us = $2
                     WHERE pk = $1 AND COALESCE(last_event_us, 0) < $2",
                )
                .bind(account)
                .bind(now.timestamp_micros())
                .execute(&mut *tx)
                .await?;
            }
            new
        }))
    }

    /// Items nobody has looked at yet, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_new(&self, limit: u32, now: DateTime<Utc>) -> Result<Vec<InboxItem>> {
        let found: Vec<ItemRow> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT i.pk, i.workspace, i.account, a.protocol, i.provider_key, i.body, i.received_us
                 FROM inbox i LEFT JOIN carrier_account a ON a.pk = i.account
                 WHERE i.state <> 1 AND i.state = 0 AND i.received_us <= $1 ORDER BY i.received_us, i.pk LIMIT $2",
            )
            .bind(now.timestamp_micros())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        let items =
            found
                .into_iter()
                .map(|(pk, workspace, account, protocol, key, body, at_us)| {
                    Ok(InboxItem {
                        pk,
                        workspace: WorkspaceId(workspace),
                        account,
                        protocol: protocol.and_then(|name| name.parse().ok()),
                        key,
                        body,
                        received_at: time(at_us).ok_or(Error::Corrupt("inbox time"))?,
                    })
                });
        items.collect()
    }

    /// When the next item that lies ready for later is to be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_next(&self) -> Result<Option<DateTime<Utc>>> {
        let next: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar(
                "SELECT received_us FROM inbox WHERE state <> 1 AND state = 0 ORDER BY received_us, pk LIMIT 1",
            )
            .fetch_optional(pool)
            .await?
        });
        Ok(next.and_then(time))
    }

    /// Marks items and carries out what they change, in one transaction. An item that somebody else understood
    /// meanwhile changes nothing a second time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_apply(&self, effects: &[InboxEffects], now: DateTime<Utc>) -> Result<()> {
        if effects.is_empty() {
            return Ok(());
        }
        let mut marks: Vec<Marked<'_>> = effects
            .iter()
            .map(|effect| Marked {
                pk: effect.pk,
                state: if effect.is_understood { 1 } else { 2 },
                problem: effect.problem.as_deref(),
                keeps: i64::from(effect.is_lasting()),
            })
            .collect();
        marks.sort_unstable_by_key(|mark| mark.pk);
        let marks = rows(&marks)?;
        let mut proofs: Vec<&str> = effects
            .iter()
            .flat_map(|effect| &effect.proofs)
            .map(|proof| proof.message.as_str())
            .collect();
        proofs.sort_unstable();
        proofs.dedup();
        let now_us = now.timestamp_micros();
        writing!(self, tx => {
            let ours: Vec<i64> = sqlx::query_scalar(self.either(MARK_SQLITE, MARK_POSTGRES))
                .bind(&marks)
                .fetch_all(&mut *tx)
                .await?;
            if !proofs.is_empty() {
                sqlx::query(self.either(PROVE_SQLITE, PROVE_POSTGRES))
                    .bind(rows(&proofs)?)
                    .bind(now_us)
                    .execute(&mut *tx)
                    .await?;
            }
            for effect in effects.iter().filter(|effect| ours.contains(&effect.pk)) {
                carry_out!(tx, effect, now_us);
            }
        });
        Ok(())
    }

    /// Has items that weren't understood for this reason, and came after that time, looked at again: a receipt can be
    /// faster than the answer it belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_retry(&self, problem: &str, since: DateTime<Utc>) -> Result<u64> {
        Ok(writing!(self, tx => {
            let again = sqlx::query(
                "UPDATE inbox SET state = 0 WHERE state <> 1 AND state = 2 AND problem = $1 AND received_us > $2",
            )
            .bind(problem)
            .bind(since.timestamp_micros())
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if again == 0 {
                tx.rollback().await?;
                return Ok(0);
            }
            again
        }))
    }
}

pub(super) const SUPPRESS: &str =
    "INSERT INTO suppression (workspace, channel, address, source, reason, campaign, at_us)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace, channel, address) DO UPDATE
     SET source = excluded.source, reason = excluded.reason, campaign = excluded.campaign, at_us = excluded.at_us
     WHERE suppression.source IN (0, 3, 4) AND excluded.source NOT IN (0, 3, 4)";
const REPLY: &str = "INSERT INTO reply (workspace, campaign, channel, sender, text, keyword, at_us)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}
