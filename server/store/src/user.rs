//! People who can sign in.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{Refusal, user::Role};

use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
};

/// A person, without the password's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Key.
    pub id: i64,
    /// Workspace they belong to.
    pub workspace: WorkspaceId,
    /// Address, in lower case.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Last time a session of theirs was used.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Whether they were invited and have not chosen a password yet.
    pub is_invited: bool,
}

/// Stands for the hash of a password that nobody has chosen yet. No password has this hash.
pub(crate) const NO_PASSWORD: &str = "";

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: i64,
    workspace: i64,
    email: String,
    role: String,
    last_seen_us: Option<i64>,
    password_hash: String,
}

/// Removes a person with everything of theirs, by key.
const OF_A_PERSON: [&str; 6] = [
    "DELETE FROM session WHERE app_user = $1",
    "DELETE FROM password_link WHERE app_user = $1",
    "DELETE FROM pending_sign_in WHERE app_user = $1",
    "DELETE FROM recovery_code WHERE app_user = $1",
    "DELETE FROM second_factor WHERE app_user = $1",
    "DELETE FROM app_user WHERE id = $1",
];

/// The person with this key, inside a transaction.
macro_rules! find_in {
    ($tx:ident, $user:expr) => {
        sqlx::query_as(
            "SELECT id, workspace, email, role, last_seen_us, password_hash
             FROM app_user WHERE id = $1",
        )
        .bind($user)
        .fetch_one(&mut *$tx)
        .await?
    };
}
pub(crate) use find_in;

impl TryFrom<Row> for UserRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            workspace: WorkspaceId(row.workspace),
            role: Role::from_str(&row.role).map_err(|_| Error::Corrupt("role"))?,
            email: row.email,
            last_seen_at: row.last_seen_us.and_then(DateTime::from_timestamp_micros),
            is_invited: row.password_hash == NO_PASSWORD,
        })
    }
}

/// The form in which addresses are kept and compared.
fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Refuses what can't be an address. Whether it is one, only a message to it would tell.
fn check_email(email: &str) -> Result<(), Refusal> {
    let well_formed = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !host.contains('@')
        });
    if well_formed {
        Ok(())
    } else {
        Err(Refusal::invalid("email", "this is no email address"))
    }
}

