//! One moment of the database, of which several questions are asked.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::{Db, Result, Store};

/// A read transaction: whatever is committed meanwhile, all its answers are of one moment. It holds a
/// connection until it is dropped, so nothing else may be asked of the pool while it is held: waiting for a
/// second connection with the first in hand is how pools lock up.
pub(crate) enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// The database as it is now. On SQLite the moment is that of the first question.
    ///
    /// # Errors
    /// When no connection becomes free or the database fails.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        Ok(match self.db() {
            Db::Sqlite { read, .. } => Snapshot::Sqlite(read.begin_with("BEGIN DEFERRED").await?),
            Db::Postgres(pool) => Snapshot::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }
}
