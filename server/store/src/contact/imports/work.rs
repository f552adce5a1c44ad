//! Working on an import: claiming it, going on by a piece, ending it.

use chrono::{DateTime, Utc};
use domain::{
    Refusal,
    contact::NewContact,
    import::{ImportStatus, Mapping, RowError},
};
use serde::Serialize;

use super::{
    super::{dry_run::DryRun, merge::Upserted},
    bound, word,
};
use crate::{
    Result, Store, WorkspaceId,
    macros::writing,
    turn::{Turn, within},
};

/// An import to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWork {
    /// Internal key.
    pub pk: i64,
    /// Opaque id.
    pub id: String,
    /// Whose contacts they are.
    pub workspace: WorkspaceId,
    /// Name of the file.
    pub file: String,
    /// [`ImportStatus::Checking`] or [`ImportStatus::Running`].
    pub status: ImportStatus,
    /// How it is read.
    pub mapping: Mapping,
    /// The first row that is not done, from 0 (the row below the header).
    pub next_row: u64,
}

/// One step of an import.
#[derive(Debug)]
pub struct Advance {
    /// Rows that can be read, each with its line of the spreadsheet.
    pub contacts: Vec<(u64, NewContact)>,
    /// Rows that can't.
    pub errors: Vec<RowError>,
    /// The first row that is not done after this step.
    pub next_row: u64,
    /// Until when the worker is left alone.
    pub lease_until: DateTime<Utc>,
}

#[derive(Serialize)]
struct ErrorRow<'a> {
    line: u64,
    col: &'a str,
    message: &'a str,
}

/// Forgets the file of an import that was written.
const FORGOTTEN: [&str; 2] = [
    "DELETE FROM contact_import_chunk WHERE import = $1",
    "UPDATE contact_import SET bytes = 0 WHERE pk = $1",
];

impl Store {
    /// Does one step: looks rows up (checking) or writes them (running), and remembers the place. False when the import is
    /// gone or somebody else went on with it: the worker lets go. `dry_run` is the worker's own, new for each claim, so
    /// that a check counts as the writing would.
    ///
    /// # Errors
    /// When the database fails; nothing of the step is kept then.
    pub async fn import_advance(
        &self,
        work: &ImportWork,
        step: Advance,
        dry_run: &mut DryRun,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let ws = work.workspace;
        let mut turn = self.turn(ws).await?;
        if !turn.hold(work).await? {
            return Ok(false);
        }
        let (lines, contacts): (Vec<u64>, Vec<NewContact>) = step.contacts.into_iter().unzip();
        let outcomes = if work.status == ImportStatus::Running {
            let list = work.mapping.list.as_deref().map(str::trim);
            let list = match list.filter(|name| !name.is_empty()) {
                Some(name) => Some(turn.list_named(ws, name, false, now).await?.0),
                None => None,
            };
            turn.upsert(ws, contacts, list, now).await?
        } else {
            turn.matched(ws, contacts, Some(dry_run), now).await?.0
        };
        let (mut created, mut updated) = (0_i64, 0_i64);
        let mut errors = step.errors;
        for (line, outcome) in lines.into_iter().zip(outcomes) {
            match outcome {
                Upserted::Created => created += 1,
                Upserted::Updated => updated += 1,
                Upserted::Rejected(refusal) => errors.push(row_error(line, &refusal)),
            }
        }
        let rejected = turn.keep_errors(work.pk, &errors).await?;
        within!(&mut turn, conn => {
            sqlx::query(
                "UPDATE contact_import SET next_row = $2, created = created + $3, updated = updated + $4,
                     rejected = rejected + $5, lease_until_us = $6,
                     tries = CASE WHEN status = 'running' AND $2 > $7 THEN 1 ELSE tries END
                 WHERE pk = $1",
            )
            .bind(work.pk)
            .bind(i64::try_from(step.next_row).unwrap_or(i64::MAX))
            .bind(created)
            .bind(updated)
            .bind(rejected)
            .bind(step.lease_until.timestamp_micros())
            // What was written is not read again: a try that got on is the first of the rest.
            .bind(i64::try_from(work.next_row).unwrap_or(i64::MAX))
            .execute(conn)
            .await?;
        });
        turn.commit().await?;
        Ok(true)
    }

    /// Ends the work on an import: it is checked or done, and has so many rows; or it failed, and why. The file is
    /// forgotten once it was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_finish(&self, work: &ImportWork, end: Result<u64, String>) -> Result<()> {
        let (to, rows, problem) = match (end, work.status) {
            (Ok(rows), ImportStatus::Running) => (ImportStatus::Done, Some(rows), None),
            (Ok(rows), _) => (ImportStatus::Checked, Some(rows), None),
            (Err(problem), _) => (ImportStatus::Failed, None, Some(problem)),
        };
        writing!(self, tx => {
            let ended = sqlx::query(
                "UPDATE contact_import SET status = $3, total_rows = COALESCE($4, total_rows), problem = $5,
                     lease_until_us = 0, tries = 0
                 WHERE pk = $1 AND status = $2 AND next_row = $6",
            )
            .bind(work.pk)
            .bind(word(work.status))
            .bind(word(to))
            .bind(rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX)))
            .bind(problem)
            .bind(i64::try_from(work.next_row).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if ended > 0 && to == ImportStatus::Done {
                for gone in FORGOTTEN {
                    sqlx::query(gone).bind(work.pk).execute(&mut *tx).await?;
                }
            }
        });
        Ok(())
    }
}

fn row_error(row: u64, refusal: &Refusal) -> RowError {
    match refusal {
        Refusal::Invalid { field, message } => RowError {
            row,
            column: if field == "row" {
                String::new()
            } else {
                field.clone()
            },
            message: message.clone(),
        },
        other => RowError {
            row,
            column: String::new(),
            message: other.to_string(),
        },
    }
}

impl Turn<'_> {
    /// Locks an import, if it is still where the worker believes it to be.
    async fn hold(&mut self, work: &ImportWork) -> Result<bool> {
        let held = within!(self, conn => {
            sqlx::query(
                "UPDATE contact_import SET status = status WHERE pk = $1 AND status = $2 AND next_row = $3",
            )
            .bind(work.pk)
            .bind(word(work.status))
            .bind(i64::try_from(work.next_row).unwrap_or(i64::MAX))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(held > 0)
    }

    /// Keeps errors; says how many rows they are of.
    async fn keep_errors(&mut self, import: i64, errors: &[RowError]) -> Result<i64> {
        if errors.is_empty() {
            return Ok(0);
        }
        let rows: Vec<ErrorRow<'_>> = errors
            .iter()
            .map(|error| ErrorRow {
                line: error.row,
                col: &error.column,
                message: &error.message,
            })
            .collect();
        let (sql, bound) = (
            self.dialect(
                "INSERT INTO contact_import_error (import, row_number, column_name, message)
                 SELECT $1, v.line, v.col, v.message FROM ROWS($2: line bigint, col text, message text) v
                 WHERE 1 = 1 ON CONFLICT DO NOTHING",
            ),
            bound(&rows)?,
        );
        within!(self, conn => { sqlx::query(sql).bind(import).bind(bound).execute(conn).await?; });
        let lines: std::collections::BTreeSet<u64> = errors.iter().map(|error| error.row).collect();
        Ok(i64::try_from(lines.len()).unwrap_or(i64::MAX))
    }
}
