//! Who did what. Entries are written by the transaction that does it.

use chrono::{DateTime, Utc};
use domain::{
    Refusal,
    carrier::{AuditEntry, AuditPage},
};

use super::time;
use crate::{
    Error, Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// Writes an entry of the audit log inside a transaction.
macro_rules! audit {
    ($tx:ident, $ws:expr, $now:expr, $actor:expr, $action:expr, $subject:expr, $detail:expr) => {
        sqlx::query(
            "INSERT INTO audit (workspace, at_us, actor, action, subject, detail)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind($ws.0)
        .bind($now.timestamp_micros())
        .bind($actor)
        .bind($action)
        .bind($subject)
        .bind($detail)
        .execute(&mut *$tx)
        .await?
    };
}
pub(crate) use audit;

type Row = (i64, i64, String, String, String, String);

impl Store {
    /// Writes an entry of the audit log. `detail` holds no contact data.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(
        &self,
        ws: WorkspaceId,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        writing!(self, tx => {
            audit!(tx, ws, now, actor, action, subject, detail);
        });
        Ok(())
    }

    /// A page of the audit log, newest first.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a cursor that is none of ours.
    pub async fn audit_page(
        &self,
        ws: WorkspaceId,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<AuditPage> {
        let before = match cursor {
            None => i64::MAX,
            Some(text) => text
                .parse()
                .map_err(|_| Refusal::invalid("cursor", "is not one this server gave"))?,
        };
        let limit = limit.clamp(1, 500) as usize;
        let rows: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT pk, at_us, actor, action, subject, detail FROM audit
                 WHERE workspace = $1 AND pk < $2 ORDER BY pk DESC LIMIT $3",
            )
            .bind(ws.0)
            .bind(before)
            .bind(limit as i64 + 1)
            .fetch_all(pool)
            .await?
        });
        let next_cursor = (rows.len() > limit).then(|| rows[limit - 1].0.to_string());
        let entries = rows.into_iter().take(limit);
        let entries = entries.map(|(_, at_us, actor, action, subject, detail)| {
            Ok(AuditEntry {
                at: time(at_us).ok_or(Error::Corrupt("audit time"))?,
                actor,
                action,
                subject,
                detail,
            })
        });
        Ok(AuditPage {
            entries: entries.collect::<Result<_>>()?,
            next_cursor,
        })
    }
}
