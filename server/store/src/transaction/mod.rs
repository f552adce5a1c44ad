//! Transactions: the one place where they begin, and what becomes of a connection on which one ended badly.
//!
//! After a full disk, an I/O error or a lack of memory SQLite may have rolled back by itself. The `ROLLBACK` that follows
//! fails then, and sqlx counts a transaction on that connection for ever. So every pool tests a connection when it is
//! given back ([`watched`], [`watched_postgres`]): one that isn't outside any transaction is closed, and the pool opens
//! another. That also holds for transactions whose future was dropped in the middle.

#[cfg(test)]
mod tests;

use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction, postgres::PgPoolOptions, sqlite::SqlitePoolOptions,
};

use crate::Result;

/// Begins a writing transaction on SQLite. The caller holds the [write turn](crate::Store::write_turn).
pub(crate) async fn write_sqlite(write: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    Ok(write.begin_with("BEGIN IMMEDIATE").await?)
}

/// Begins a writing transaction on PostgreSQL.
pub(crate) async fn write_postgres(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    Ok(pool.begin().await?)
}

/// Begins a transaction on SQLite in which all questions are answered as of the moment of the first.
pub(crate) async fn read_sqlite(read: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    Ok(read.begin_with("BEGIN DEFERRED").await?)
}

/// Begins a transaction on PostgreSQL in which all questions are answered as of the moment of the first.
pub(crate) async fn read_postgres(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    Ok(pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?)
}

/// Begins a writing transaction on the connection of SQLite's ingest writer.
pub(crate) fn write_rusqlite(
    db: &mut rusqlite::Connection,
) -> rusqlite::Result<rusqlite::Transaction<'_>> {
    db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
}

/// A pool of SQLite connections in which none stays that is stuck in a transaction.
pub(crate) fn watched(options: SqlitePoolOptions) -> SqlitePoolOptions {
    options.after_release(|connection, _| Box::pin(is_free(connection)))
}

/// The same for PostgreSQL. A connection that the server ended is found by the pool itself, which asks each for a sign of
/// life when it is given back and before it is handed out.
pub(crate) fn watched_postgres(options: PgPoolOptions) -> PgPoolOptions {
    options
        .test_before_acquire(true)
        .after_release(|connection, _| Box::pin(is_free_postgres(connection)))
}

/// Whether the connection is outside any transaction, both by sqlx's count and by SQLite's own: a `BEGIN` inside a
/// transaction, and a `ROLLBACK` outside, are errors. Neither touches the file.
async fn is_free(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // Whatever waits for the connection's thread, the rollback of a dropped transaction first of all, is done after this.
    connection.ping().await?;
    let is_free = !connection.is_in_transaction()
        && connection
            .execute(sqlx::raw_sql("BEGIN; ROLLBACK"))
            .await
            .is_ok();
    if !is_free {
        tracing::warn!("a transaction could not be rolled back; its connection is replaced");
    }
    Ok(is_free)
}

async fn is_free_postgres(connection: &mut PgConnection) -> sqlx::Result<bool> {
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}
