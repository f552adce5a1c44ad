//! The file of an import on its way in.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Refusal,
    import::{ImportStatus, Mapping},
};

use super::{UPLOADING, bound, word};
use crate::{
    Result, Store, WorkspaceId,
    contact::check::has_control,
    macros::{reading, writing},
};

/// Longest name of a file kept, in characters.
const FILE_CHARS_MAX: usize = 200;
/// Most bytes of files that a workspace keeps: those of imports that were written are gone.
pub const IMPORTS_BYTES_MAX: i64 = 4 << 30;
/// An upload that didn't end within this time was given up.
const UPLOAD_MAX: Duration = Duration::hours(24);

/// An import whose file is being taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    /// Internal key.
    pub pk: i64,
    /// Opaque id.
    pub id: String,
}

impl Store {
    /// Begins an import, whose file follows in pieces. Nobody sees it before [`Self::finish_upload`].
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the name of the file.
    pub async fn begin_import(
        &self,
        ws: WorkspaceId,
        file: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<NewImport> {
        let file: String = file.trim().chars().take(FILE_CHARS_MAX).collect();
        if file.is_empty() || has_control(&file) {
            return Err(Refusal::invalid("file", "give the file a name").into());
        }
        let id = crate::id::random()?;
        let pk: i64 = writing!(self, tx => {
            sqlx::query_scalar(
                "INSERT INTO contact_import (workspace, id, file, status, created_us, created_by)
                 VALUES ($1, $2, $3, $4, $5, $6) RETURNING pk",
            )
            .bind(ws.0)
            .bind(&id)
            .bind(file)
            .bind(UPLOADING)
            .bind(now.timestamp_micros())
            .bind(by)
            .fetch_one(&mut *tx)
            .await?
        });
        Ok(NewImport { pk, id })
    }

    /// Keeps the `n`th piece of a file, from 0.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the files of the workspace would take more than [`IMPORTS_BYTES_MAX`].
    pub async fn put_import_chunk(&self, import: &NewImport, n: u32, data: &[u8]) -> Result<()> {
        self.put_chunk_within(import, n, data, IMPORTS_BYTES_MAX)
            .await
    }

    /// The same with a limit of one's own.
    pub(crate) async fn put_chunk_within(
        &self,
        import: &NewImport,
        n: u32,
        data: &[u8],
        most: i64,
    ) -> Result<()> {
        let bytes = i64::try_from(data.len()).unwrap_or(i64::MAX);
        writing!(self, tx => {
            sqlx::query("UPDATE contact_import SET bytes = bytes + $2 WHERE pk = $1")
                .bind(import.pk)
                .bind(bytes)
                .execute(&mut *tx)
                .await?;
            let kept: i64 = sqlx::query_scalar(
                "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM contact_import
                 WHERE workspace = (SELECT workspace FROM contact_import WHERE pk = $1)",
            )
            .bind(import.pk)
            .fetch_one(&mut *tx)
            .await?;
            if kept > most {
                return Err(Refusal::invalid(
                    "file",
                    "the workspace keeps 4 GiB of files at most: delete imports you no longer need",
                )
                .into());
            }
            sqlx::query("INSERT INTO contact_import_chunk (import, n, data) VALUES ($1, $2, $3)")
                .bind(import.pk)
                .bind(i64::from(n))
                .bind(data)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// The `n`th piece of a file; none after the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_chunk(&self, import: i64, n: u32) -> Result<Option<Vec<u8>>> {
        Ok(reading!(self, pool => {
            sqlx::query_scalar("SELECT data FROM contact_import_chunk WHERE import = $1 AND n = $2")
                .bind(import)
                .bind(i64::from(n))
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Ends an upload: from now on the import is seen, with a guess at how it is to be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_upload(
        &self,
        import: &NewImport,
        header: &[String],
        sample: &[Vec<String>],
        mapping: &Mapping,
    ) -> Result<()> {
        let (header, sample, mapping) = (bound(header)?, bound(sample)?, bound(mapping)?);
        writing!(self, tx => {
            sqlx::query(
                "UPDATE contact_import SET status = $2, header = $3, sample = $4, mapping = $5
                 WHERE pk = $1 AND status = $6",
            )
            .bind(import.pk)
            .bind(word(ImportStatus::Uploaded))
            .bind(header)
            .bind(sample)
            .bind(mapping)
            .bind(UPLOADING)
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// Forgets an import that didn't come to an end, and those that were given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_uploads(&self, import: Option<&NewImport>, now: DateTime<Utc>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(
                "DELETE FROM contact_import WHERE status = $1 AND (pk = $2 OR created_us < $3)",
            )
            .bind(UPLOADING)
            .bind(import.map_or(0, |import| import.pk))
            .bind((now - UPLOAD_MAX).timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }
}
