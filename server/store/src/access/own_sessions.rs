//! The sessions of one person, as they see, confirm and end them.

use chrono::{DateTime, Utc};
use domain::Refusal;

use crate::{
    Error, Result, Store,
    macros::{reading, writing},
};

/// A live session of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// SHA-256 of its token: what it is ended by, and no way in.
    pub token_hash: Vec<u8>,
    /// Sign-in.
    pub created_at: DateTime<Utc>,
    /// Last recorded use.
    pub last_seen_at: DateTime<Utc>,
    /// The browser in a few words; empty when unknown.
    pub browser: String,
}

impl Store {
    /// The live sessions of a person, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, user: i64, now: DateTime<Utc>) -> Result<Vec<OwnSession>> {
        const SQL: &str = "SELECT token_hash, created_us, last_seen_us, browser FROM session
                           WHERE app_user = $1 AND expires_us > $2
                           ORDER BY last_seen_us DESC, created_us DESC, token_hash";
        let rows: Vec<(Vec<u8>, i64, i64, String)> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(user)
                .bind(now.timestamp_micros())
                .fetch_all(pool)
                .await?
        });
        let time = |us| DateTime::from_timestamp_micros(us).ok_or(Error::Corrupt("session"));
        rows.into_iter()
            .map(|(token_hash, created_us, last_seen_us, browser)| {
                Ok(OwnSession {
                    token_hash,
                    created_at: time(created_us)?,
                    last_seen_at: time(last_seen_us)?,
                    browser,
                })
            })
            .collect()
    }

    /// Ends one session of a person.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is none of theirs, or has ended.
    pub async fn close_session_of(&self, user: i64, token_hash: &[u8]) -> Result<()> {
        let closed = writing!(self, tx => {
            sqlx::query("DELETE FROM session WHERE app_user = $1 AND token_hash = $2")
                .bind(user)
                .bind(token_hash)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        if closed == 0 {
            Err(Refusal::not_found("session").into())
        } else {
            Ok(())
        }
    }

    /// Ends all sessions of a person but one; how many those were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_other_sessions(&self, user: i64, keep: &[u8]) -> Result<u64> {
        Ok(writing!(self, tx => {
            sqlx::query("DELETE FROM session WHERE app_user = $1 AND token_hash <> $2")
                .bind(user)
                .bind(keep)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        }))
    }

    /// Records that the person just gave their password in this session. `password_hash` is what it was checked
    /// against: false when it changed since, or the session ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_session(
        &self,
        token_hash: &[u8],
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let confirmed = writing!(self, tx => {
            sqlx::query(
                "UPDATE session SET confirmed_us = $3 WHERE token_hash = $1 AND app_user IN
                     (SELECT id FROM app_user WHERE password_hash = $2)",
            )
            .bind(token_hash)
            .bind(password_hash)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        Ok(confirmed > 0)
    }
}
