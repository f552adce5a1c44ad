//! Workspaces: the tenants.

use chrono::{DateTime, Utc};
use domain::Refusal;

use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, seeing, writing},
    snapshot::Snapshot,
};

/// What a new workspace is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWorkspace {
    /// Display name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// 1 = Monday … 7 = Sunday.
    pub week_start: u8,
    /// Whether it holds generated demonstration data.
    pub is_demo: bool,
}

/// A workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// Its key.
    pub id: WorkspaceId,
    /// Display name.
    pub name: String,
    /// The zone its dates are in.
    pub time_zone: chrono_tz::Tz,
    /// 1 = Monday … 7 = Sunday.
    pub week_start: u8,
    /// Whether it holds generated demonstration data.
    pub is_demo: bool,
    /// `truncate` or `drop`.
    pub ip_policy: String,
    /// Change number.
    pub seq: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    time_zone: String,
    week_start: i64,
    is_demo: i64,
    ip_policy: String,
    seq: i64,
}

impl TryFrom<Row> for WorkspaceRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: WorkspaceId(row.id),
            name: row.name,
            time_zone: row
                .time_zone
                .parse()
                .map_err(|_| Error::Corrupt("time zone"))?,
            week_start: u8::try_from(row.week_start).map_err(|_| Error::Corrupt("week start"))?,
            is_demo: row.is_demo != 0,
            ip_policy: row.ip_policy,
            seq: row.seq,
        })
    }
}

/// Checks what every workspace must satisfy.
fn check(name: &str, time_zone: &str, week_start: u8, ip_policy: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.chars().count() > 200 || !is_storable(name) {
        return Err(Refusal::invalid("name", "use 1 to 200 characters"));
    }
    if time_zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Refusal::invalid(
            "time_zone",
            "use an IANA zone such as Europe/Madrid",
        ));
    }
    if !(1..=7).contains(&week_start) {
        return Err(Refusal::invalid(
            "week_start",
            "use 1 (Monday) to 7 (Sunday)",
        ));
    }
    if !matches!(ip_policy, "truncate" | "drop") {
        return Err(Refusal::invalid("ip_policy", "use truncate or drop"));
    }
    Ok(())
}

const BY_ID: &str = "SELECT id, name, time_zone, week_start, is_demo, ip_policy, seq
                     FROM workspace WHERE id = $1";

impl Snapshot {
    /// One workspace, as of the snapshot.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none.
    pub(crate) async fn workspace(&mut self, ws: WorkspaceId) -> Result<WorkspaceRow> {
        let row: Option<Row> =
            seeing!(self, conn => sqlx::query_as(BY_ID).bind(ws.0).fetch_optional(conn).await?);
        row.ok_or_else(|| Refusal::not_found("workspace"))?
            .try_into()
    }
}

impl Store {
    /// Makes a workspace.
    ///
    /// # Errors
    /// A refusal when a value is out of range.
    pub async fn create_workspace(
        &self,
        new: NewWorkspace,
        now: DateTime<Utc>,
    ) -> Result<WorkspaceRow> {
        check(&new.name, &new.time_zone, new.week_start, "truncate")?;
        let row: Row = writing!(self, tx => {
            sqlx::query_as(
                "INSERT INTO workspace (name, time_zone, week_start, is_demo, created_us)
                 VALUES ($1, $2, $3, $4, $5)
                 RETURNING id, name, time_zone, week_start, is_demo, ip_policy, seq",
            )
            .bind(new.name.trim())
            .bind(&new.time_zone)
            .bind(i64::from(new.week_start))
            .bind(i64::from(new.is_demo))
            .bind(now.timestamp_micros())
            .fetch_one(&mut *tx)
            .await?
        });
        row.try_into()
    }

    /// All workspaces, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRow>> {
        const SQL: &str = "SELECT id, name, time_zone, week_start, is_demo, ip_policy, seq
                           FROM workspace ORDER BY id";
        let rows: Vec<Row> = reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One workspace.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none.
    pub async fn workspace(&self, ws: WorkspaceId) -> Result<WorkspaceRow> {
        let row: Option<Row> =
            reading!(self, pool => sqlx::query_as(BY_ID).bind(ws.0).fetch_optional(pool).await?);
        row.ok_or_else(|| Refusal::not_found("workspace"))?
            .try_into()
    }

