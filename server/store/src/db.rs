//! Connections to the two engines.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Error, Result, transaction};

/// The engine in use and its connections.
#[derive(Clone, Debug)]
pub enum Db {
    /// An embedded file. `write` holds one connection, so that writers queue instead of colliding.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one connection for everything but ingest.
        write: SqlitePool,
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres(PgPool),
}

impl Db {
    /// Opens the database that `url` names: `sqlite://FILE` or `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Configuration`] for any other URL, [`Error::Database`] when it can't be opened.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name("reportage");
            let pool = transaction::watched_postgres(PgPoolOptions::new())
                .max_connections(12)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        let path = Self::sqlite_file(url).ok_or_else(|| {
            Error::Configuration(
                "the database URL must begin with sqlite:// or postgres://".to_owned(),
            )
        })?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .page_size(8192)
            .pragma("journal_size_limit", "67108864")
            .pragma("temp_store", "memory");
        let write = transaction::watched(SqlitePoolOptions::new())
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            // A transaction that changes more pages than the cache holds would write them again and again: up to 96 MiB it
            // keeps them until it ends, and gives the room back then.
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", "-8000")
                    .pragma("cache_spill", "12288"),
            )
            .await?;
        let read = transaction::watched(SqlitePoolOptions::new())
            .max_connections(4)
            .connect_with(
                options
                    .pragma("query_only", "on")
                    .pragma("cache_size", "-16000"),
            )
            .await?;
        Ok(Self::Sqlite { read, write, path })
    }

    /// The file an SQLite URL names.
    #[must_use]
    pub fn sqlite_file(url: &str) -> Option<PathBuf> {
        let file = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))?;
        Some(PathBuf::from(file.split('?').next().unwrap_or(file)))
    }

    /// Closes the connections; on SQLite the last one folds the log into the file.
    pub async fn close(self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Looks for damage in an SQLite file. PostgreSQL looks after itself.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when there is some.
    pub async fn check_integrity(&self) -> Result<()> {
        let Self::Sqlite { read, .. } = self else {
            return Ok(());
        };
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(read)
            .await?;
        if found == "ok" {
            Ok(())
        } else {
            Err(Error::Corrupt("database file"))
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`Error::Migration`] when a step fails or the database is newer than this binary.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("migrations/sqlite").run(write).await?,
            Self::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Versions of the migrations not yet applied. All of them for a new database.
    ///
    /// # Errors
    /// [`Error::Database`] when the database can't be read.
    pub async fn pending_migrations(&self) -> Result<Vec<i64>> {
        // A new database has no such table. Any other failure is one: with a database that can't be read
        // taken for a new one, nothing would be copied before it is changed.
        const APPLIED: &str = "SELECT version FROM _sqlx_migrations";
        let (applied, all): (Vec<i64>, Vec<i64>) = match self {
            Self::Sqlite { write, .. } => {
                let tables: i64 = sqlx::query_scalar(
                    "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
                )
                .fetch_one(write)
                .await?;
                let applied = match tables {
                    0 => Vec::new(),
                    _ => sqlx::query_scalar(APPLIED).fetch_all(write).await?,
                };
                let all = sqlx::migrate!("migrations/sqlite");
                (applied, all.iter().map(|m| m.version).collect())
            }
            Self::Postgres(pool) => {
                let is_there: bool =
                    sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
                        .fetch_one(pool)
                        .await?;
                let applied = if is_there {
                    sqlx::query_scalar(APPLIED).fetch_all(pool).await?
                } else {
                    Vec::new()
                };
                let all = sqlx::migrate!("migrations/postgres");
                (applied, all.iter().map(|m| m.version).collect())
            }
        };
        Ok(all
            .into_iter()
            .filter(|version| !applied.contains(version))
            .collect())
    }

    /// Answers when the database can be read.
    ///
    /// # Errors
    /// [`Error::Database`] when it can't.
    pub async fn ping(&self) -> Result<()> {
        let _one: i32 = match self {
            Self::Sqlite { read, .. } => sqlx::query_scalar("SELECT 1").fetch_one(read).await?,
            Self::Postgres(pool) => sqlx::query_scalar("SELECT 1").fetch_one(pool).await?,
        };
        Ok(())
    }

    /// Writes a consistent copy of an SQLite database to a new file, while it is in use.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the file exists or the engine is PostgreSQL (use `pg_dump`).
    pub async fn backup_to(&self, target: &Path) -> Result<()> {
        let Self::Sqlite { write, .. } = self else {
            return Err(Error::Configuration(
                "back PostgreSQL up with pg_dump; this command is for SQLite".to_owned(),
            ));
        };
        if target.exists() {
            return Err(Error::Configuration(format!(
                "{} exists already",
                target.display()
            )));
        }
        sqlx::query("VACUUM INTO $1")
            .bind(target.to_string_lossy())
            .execute(write)
            .await?;
        Ok(())
    }
}

/// Whether both engines can keep, or even compare, this text: PostgreSQL has no NUL in its texts.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}
