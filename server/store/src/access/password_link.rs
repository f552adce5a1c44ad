//! One-time links by which people choose their own password: an invitation, or a reset. Callers hash the link's token.

use chrono::{DateTime, Utc};

use crate::{
    Result, Store, UserRow, WorkspaceId,
    macros::{reading, writing},
    user::{NO_PASSWORD, Row, find_in},
};
use domain::{Refusal, user::Role};

/// A person whose link may still be used.
const BY_LINK: &str = "SELECT u.id, u.workspace, u.email, u.role, u.last_seen_us, u.password_hash
     FROM password_link l JOIN app_user u ON u.id = l.app_user
     WHERE l.token_hash = $1 AND l.expires_us > $2";
const FORGET_LINKS: &str = "DELETE FROM password_link WHERE app_user = $1";
const ADD_LINK: &str =
    "INSERT INTO password_link (token_hash, app_user, expires_us) VALUES ($1, $2, $3)";

impl Store {
    /// Adds a person without a password, and the link by which they choose one.
    ///
    /// # Errors
    /// As [`Store::create_user`].
    pub async fn invite_user(
        &self,
        ws: WorkspaceId,
        (email, role): (&str, Role),
        link_hash: &[u8],
        (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<UserRow> {
        let user = self.create_user(ws, email, role, NO_PASSWORD, now).await?;
        self.replace_password_link(user.id, link_hash, expires_at)
            .await?;
        Ok(user)
    }

    /// Gives a person of a workspace a new link; older ones end. Returns the person.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has no such person.
    pub async fn make_password_link(
        &self,
        ws: WorkspaceId,
        email: &str,
        link_hash: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<UserRow> {
        let user = self.user_of(ws, email).await?;
        self.replace_password_link(user.id, link_hash, expires_at)
            .await?;
        Ok(user)
    }

    async fn replace_password_link(
        &self,
        user: i64,
        link_hash: &[u8],
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(FORGET_LINKS).bind(user).execute(&mut *tx).await?;
            sqlx::query(ADD_LINK)
                .bind(link_hash)
                .bind(user)
                .bind(expires_at.timestamp_micros())
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// The person of a workspace with this address.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none.
    pub async fn user_of(&self, ws: WorkspaceId, email: &str) -> Result<UserRow> {
        let found = self.user_by_email(email).await?;
        let found = found.filter(|(user, _)| user.workspace == ws);
        let (user, _) = found.ok_or_else(|| Refusal::not_found("person"))?;
        Ok(user)
    }

    /// The person who may choose a password with this link; none when it is unknown, expired or used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_password_link(
        &self,
        link_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<UserRow>> {
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(BY_LINK)
                .bind(link_hash)
                .bind(now.timestamp_micros())
                .fetch_optional(pool)
                .await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Uses a link: sets the password and ends the person's sessions and links, all in one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the link is unknown, expired or used.
    pub async fn use_password_link(
        &self,
        link_hash: &[u8],
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<UserRow> {
        let row: Row = writing!(self, tx => {
            // Whoever deletes the link uses it: of two at once, one finds it gone.
            let user: Option<i64> = sqlx::query_scalar(
                "DELETE FROM password_link WHERE token_hash = $1 AND expires_us > $2
                 RETURNING app_user",
            )
            .bind(link_hash)
            .bind(now.timestamp_micros())
            .fetch_optional(&mut *tx)
            .await?;
            let user = user.ok_or_else(|| Refusal::not_found("link"))?;
            sqlx::query("UPDATE app_user SET password_hash = $2 WHERE id = $1")
                .bind(user)
                .bind(password_hash)
                .execute(&mut *tx)
                .await?;
            for sql in [
                FORGET_LINKS,
                "DELETE FROM session WHERE app_user = $1",
                "DELETE FROM pending_sign_in WHERE app_user = $1",
            ] {
                sqlx::query(sql).bind(user).execute(&mut *tx).await?;
            }
            find_in!(tx, user)
        });
        row.try_into()
    }
}
