//! Saved lists.

use chrono::{DateTime, Utc};
use domain::{Refusal, contact::ContactList};

use super::{bound, check::has_control, time};
use crate::{
    Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
    turn::{Turn, within},
};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    members: i64,
    created_us: i64,
}

impl TryFrom<Row> for ContactList {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            members: row.members.unsigned_abs(),
            created_at: time(row.created_us)?,
        })
    }
}

/// A name of a list, if it may be one.
pub(super) fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || has_control(name) {
        return Err(Refusal::invalid(
            "name",
            format!("use 1 to {NAME_CHARS_MAX} characters on one line"),
        ));
    }
    Ok(name.to_owned())
}

impl Store {
    /// The saved lists, by name. Those made for one campaign alone aren't among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lists(&self, ws: WorkspaceId) -> Result<Vec<ContactList>> {
        const SQL: &str = "SELECT l.id, l.name, l.created_us,
                 (SELECT COUNT(*) FROM contact_list_member m WHERE m.list = l.pk) AS members
             FROM contact_list l WHERE l.workspace = $1 AND l.is_hidden = 0 ORDER BY l.name, l.pk";
        let rows: Vec<Row> =
            reading!(self, pool => sqlx::query_as(SQL).bind(ws.0).fetch_all(pool).await?);
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Makes an empty list.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the name, [`Refusal::Conflict`] when there is one of this name.
    pub async fn create_list(
        &self,
        ws: WorkspaceId,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<ContactList> {
        let name = checked_name(name)?;
        let id = crate::id::random()?;
        let made = writing!(self, tx => {
            sqlx::query(
                "INSERT INTO contact_list (workspace, id, name, is_hidden, created_us)
                 VALUES ($1, $2, $3, 0, $4) ON CONFLICT (workspace, name) DO NOTHING",
            )
            .bind(ws.0)
            .bind(&id)
            .bind(&name)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        if made == 0 {
            return Err(
                Refusal::Conflict("There is a list of this name already.".to_owned()).into(),
            );
        }
        Row {
            id,
            name,
            members: 0,
            created_us: now.timestamp_micros(),
        }
        .try_into()
    }

    /// Deletes a list. Its members stay contacts.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn delete_list(&self, ws: WorkspaceId, id: &str) -> Result<()> {
        let pk = self.list_pk(ws, id).await?;
        writing!(self, tx => {
            sqlx::query("DELETE FROM contact_list WHERE workspace = $1 AND pk = $2")
                .bind(ws.0)
                .bind(pk)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Puts contacts on a list. Who is on it already stays so; ids that aren't contacts here are passed over.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for the list.
    pub async fn add_to_list(&self, ws: WorkspaceId, list: &str, contacts: &[&str]) -> Result<()> {
        let list = self.list_pk(ws, list).await?;
        let contacts: Vec<&str> = contacts
            .iter()
            .copied()
            .filter(|id| is_storable(id))
            .collect();
        let mut turn = self.turn(ws).await?;
        turn.join_of(ws, list, &contacts).await?;
        turn.commit().await
    }

    /// Takes contacts off a list.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for the list.
    pub async fn remove_from_list(
        &self,
        ws: WorkspaceId,
        list: &str,
        contacts: &[&str],
    ) -> Result<()> {
        let list = self.list_pk(ws, list).await?;
        let contacts: Vec<&str> = contacts
            .iter()
            .copied()
            .filter(|id| is_storable(id))
            .collect();
        let mut turn = self.turn(ws).await?;
        let (sql, contacts) = (
            turn.dialect(
                "DELETE FROM contact_list_member WHERE list = $1 AND contact IN
                 (SELECT pk FROM contact WHERE workspace = $2 AND id IN TEXTS($3))",
            ),
            bound(&contacts)?,
        );
        within!(&mut turn, conn => {
            sqlx::query(sql).bind(list).bind(ws.0).bind(contacts).execute(conn).await?;
        });
        turn.commit().await
    }

    /// The internal key of a list, hidden ones included.
    pub(crate) async fn list_pk(&self, ws: WorkspaceId, id: &str) -> Result<i64> {
        let pk: Option<i64> = if is_storable(id) {
            reading!(self, pool => {
                sqlx::query_scalar("SELECT pk FROM contact_list WHERE workspace = $1 AND id = $2")
                    .bind(ws.0)
                    .bind(id)
                    .fetch_optional(pool)
                    .await?
            })
        } else {
            None
        };
        Ok(pk.ok_or_else(|| Refusal::not_found("list"))?)
    }
}

impl Turn<'_> {
    /// Puts contacts that were just written on a list, by their ids.
    pub(super) async fn join(&mut self, list: i64, ids: &[&str]) -> Result<()> {
        let (sql, ids) = (
            self.dialect(
                "INSERT INTO contact_list_member (list, contact)
                 SELECT $1, pk FROM contact WHERE id IN TEXTS($2) ON CONFLICT DO NOTHING",
            ),
            bound(ids)?,
        );
        within!(self, conn => { sqlx::query(sql).bind(list).bind(ids).execute(conn).await?; });
        Ok(())
    }

    /// Puts contacts of a workspace on a list, by ids from outside.
    async fn join_of(&mut self, ws: WorkspaceId, list: i64, ids: &[&str]) -> Result<()> {
        let (sql, ids) = (
            self.dialect(
                "INSERT INTO contact_list_member (list, contact)
                 SELECT $1, pk FROM contact WHERE workspace = $3 AND id IN TEXTS($2)
                 ON CONFLICT DO NOTHING",
            ),
            bound(ids)?,
        );
        within!(self, conn => {
            sqlx::query(sql).bind(list).bind(ids).bind(ws.0).execute(conn).await?;
        });
        Ok(())
    }

    /// The list of this name, made where there is none: its key and id.
    pub(crate) async fn list_named(
        &mut self,
        ws: WorkspaceId,
        name: &str,
        is_hidden: bool,
        now: DateTime<Utc>,
    ) -> Result<(i64, String)> {
        let id = crate::id::random()?;
        within!(&mut *self, conn => {
            sqlx::query(
                "INSERT INTO contact_list (workspace, id, name, is_hidden, created_us)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace, name) DO NOTHING",
            )
            .bind(ws.0)
            .bind(id)
            .bind(name)
            .bind(i64::from(is_hidden))
            .bind(now.timestamp_micros())
            .execute(conn)
            .await?;
        });
        Ok(within!(self, conn => {
            sqlx::query_as("SELECT pk, id FROM contact_list WHERE workspace = $1 AND name = $2")
                .bind(ws.0)
                .bind(name)
                .fetch_one(conn)
                .await?
        }))
    }
}
