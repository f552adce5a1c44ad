//! One text of SQL for two engines.
//!
//! Both engines understand `$1` and the dialect used here, so a query is written once; these macros expand
//! its code for each engine's own types. (`sqlx::Any` would do that at run time and lose types.)

/// Runs code with a connection pool for reading bound to `$pool`.
macro_rules! reading {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store.db() {
            $crate::Db::Sqlite { read: $pool, .. } => $body,
            $crate::Db::Postgres($pool) => $body,
        }
    };
}

/// Runs code with the connection of a [`Snapshot`](crate::snapshot::Snapshot) bound to `$conn`.
macro_rules! seeing {
    ($snapshot:expr, $conn:ident => $body:expr) => {
        match $snapshot {
            $crate::snapshot::Snapshot::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::snapshot::Snapshot::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Runs code inside a writing transaction bound to `$tx`, and commits. Leaving early by `?` rolls back.
macro_rules! writing {
    ($store:expr, $tx:ident => $body:expr) => {
        match $store.db() {
            $crate::Db::Sqlite { write, .. } => {
                let _turn = $store.write_turn().await;
                let mut $tx = $crate::transaction::write_sqlite(write).await?;
                let outcome = $body;
                $tx.commit().await?;
                outcome
            }
            $crate::Db::Postgres(pool) => {
                let mut $tx = $crate::transaction::write_postgres(pool).await?;
                let outcome = $body;
                $tx.commit().await?;
                outcome
            }
        }
    };
}

pub(crate) use {reading, seeing, writing};
