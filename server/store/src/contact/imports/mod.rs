//! Files of contacts on their way in: the pieces of the file, how far it was read, and which rows were not taken.
//!
//! Whoever works on an import holds a lease on it. Each step writes contacts, errors and the place reached in one
//! transaction, and only if the place is still where the step began: after a crash, or beside a second worker that took a
//! lease over, no row is done twice.

mod claim;
mod upload;
mod work;

pub use upload::{IMPORTS_BYTES_MAX, NewImport};
pub use work::{Advance, ImportWork};

use domain::{
    Refusal,
    import::{ImportInfo, ImportStatus, Mapping, RowError},
};

use super::{bound, time};
use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
};

/// Errors that come along with an import.
const ERRORS_SHOWN: i64 = 20;
/// Imports listed.
const IMPORTS_SHOWN: i64 = 100;
/// Status of an import whose file isn't all here: nobody sees it yet.
const UPLOADING: &str = "uploading";

#[derive(sqlx::FromRow)]
struct Row {
    pk: i64,
    id: String,
    file: String,
    status: String,
    header: String,
    sample: String,
    mapping: String,
    total_rows: Option<i64>,
    next_row: i64,
    created: i64,
    updated: i64,
    rejected: i64,
    problem: Option<String>,
    created_us: i64,
}

macro_rules! columns {
    () => {
        "pk, id, file, status, header, sample, mapping, total_rows, next_row, created, updated, rejected, \
         problem, created_us"
    };
}

impl Row {
    fn info(self, errors: Vec<RowError>) -> Result<ImportInfo> {
        const WHAT: Error = Error::Corrupt("import");
        Ok(ImportInfo {
            status: status(&self.status)?,
            header: serde_json::from_str(&self.header).map_err(|_| WHAT)?,
            sample: serde_json::from_str(&self.sample).map_err(|_| WHAT)?,
            mapping: serde_json::from_str(&self.mapping).map_err(|_| WHAT)?,
            rows: self.total_rows.map(i64::unsigned_abs),
            done: self.next_row.unsigned_abs(),
            created: self.created.unsigned_abs(),
            updated: self.updated.unsigned_abs(),
            rejected: self.rejected.unsigned_abs(),
            created_at: time(self.created_us)?,
            id: self.id,
            file: self.file,
            problem: self.problem,
            errors,
        })
    }
}

/// Stored word of a status.
fn word(status: ImportStatus) -> &'static str {
    match status {
        ImportStatus::Uploaded => "uploaded",
        ImportStatus::Checking => "checking",
        ImportStatus::Checked => "checked",
        ImportStatus::Running => "running",
        ImportStatus::Done => "done",
        ImportStatus::Failed => "failed",
    }
}

fn status(text: &str) -> Result<ImportStatus> {
    [
        ImportStatus::Uploaded,
        ImportStatus::Checking,
        ImportStatus::Checked,
        ImportStatus::Running,
        ImportStatus::Done,
        ImportStatus::Failed,
    ]
    .into_iter()
    .find(|status| word(*status) == text)
    .ok_or(Error::Corrupt("import status"))
}

