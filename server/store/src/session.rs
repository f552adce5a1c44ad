//! Sessions, set-up links and the count of sign-in attempts. Callers hash secrets before they come here.

use std::str::FromStr;

use chrono::{DateTime, Duration, Utc};
use domain::user::Role;

use crate::{
    Error, Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// A live session and the person it belongs to, with what pages need of their workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Key of the person.
    pub user: i64,
    /// Their address.
    pub email: String,
    /// Their role, as of now.
    pub role: Role,
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Last recorded use.
    pub last_seen_at: DateTime<Utc>,
    /// When the person last gave their password in it; signing in counts.
    pub confirmed_at: DateTime<Utc>,
}

/// What a new session is made of.
#[derive(Clone, Copy, Debug)]
pub struct SessionRow<'a> {
    /// SHA-256 of the cookie's token.
    pub token_hash: &'a [u8],
    /// Key of the person.
    pub user: i64,
    /// The browser in a few words, such as `Firefox on Linux`; empty when unknown.
    pub browser: &'a str,
    /// End of its life.
    pub expires_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    app_user: i64,
    email: String,
    role: String,
    workspace: i64,
    last_seen_us: i64,
    confirmed_us: i64,
}

impl Store {
    /// Opens a session, unless the person's password changed since it was checked: `password_hash` is
    /// compared inside the transaction. False when it did. Ends expired sessions on the way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_session(
        &self,
        session: SessionRow<'_>,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let opened = writing!(self, tx => {
            sqlx::query("DELETE FROM session WHERE expires_us <= $1")
                .bind(now.timestamp_micros())
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "INSERT INTO session (token_hash, app_user, created_us, last_seen_us, confirmed_us,
                     expires_us, browser)
                 SELECT $1, id, $3, $3, $3, $4, $6 FROM app_user WHERE id = $2 AND password_hash = $5",
            )
            .bind(session.token_hash)
            .bind(session.user)
            .bind(now.timestamp_micros())
            .bind(session.expires_at.timestamp_micros())
            .bind(password_hash)
            .bind(session.browser)
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        Ok(opened > 0)
    }

    /// The live session with this token hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Session>> {
        const SQL: &str =
            "SELECT s.app_user, u.email, u.role, u.workspace, s.last_seen_us, s.confirmed_us
                           FROM session s JOIN app_user u ON u.id = s.app_user
                           WHERE s.token_hash = $1 AND s.expires_us > $2";
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(token_hash)
                .bind(now.timestamp_micros())
                .fetch_optional(pool)
                .await?
        });
        let time = |us| DateTime::from_timestamp_micros(us).ok_or(Error::Corrupt("session"));
        row.map(|row| {
            Ok(Session {
                user: row.app_user,
                email: row.email,
                role: Role::from_str(&row.role).map_err(|_| Error::Corrupt("role"))?,
                workspace: WorkspaceId(row.workspace),
                last_seen_at: time(row.last_seen_us)?,
                confirmed_at: time(row.confirmed_us)?,
            })
        })
        .transpose()
    }

    /// Records that a session is in use and moves its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(
        &self,
        token_hash: &[u8],
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("UPDATE session SET last_seen_us = $2, expires_us = $3 WHERE token_hash = $1")
                .bind(token_hash)
                .bind(now.timestamp_micros())
                .bind(expires_at.timestamp_micros())
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "UPDATE app_user SET last_seen_us = $2
                 WHERE id = (SELECT app_user FROM session WHERE token_hash = $1)",
            )
            .bind(token_hash)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_session(&self, token_hash: &[u8]) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("DELETE FROM session WHERE token_hash = $1")
                .bind(token_hash)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Replaces any set-up link by this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_setup_link(&self, hash: &[u8], expires_at: DateTime<Utc>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("DELETE FROM setup_link").execute(&mut *tx).await?;
            sqlx::query("INSERT INTO setup_link (token_hash, expires_us) VALUES ($1, $2)")
                .bind(hash)
                .bind(expires_at.timestamp_micros())
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Whether this set-up link may still be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_link_is_open(&self, hash: &[u8], now: DateTime<Utc>) -> Result<bool> {
        const SQL: &str =
            "SELECT COUNT(*) FROM setup_link WHERE token_hash = $1 AND expires_us > $2";
        let links: i64 = reading!(self, pool => {
            sqlx::query_scalar(SQL).bind(hash).bind(now.timestamp_micros()).fetch_one(pool).await?
        });
        Ok(links > 0)
    }

    /// Counts an attempt to sign in, before it is known whether it succeeds: attempts made at the same
    /// time each count. Returns how many fell into the current window and when that began.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_login_attempt(
        &self,
        who: &[u8],
        now: DateTime<Utc>,
        window: Duration,
    ) -> Result<(i64, DateTime<Utc>)> {
        let expired_us = (now - window).timestamp_micros();
        let (attempts, since_us): (i64, i64) = writing!(self, tx => {
            sqlx::query("DELETE FROM login_attempt WHERE since_us <= $1")
                .bind(expired_us)
                .execute(&mut *tx)
                .await?;
            sqlx::query_as(
                "INSERT INTO login_attempt (who, attempts, since_us) VALUES ($1, 1, $2)
                 ON CONFLICT (who) DO UPDATE SET attempts = login_attempt.attempts + 1
                 RETURNING attempts, since_us",
            )
            .bind(who)
            .bind(now.timestamp_micros())
            .fetch_one(&mut *tx)
            .await?
        });
        let since =
            DateTime::from_timestamp_micros(since_us).ok_or(Error::Corrupt("sign-in attempt"))?;
        Ok((attempts, since))
    }

    /// Forgets the attempts of one account, after it signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_login_attempts(&self, who: &[u8]) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("DELETE FROM login_attempt WHERE who = $1")
                .bind(who)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
