//! What can go wrong in the store.

use domain::Refusal;

/// An error of the store. `Refused` is an answer for the caller; the rest are failures to be logged once.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Understood and refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The writer's queue is full, or the database is busy: come back shortly.
    #[error("the store is overloaded")]
    Overloaded,
    /// The writer failed or is gone; nothing was acknowledged.
    #[error("the store cannot write at the moment")]
    Unavailable,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The writer's own connection failed.
    #[error("database writer: {0}")]
    Writer(#[from] rusqlite::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value could not be read back.
    #[error("corrupt {0}")]
    Corrupt(&'static str),
    /// The database URL or file can't be used.
    #[error("{0}")]
    Configuration(String),
}

/// Result of a store operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;
