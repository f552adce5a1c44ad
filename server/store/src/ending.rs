//! The end of a store.

use crate::Store;

impl Store {
    /// Closes the connections in order, once those in use are given back; a PostgreSQL server is told instead of
    /// finding out. Whoever asks after that hears that the database is away.
    pub async fn close(&self) {
        // Saves the next start the work. If it fails, nothing is lost: the journal is durable.
        if let Err(error) = self.settle().await {
            tracing::warn!(%error, "the journal is left for the next start");
        }
        self.db().clone().close().await;
    }
}
