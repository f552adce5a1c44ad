//! What set-up and sign-in ask beside the rows themselves: whether a server has people of its own, and how old a
//! session is.

use chrono::{DateTime, Utc};

use crate::{Result, Store, macros::reading};

impl Store {
    /// Whether anyone can sign in to a workspace of their own; whoever looks at a demonstration doesn't count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_own_users(&self) -> Result<bool> {
        const SQL: &str = "SELECT COUNT(*) FROM app_user u JOIN workspace w ON w.id = u.workspace
                           WHERE w.is_demo = 0";
        let people: i64 = reading!(self, pool => sqlx::query_scalar(SQL).fetch_one(pool).await?);
        Ok(people > 0)
    }

    /// When the session with this token hash was opened; none when there is no such session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_opened_at(&self, token_hash: &[u8]) -> Result<Option<DateTime<Utc>>> {
        const SQL: &str = "SELECT created_us FROM session WHERE token_hash = $1";
        let created_us: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar(SQL).bind(token_hash).fetch_optional(pool).await?
        });
        Ok(created_us.and_then(DateTime::from_timestamp_micros))
    }
}
