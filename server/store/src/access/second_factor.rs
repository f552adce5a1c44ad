//! Second factors: the sealed secret, recovery codes, and sign-ins that still owe a code.

use chrono::{DateTime, Utc};

use crate::{
    Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// A second factor of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// The sealed secret, as the caller sealed it.
    pub secret: Vec<u8>,
    /// Whether a first code has confirmed it: before, nobody is asked for one.
    pub is_active: bool,
    /// Newest time step whose code was accepted.
    pub last_step: i64,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// A sign-in whose password was right and whose code is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingSignIn {
    /// Key of the person.
    pub user: i64,
    /// Their address.
    pub email: String,
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// What the password was checked against.
    pub password_hash: String,
}

const FORGET: [&str; 2] = [
    "DELETE FROM recovery_code WHERE app_user = $1",
    "DELETE FROM second_factor WHERE app_user = $1",
];

impl Store {
    /// The factor of a person; none when they have begun none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factor(&self, user: i64) -> Result<Option<Factor>> {
        const SQL: &str = "SELECT secret, is_active, last_step,
                               (SELECT COUNT(*) FROM recovery_code WHERE app_user = $1)
                           FROM second_factor WHERE app_user = $1";
        let row: Option<(Vec<u8>, i64, i64, i64)> =
            reading!(self, pool => sqlx::query_as(SQL).bind(user).fetch_optional(pool).await?);
        Ok(
            row.map(|(secret, is_active, last_step, codes_left)| Factor {
                secret,
                is_active: is_active != 0,
                last_step,
                codes_left,
            }),
        )
    }

    /// Keys of the people of a workspace who are asked for a code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users_with_factor(&self, ws: WorkspaceId) -> Result<Vec<i64>> {
        const SQL: &str = "SELECT f.app_user FROM second_factor f
                           JOIN app_user u ON u.id = f.app_user
                           WHERE u.workspace = $1 AND f.is_active = 1";
        Ok(reading!(self, pool => sqlx::query_scalar(SQL).bind(ws.0).fetch_all(pool).await?))
    }

    /// Begins a factor, in place of one that was begun and not confirmed. False when one is active: that stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_factor(&self, user: i64, secret: &[u8]) -> Result<bool> {
        let begun = writing!(self, tx => {
            sqlx::query(
                "INSERT INTO second_factor (app_user, secret) VALUES ($1, $2)
                 ON CONFLICT (app_user) DO UPDATE SET secret = excluded.secret, last_step = 0
                     WHERE second_factor.is_active = 0",
            )
            .bind(user)
            .bind(secret)
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        Ok(begun > 0)
    }

    /// Makes a begun factor active with its recovery codes. `secret` is the one whose code was checked: false when
    /// another was begun since, or it is active already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activate_factor(
        &self,
        user: i64,
        (secret, step): (&[u8], i64),
        code_hashes: &[[u8; 32]],
    ) -> Result<bool> {
        Ok(writing!(self, tx => {
            let activated = sqlx::query(
                "UPDATE second_factor SET is_active = 1, last_step = $3
                 WHERE app_user = $1 AND secret = $2 AND is_active = 0",
            )
            .bind(user)
            .bind(secret)
            .bind(step)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if activated > 0 {
                for hash in code_hashes {
                    sqlx::query("INSERT INTO recovery_code (app_user, code_hash) VALUES ($1, $2)")
                        .bind(user)
                        .bind(hash.as_slice())
                        .execute(&mut *tx)
                        .await?;
                }
            }
            activated > 0
        }))
    }

    /// Marks the code of a time step as used. False when it, or a newer one, was used already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_factor_step(&self, user: i64, step: i64) -> Result<bool> {
        let used = writing!(self, tx => {
            sqlx::query(
                "UPDATE second_factor SET last_step = $2
                 WHERE app_user = $1 AND is_active = 1 AND last_step < $2",
            )
            .bind(user)
            .bind(step)
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        Ok(used > 0)
    }

    /// Uses a recovery code up. False when it is none of theirs, or was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(&self, user: i64, code_hash: &[u8]) -> Result<bool> {
        let used = writing!(self, tx => {
            sqlx::query("DELETE FROM recovery_code WHERE app_user = $1 AND code_hash = $2")
                .bind(user)
                .bind(code_hash)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(used > 0)
    }

    /// Removes a person's factor and its recovery codes; whether there was an active one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_factor(&self, user: i64) -> Result<bool> {
        Ok(writing!(self, tx => {
            let active: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM second_factor WHERE app_user = $1 AND is_active = 1",
            )
            .bind(user)
            .fetch_one(&mut *tx)
            .await?;
            for sql in FORGET {
                sqlx::query(sql).bind(user).execute(&mut *tx).await?;
            }
            active > 0
        }))
    }

    /// Remembers that somebody gave the right password and owes a code. Ends expired ones on the way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_sign_in(
        &self,
        token_hash: &[u8],
        user: i64,
        password_hash: &str,
        (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("DELETE FROM pending_sign_in WHERE expires_us <= $1")
                .bind(now.timestamp_micros())
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "INSERT INTO pending_sign_in (token_hash, app_user, password_hash, expires_us)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(token_hash)
            .bind(user)
            .bind(password_hash)
            .bind(expires_at.timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// A sign-in that owes a code; none when it is unknown, expired or done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_sign_in(
        &self,
        token_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<PendingSignIn>> {
        const SQL: &str = "SELECT u.id, u.email, u.workspace, p.password_hash
                           FROM pending_sign_in p JOIN app_user u ON u.id = p.app_user
                           WHERE p.token_hash = $1 AND p.expires_us > $2";
        let row: Option<(i64, String, i64, String)> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(token_hash)
                .bind(now.timestamp_micros())
                .fetch_optional(pool)
                .await?
        });
        Ok(
            row.map(|(user, email, workspace, password_hash)| PendingSignIn {
                user,
                email,
                workspace: WorkspaceId(workspace),
                password_hash,
            }),
        )
    }

    /// Ends a sign-in that owes a code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_pending_sign_in(&self, token_hash: &[u8]) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("DELETE FROM pending_sign_in WHERE token_hash = $1")
                .bind(token_hash)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
