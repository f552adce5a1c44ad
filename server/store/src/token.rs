//! API tokens.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{Refusal, user::Scope};

use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
};

/// An API token, without its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Opaque id.
    pub id: String,
    /// Workspace it opens.
    pub workspace: WorkspaceId,
    /// Name given to it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Last recorded use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From when on it opens nothing; none for a token without an end.
    pub expires_at: Option<DateTime<Utc>>,
}

impl TokenRow {
    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    workspace: i64,
    name: String,
    scopes: String,
    created_us: i64,
    last_used_us: Option<i64>,
    expires_us: Option<i64>,
}

impl TryFrom<Row> for TokenRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let scopes = row
            .scopes
            .split(',')
            .map(Scope::from_str)
            .collect::<Result<_, _>>();
        Ok(Self {
            id: row.id,
            workspace: WorkspaceId(row.workspace),
            name: row.name,
            scopes: scopes.map_err(|_| Error::Corrupt("token scopes"))?,
            created_at: DateTime::from_timestamp_micros(row.created_us)
                .ok_or(Error::Corrupt("token"))?,
            last_used_at: row.last_used_us.and_then(DateTime::from_timestamp_micros),
            expires_at: row.expires_us.and_then(DateTime::from_timestamp_micros),
        })
    }
}

impl Store {
    /// Keeps a new token's hash, and when it ends if it does.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a missing name or no scopes.
    pub async fn create_token(
        &self,
        ws: WorkspaceId,
        name: &str,
        scopes: &[Scope],
        token_hash: &[u8],
        (now, expires_at): (DateTime<Utc>, Option<DateTime<Utc>>),
    ) -> Result<TokenRow> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || !is_storable(name) {
            return Err(Refusal::invalid("name", "use 1 to 200 characters").into());
        }
        if scopes.is_empty() {
            return Err(Refusal::invalid("scopes", "give at least one scope").into());
        }
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let scopes: Vec<&str> = scopes.into_iter().map(Scope::as_str).collect();
        let row: Row = writing!(self, tx => {
            sqlx::query_as(
                "INSERT INTO api_token (id, workspace, name, token_hash, scopes, created_us, expires_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 RETURNING id, workspace, name, scopes, created_us, last_used_us, expires_us",
            )
            .bind(crate::id::random()?)
            .bind(ws.0)
            .bind(name)
            .bind(token_hash)
            .bind(scopes.join(","))
            .bind(now.timestamp_micros())
            .bind(expires_at.map(|end| end.timestamp_micros()))
            .fetch_one(&mut *tx)
            .await?
        });
        row.try_into()
    }

    /// The tokens of a workspace, or of all, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, ws: Option<WorkspaceId>) -> Result<Vec<TokenRow>> {
        const SQL: &str = "SELECT id, workspace, name, scopes, created_us, last_used_us, expires_us
                           FROM api_token
                           WHERE (CAST($1 AS BIGINT) IS NULL OR workspace = $1)
                           ORDER BY created_us, id";
        let rows: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(ws.map(|ws| ws.0)).fetch_all(pool).await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The token with this hash, expired or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_by_hash(&self, token_hash: &[u8]) -> Result<Option<TokenRow>> {
        const SQL: &str = "SELECT id, workspace, name, scopes, created_us, last_used_us, expires_us
                           FROM api_token WHERE token_hash = $1";
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(token_hash).fetch_optional(pool).await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Records a use of a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query("UPDATE api_token SET last_used_us = $2 WHERE id = $1")
                .bind(id)
                .bind(now.timestamp_micros())
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Revokes a token and returns its name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has no such token.
    pub async fn revoke_token(&self, ws: WorkspaceId, id: &str) -> Result<String> {
        if !is_storable(id) {
            return Err(Refusal::not_found("token").into());
        }
        let name: Option<String> = writing!(self, tx => {
            sqlx::query_scalar(
                "DELETE FROM api_token WHERE workspace = $1 AND id = $2 RETURNING name",
            )
            .bind(ws.0)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?
        });
        name.ok_or_else(|| Refusal::not_found("token").into())
    }
}