impl Store {
    /// Imports, newest first, without their errors; the newest hundred.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imports(&self, ws: WorkspaceId) -> Result<Vec<ImportInfo>> {
        let rows: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM contact_import WHERE workspace = $1 AND status <> $2 ORDER BY pk DESC LIMIT $3"
            ))
            .bind(ws.0)
            .bind(UPLOADING)
            .bind(IMPORTS_SHOWN)
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(|row| row.info(Vec::new())).collect()
    }

    /// One import with its first errors. Samples are not masked here.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn import(&self, ws: WorkspaceId, id: &str) -> Result<ImportInfo> {
        let row = self.import_row(ws, id).await?;
        let errors = self.errors_after(row.pk, -1, "", ERRORS_SHOWN).await?;
        row.info(errors)
    }

    async fn import_row(&self, ws: WorkspaceId, id: &str) -> Result<Row> {
        let row: Option<Row> = if is_storable(id) {
            reading!(self, pool => {
                sqlx::query_as(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM contact_import WHERE workspace = $1 AND id = $2 AND status <> 'uploading'"
                ))
                .bind(ws.0)
                .bind(id)
                .fetch_optional(pool)
                .await?
            })
        } else {
            None
        };
        Ok(row.ok_or_else(|| Refusal::not_found("import"))?)
    }

    /// Errors of an import after a row and column, in order: a page of those that are downloaded.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn import_errors(
        &self,
        ws: WorkspaceId,
        id: &str,
        after: Option<&RowError>,
        limit: u32,
    ) -> Result<Vec<RowError>> {
        let pk = self.import_row(ws, id).await?.pk;
        let (row, column) = after.map_or((-1, ""), |error| {
            (
                i64::try_from(error.row).unwrap_or(i64::MAX),
                error.column.as_str(),
            )
        });
        self.errors_after(pk, row, column, i64::from(limit)).await
    }

    async fn errors_after(
        &self,
        import: i64,
        row: i64,
        column: &str,
        limit: i64,
    ) -> Result<Vec<RowError>> {
        let rows: Vec<(i64, String, String)> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT row_number, column_name, message FROM contact_import_error
                 WHERE import = $1 AND (row_number, column_name) > ($2, $3)
                 ORDER BY row_number, column_name LIMIT $4",
            )
            .bind(import)
            .bind(row)
            .bind(column)
            .bind(limit)
            .fetch_all(pool)
            .await?
        });
        Ok(rows
            .into_iter()
            .map(|(row, column, message)| RowError {
                row: row.unsigned_abs(),
                column,
                message,
            })
            .collect())
    }

    /// Lets an import be read through without writing anything. Whatever an earlier check found is forgotten.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Conflict`] while it is being worked on, or once it was written.
    pub async fn check_import(&self, ws: WorkspaceId, id: &str, mapping: &Mapping) -> Result<()> {
        if let Some(list) = &mapping.list
            && !list.trim().is_empty()
        {
            super::lists::checked_name(list)?;
        }
        let from = [ImportStatus::Uploaded, ImportStatus::Checked];
        self.start_over(ws, id, &from, ImportStatus::Checking, Some(mapping))
            .await
    }

    /// Lets a checked import be written.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Conflict`] when it isn't checked, or was written.
    pub async fn run_import(&self, ws: WorkspaceId, id: &str) -> Result<()> {
        self.start_over(
            ws,
            id,
            &[ImportStatus::Checked],
            ImportStatus::Running,
            None,
        )
        .await
    }

    async fn start_over(
        &self,
        ws: WorkspaceId,
        id: &str,
        from: &[ImportStatus],
        to: ImportStatus,
        mapping: Option<&Mapping>,
    ) -> Result<()> {
        let row = self.import_row(ws, id).await?;
        if !from.contains(&status(&row.status)?) {
            return Err(Refusal::Conflict(format!(
                "This import is {}: it can't be {} now.",
                row.status,
                if to == ImportStatus::Checking {
                    "checked"
                } else {
                    "run"
                }
            ))
            .into());
        }
        let mapping = mapping.map(bound).transpose()?.unwrap_or(row.mapping);
        let moved = writing!(self, tx => {
            let moved = sqlx::query(
                "UPDATE contact_import SET status = $3, mapping = $4, next_row = 0, created = 0, updated = 0,
                     rejected = 0, problem = NULL, lease_until_us = 0, tries = 0
                 WHERE pk = $1 AND status = $2",
            )
            .bind(row.pk)
            .bind(&row.status)
            .bind(word(to))
            .bind(mapping)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if moved > 0 {
                sqlx::query("DELETE FROM contact_import_error WHERE import = $1")
                    .bind(row.pk)
                    .execute(&mut *tx)
                    .await?;
            }
            moved
        });
        if moved == 0 {
            return Err(
                Refusal::Conflict("Somebody else was faster: look again.".to_owned()).into(),
            );
        }
        Ok(())
    }

    /// Forgets an import and its file. Contacts that it wrote stay; one that is under way ends where it is.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn delete_import(&self, ws: WorkspaceId, id: &str) -> Result<()> {
        let pk = self.import_row(ws, id).await?.pk;
        writing!(self, tx => {
            sqlx::query("DELETE FROM contact_import WHERE pk = $1").bind(pk).execute(&mut *tx).await?;
        });
        Ok(())
    }
}
