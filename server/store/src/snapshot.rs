//! One moment of the database, of which several questions are asked.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::{Db, Result, Store, WorkspaceId, transaction};

/// A read transaction: whatever is committed meanwhile, all its answers are of one moment. It holds a
/// connection until it is dropped, so nothing else may be asked of the pool while it is held: waiting for a
/// second connection with the first in hand is how pools lock up.
pub(crate) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Snapshot {
    /// The change number that the figures of this snapshot reach, where that is not the newest: what was acknowledged
    /// between settling and the snapshot is still in the journal.
    pub(crate) async fn settled(&mut self, ws: WorkspaceId) -> Result<Option<i64>> {
        let Self::Sqlite(tx) = self else {
            return Ok(None);
        };
        Ok(sqlx::query_scalar(
            "SELECT settled_seq FROM workspace
             WHERE id = $1 AND EXISTS (SELECT 1 FROM journal WHERE workspace = $1)",
        )
        .bind(ws.0)
        .fetch_optional(&mut **tx)
        .await?)
    }
}

impl Store {
    /// The database as it is now, with everything acknowledged before the call in the tables that reports read. On
    /// SQLite the moment is that of the first question.
    ///
    /// # Errors
    /// When no connection becomes free, the database fails, or the journal can't be settled.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        self.settle().await?;
        Ok(match self.db() {
            Db::Sqlite { read, .. } => Snapshot::Sqlite(transaction::read_sqlite(read).await?),
            Db::Postgres(pool) => Snapshot::Postgres(transaction::read_postgres(pool).await?),
        })
    }
}
