//! Claiming an import, and giving it back.

use chrono::{DateTime, Utc};
use domain::import::ImportStatus;

use super::{status, word, work::ImportWork};
use crate::{
    Error, Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// How often work on an import may begin and end with its process before the import is given up.
const TRIES_MAX: i64 = 2;
/// What is said of an import that was given up.
const GIVEN_UP: &str = "The server ended twice while it read this file. Save the contacts as CSV, in smaller files, \
     and upload those.";

/// Forgets what a dry run found.
const ANEW: [&str; 2] = [
    "UPDATE contact_import SET next_row = 0, created = 0, updated = 0, rejected = 0 WHERE pk = $1",
    "DELETE FROM contact_import_error WHERE import = $1",
];

#[derive(sqlx::FromRow)]
struct Row {
    pk: i64,
    id: String,
    workspace: i64,
    file: String,
    status: String,
    mapping: String,
    next_row: i64,
}

impl TryFrom<Row> for ImportWork {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pk: row.pk,
            id: row.id,
            workspace: WorkspaceId(row.workspace),
            file: row.file,
            status: status(&row.status)?,
            mapping: serde_json::from_str(&row.mapping).map_err(|_| Error::Corrupt("import"))?,
            next_row: row.next_row.unsigned_abs(),
        })
    }
}

impl Store {
    /// Whether there is an import to work on. A reading question: it may be asked often.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_waits(&self, now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str = "SELECT COUNT(*) FROM contact_import
             WHERE status IN ('checking', 'running') AND lease_until_us <= $1";
        let n: i64 = reading!(self, pool => {
            sqlx::query_scalar(SQL).bind(now.timestamp_micros()).fetch_one(pool).await?
        });
        Ok(n > 0)
    }

    /// Takes the oldest import that nobody works on, until `lease_until`. A dry run that was broken off begins anew,
    /// because what it remembered ([`DryRun`](crate::DryRun)) is gone. The try is counted before the work begins: an import that ended
    /// its process twice has failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<ImportWork>> {
        let text = |lock: &str| {
            format!(
                "UPDATE contact_import SET lease_until_us = $2, tries = tries + 1 WHERE pk = (
                     SELECT pk FROM contact_import
                     WHERE status IN ('checking', 'running') AND lease_until_us <= $1
                     ORDER BY pk LIMIT 1{lock})
                 RETURNING pk, id, workspace, file, status, mapping, next_row"
            )
        };
        let text = match self.db() {
            crate::Db::Sqlite { .. } => text(""),
            crate::Db::Postgres(_) => text(" FOR UPDATE SKIP LOCKED"),
        };
        let sql = self.db().dialect(&text);
        let row: Option<Row> = writing!(self, tx => {
            sqlx::query(
                "UPDATE contact_import SET status = $2, problem = $3, lease_until_us = 0
                 WHERE status IN ('checking', 'running') AND lease_until_us <= $1 AND tries >= $4",
            )
            .bind(now.timestamp_micros())
            .bind(word(ImportStatus::Failed))
            .bind(GIVEN_UP)
            .bind(TRIES_MAX)
            .execute(&mut *tx)
            .await?;
            let mut row: Option<Row> = sqlx::query_as(sql)
                .bind(now.timestamp_micros())
                .bind(lease_until.timestamp_micros())
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(row) = &mut row
                && row.next_row > 0
                && row.status == word(ImportStatus::Checking)
            {
                row.next_row = 0;
                for again in ANEW {
                    sqlx::query(again).bind(row.pk).execute(&mut *tx).await?;
                }
            }
            row
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Ends the leases of processes that are gone, so that a server that begins goes on at once. Only where this is the
    /// one server of its database: on PostgreSQL leases end by themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_leases_end(&self) -> Result<()> {
        if matches!(self.db(), crate::Db::Postgres(_)) {
            return Ok(());
        }
        writing!(self, tx => {
            sqlx::query("UPDATE contact_import SET lease_until_us = 0 WHERE lease_until_us > 0")
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Gives a claimed import back, so that the next one may go on at once; the try doesn't count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_release(&self, work: &ImportWork) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(
                "UPDATE contact_import SET lease_until_us = 0, tries = CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END
                 WHERE pk = $1 AND next_row = $2",
            )
            .bind(work.pk)
            .bind(i64::try_from(work.next_row).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }
}