impl Store {
    /// Adds a person.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when the address is taken, [`Refusal::Invalid`] when it is none.
    pub async fn create_user(
        &self,
        ws: WorkspaceId,
        email: &str,
        role: Role,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<UserRow> {
        let email = fold_email(email);
        check_email(&email)?;
        let row: Option<Row> = writing!(self, tx => {
            sqlx::query_as(
                "INSERT INTO app_user (workspace, email, role, password_hash, created_us)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (email) DO NOTHING
                 RETURNING id, workspace, email, role, last_seen_us, password_hash",
            )
            .bind(ws.0)
            .bind(&email)
            .bind(role.as_str())
            .bind(password_hash)
            .bind(now.timestamp_micros())
            .fetch_optional(&mut *tx)
            .await?
        });
        row.ok_or_else(|| {
            Refusal::Conflict("Someone with this address exists already.".to_owned())
        })?
        .try_into()
    }

    /// Adds the first person of a new server; spends the set-up link in the same transaction.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the link is unknown, expired or spent, [`Refusal::Conflict`] when
    /// someone exists already.
    pub async fn create_first_user(
        &self,
        ws: WorkspaceId,
        email: &str,
        password_hash: &str,
        link_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<UserRow> {
        let email = fold_email(email);
        check_email(&email)?;
        let row: Row = writing!(self, tx => {
            let spent = sqlx::query(
                "DELETE FROM setup_link WHERE token_hash = $1 AND expires_us > $2",
            )
            .bind(link_hash)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if spent == 0 {
                return Err(Refusal::not_found("set-up link").into());
            }
            // Whoever looks at a demonstration is nobody's admin.
            let people: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM app_user WHERE workspace IN
                     (SELECT id FROM workspace WHERE is_demo = 0)",
            )
            .fetch_one(&mut *tx)
            .await?;
            if people > 0 {
                return Err(Refusal::Conflict("This server is set up already.".to_owned()).into());
            }
            sqlx::query_as(
                "INSERT INTO app_user (workspace, email, role, password_hash, created_us)
                 VALUES ($1, $2, 'admin', $3, $4)
                 RETURNING id, workspace, email, role, last_seen_us, password_hash",
            )
            .bind(ws.0)
            .bind(&email)
            .bind(password_hash)
            .bind(now.timestamp_micros())
            .fetch_one(&mut *tx)
            .await?
        });
        row.try_into()
    }

    /// People, of one workspace or of all, by address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self, ws: Option<WorkspaceId>) -> Result<Vec<UserRow>> {
        const SQL: &str = "SELECT id, workspace, email, role, last_seen_us, password_hash
                           FROM app_user
                           WHERE (CAST($1 AS BIGINT) IS NULL OR workspace = $1) ORDER BY email";
        let rows: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(ws.map(|ws| ws.0)).fetch_all(pool).await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Whether anyone can sign in at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_users(&self) -> Result<bool> {
        let people: i64 = reading!(self, pool => {
            sqlx::query_scalar("SELECT COUNT(*) FROM app_user").fetch_one(pool).await?
        });
        Ok(people > 0)
    }

    /// The person with this address and the hash of their password, which is empty for whoever was invited and has
    /// chosen none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<(UserRow, String)>> {
        const SQL: &str = "SELECT id, workspace, email, role, last_seen_us, password_hash
                           FROM app_user WHERE email = $1";
        if !is_storable(email) {
            return Ok(None);
        }
        let found: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(fold_email(email)).fetch_optional(pool).await?
        });
        found
            .map(|row| {
                let hash = row.password_hash.clone();
                Ok((row.try_into()?, hash))
            })
            .transpose()
    }

    /// Sets a new password and ends the person's sessions, all but `keep`, and what links they were given.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such person.
    pub async fn set_password(
        &self,
        user: i64,
        password_hash: &str,
        keep: Option<&[u8]>,
    ) -> Result<()> {
        // No session has an empty hash: without one to keep, all end.
        let keep = keep.unwrap_or_default();
        writing!(self, tx => {
            let changed = sqlx::query("UPDATE app_user SET password_hash = $2 WHERE id = $1")
                .bind(user)
                .bind(password_hash)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if changed == 0 {
                return Err(Refusal::not_found("person").into());
            }
            sqlx::query("DELETE FROM session WHERE app_user = $1 AND token_hash <> $2")
                .bind(user)
                .bind(keep)
                .execute(&mut *tx)
                .await?;
            for sql in [
                "DELETE FROM password_link WHERE app_user = $1",
                "DELETE FROM pending_sign_in WHERE app_user = $1",
            ] {
                sqlx::query(sql).bind(user).execute(&mut *tx).await?;
            }
        });
        Ok(())
    }

    /// Removes a person and what is theirs. The last admin of a workspace who can sign in stays.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such person, [`Refusal::Conflict`] for the last admin.
    pub async fn remove_user(&self, ws: WorkspaceId, email: &str) -> Result<()> {
        let email = fold_email(email);
        if !is_storable(&email) {
            return Err(Refusal::not_found("person").into());
        }
        writing!(self, tx => {
            // On PostgreSQL the row lock keeps two removals from each counting the other's admin.
            sqlx::query("UPDATE workspace SET seq = seq WHERE id = $1")
                .bind(ws.0)
                .execute(&mut *tx)
                .await?;
            let found: Option<(i64, String)> =
                sqlx::query_as("SELECT id, role FROM app_user WHERE workspace = $1 AND email = $2")
                    .bind(ws.0)
                    .bind(&email)
                    .fetch_optional(&mut *tx)
                    .await?;
            let (user, role) = found.ok_or_else(|| Refusal::not_found("person"))?;
            // Who was invited and hasn't come yet can't let anybody else in.
            let others: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM app_user
                 WHERE workspace = $1 AND role = 'admin' AND password_hash <> '' AND id <> $2",
            )
            .bind(ws.0)
            .bind(user)
            .fetch_one(&mut *tx)
            .await?;
            if role == Role::Admin.as_str() && others == 0 {
                let reason = "This is the last admin of the workspace.";
                return Err(Refusal::Conflict(reason.to_owned()).into());
            }
            for sql in OF_A_PERSON {
                sqlx::query(sql).bind(user).execute(&mut *tx).await?;
            }
        });
        Ok(())
    }
}