    /// Changes a workspace's settings.
    ///
    /// # Errors
    /// A refusal when a value is out of range or there is no such workspace.
    pub async fn update_workspace(
        &self,
        ws: WorkspaceId,
        name: &str,
        time_zone: &str,
        week_start: u8,
        ip_policy: &str,
    ) -> Result<()> {
        check(name, time_zone, week_start, ip_policy)?;
        let changed = writing!(self, tx => {
            sqlx::query(
                "UPDATE workspace SET name = $2, time_zone = $3, week_start = $4, ip_policy = $5
                 WHERE id = $1",
            )
            .bind(ws.0)
            .bind(name.trim())
            .bind(time_zone)
            .bind(i64::from(week_start))
            .bind(ip_policy)
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        if changed == 0 {
            Err(Refusal::not_found("workspace").into())
        } else {
            Ok(())
        }
    }

    /// Removes a workspace with everything in it. For demonstration data: there is no way back.
    ///
    /// # Errors
    /// When the database fails; nothing is removed then.
    pub async fn remove_workspace(&self, ws: WorkspaceId) -> Result<()> {
        const STEPS: [&str; 33] = [
            // Whoever writes holds this row: what is under way is committed, and then removed, too.
            "UPDATE workspace SET seq = seq + 1 WHERE id = $1",
            "DELETE FROM event WHERE campaign IN (SELECT pk FROM campaign WHERE workspace = $1)",
            "DELETE FROM message WHERE campaign IN (SELECT pk FROM campaign WHERE workspace = $1)",
            "DELETE FROM rollup WHERE scope IN (SELECT pk FROM campaign WHERE workspace = $1)",
            "DELETE FROM rollup WHERE scope = -$1",
            "DELETE FROM dedupe WHERE workspace = $1",
            "DELETE FROM recipient WHERE workspace = $1",
            "DELETE FROM short_link WHERE message IN (SELECT message FROM outbox WHERE workspace = $1)",
            "DELETE FROM outbox WHERE workspace = $1",
            "DELETE FROM link WHERE workspace = $1",
            "DELETE FROM sending WHERE workspace = $1",
            "DELETE FROM inbox WHERE workspace = $1",
            "DELETE FROM inbox_past WHERE account IN (SELECT pk FROM carrier_account WHERE workspace = $1)",
            "DELETE FROM waiting_click WHERE workspace = $1",
            "DELETE FROM auto_answer WHERE workspace = $1",
            "DELETE FROM reply WHERE workspace = $1",
            "DELETE FROM carrier_account WHERE workspace = $1",
            "DELETE FROM contact_import WHERE workspace = $1",
            "DELETE FROM contact_list WHERE workspace = $1",
            "DELETE FROM device WHERE workspace = $1",
            "DELETE FROM contact WHERE workspace = $1",
            "DELETE FROM suppression WHERE workspace = $1",
            "DELETE FROM consent_change WHERE workspace = $1",
            "DELETE FROM audit WHERE workspace = $1",
            "DELETE FROM campaign WHERE workspace = $1",
            "DELETE FROM api_token WHERE workspace = $1",
            "DELETE FROM session WHERE app_user IN (SELECT id FROM app_user WHERE workspace = $1)",
            "DELETE FROM password_link WHERE app_user IN (SELECT id FROM app_user WHERE workspace = $1)",
            "DELETE FROM pending_sign_in WHERE app_user IN (SELECT id FROM app_user WHERE workspace = $1)",
            "DELETE FROM recovery_code WHERE app_user IN (SELECT id FROM app_user WHERE workspace = $1)",
            "DELETE FROM second_factor WHERE app_user IN (SELECT id FROM app_user WHERE workspace = $1)",
            "DELETE FROM app_user WHERE workspace = $1",
            "DELETE FROM workspace WHERE id = $1",
        ];
        writing!(self, tx => {
            for step in STEPS {
                sqlx::query(step).bind(ws.0).execute(&mut *tx).await?;
            }
            if matches!(self.db(), crate::Db::Sqlite { .. }) {
                sqlx::query("DELETE FROM journal WHERE workspace = $1").bind(ws.0).execute(&mut *tx).await?;
            }
        });
        self.forget_cached().await
    }
}
