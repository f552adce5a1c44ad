//! Which failures pass by themselves, so that whoever asked is told to come back instead of to give up.

use sqlx::sqlite::SqliteError;

use crate::Error;

/// SQLite's primary result codes for "not now": busy, locked, no memory, I/O error, disk full, can't be opened, lock lost.
const SQLITE_PASSING: [i32; 7] = [5, 6, 7, 10, 13, 14, 15];
/// SQLite's primary result code, and PostgreSQL's SQLSTATE, for a full disk.
const SQLITE_FULL: i32 = 13;
const POSTGRES_FULL: &str = "53100";
/// SQLSTATE prefixes of PostgreSQL for the same: connections, resources, shutdown and start, locks, and
/// transactions that lost against another.
const POSTGRES_PASSING: [&str; 7] = ["08", "53", "57P01", "57P02", "57P03", "55P03", "40"];

impl Error {
    /// Whether the same request is worth sending again in a moment: nothing is wrong with it or with what is
    /// stored, the database can't do it just now.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Overloaded | Self::Unavailable => true,
            Self::Database(error) => passes(error),
            Self::Writer(rusqlite::Error::SqliteFailure(failure, _)) => {
                SQLITE_PASSING.contains(&(failure.extended_code & 0xff))
            }
            _ => false,
        }
    }

    /// Whether there is no room left where the database is.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(failure)) => {
                let code = failure.code().unwrap_or_default();
                if failure.try_downcast_ref::<SqliteError>().is_some() {
                    code.parse::<i32>()
                        .is_ok_and(|code| code & 0xff == SQLITE_FULL)
                } else {
                    code == POSTGRES_FULL
                }
            }
            Self::Writer(rusqlite::Error::SqliteFailure(failure, _)) => {
                failure.extended_code & 0xff == SQLITE_FULL
            }
            _ => false,
        }
    }
}

fn passes(error: &sqlx::Error) -> bool {
    match error {
        // The last three: the connection is replaced.
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::InvalidSavePointStatement => true,
        sqlx::Error::Database(failure) => {
            let code = failure.code().unwrap_or_default();
            if failure.try_downcast_ref::<SqliteError>().is_some() {
                // The upper bytes say why it is busy.
                code.parse::<i32>()
                    .is_ok_and(|code| SQLITE_PASSING.contains(&(code & 0xff)))
            } else {
                POSTGRES_PASSING
                    .iter()
                    .any(|prefix| code.starts_with(prefix))
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::directory;

    #[test]
    fn waiting_helps_against_some_failures_only() {
        for passing in [
            Error::Overloaded,
            Error::Unavailable,
            Error::Database(sqlx::Error::PoolTimedOut),
            Error::Writer(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(261),
                None,
            )),
        ] {
            assert!(passing.is_passing(), "{passing:?}");
        }
        for lasting in [
            Error::Corrupt("x"),
            Error::Database(sqlx::Error::RowNotFound),
            Error::Refused(domain::Refusal::Forbidden),
            Error::Configuration(String::new()),
            Error::Writer(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(11),
                None,
            )),
        ] {
            assert!(!lasting.is_passing(), "{lasting:?}");
        }
    }

    /// As when an import or a backup of another process holds the file.
    #[tokio::test]
    async fn a_file_that_somebody_else_writes_to_passes() {
        let file = directory().join("busy.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let _writing = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let refused = pool.begin_with("BEGIN IMMEDIATE").await.unwrap_err();
        assert!(Error::from(refused).is_passing());
        let wrong = sqlx::query("no SQL").execute(&pool).await.unwrap_err();
        assert!(!Error::from(wrong).is_passing());
    }
}
