//! Accounts at carriers. Secrets are sealed by the caller: the store never sees them.

#[cfg(test)]
mod tests;
mod write;

use std::{collections::BTreeMap, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Refusal,
    carrier::{AccountInfo, Protocol},
};

use crate::{Error, Result, Store, WorkspaceId, db::is_storable, macros::reading};

/// An account with its sealed secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Internal key: what the outbox names it by.
    pub pk: i64,
    /// Workspace it belongs to.
    pub workspace: WorkspaceId,
    /// Opaque id.
    pub id: String,
    /// Name given to it.
    pub name: String,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Settings that are no secret.
    pub settings: BTreeMap<String, String>,
    /// Secrets, sealed; empty when there are none.
    pub secrets: Vec<u8>,
    /// Names of the secrets.
    pub secret_names: Vec<String>,
    /// Senders it may use.
    pub senders: Vec<String>,
    /// Messages a second at most.
    pub per_second: Option<u32>,
    /// Last part of its webhook's address.
    pub webhook_key: String,
    /// Why it can't be used at the moment.
    pub trouble: Option<String>,
    /// Nothing is handed over before this time: the carrier asked for a pause.
    pub resume_at: Option<DateTime<Utc>>,
    /// Grows with each change of settings.
    pub version: i64,
    /// When the last event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An account as it is to be kept.
#[derive(Clone, Debug)]
pub struct AccountValues {
    /// Name, 1 to 200 characters, unique within the workspace.
    pub name: String,
    /// How it is spoken to; never changes later.
    pub protocol: Protocol,
    /// Settings that are no secret.
    pub settings: BTreeMap<String, String>,
    /// Secrets, sealed.
    pub secrets: Vec<u8>,
    /// Their names.
    pub secret_names: Vec<String>,
    /// Senders.
    pub senders: Vec<String>,
    /// Messages a second at most.
    pub per_second: Option<u32>,
}

#[derive(sqlx::FromRow)]
struct Row {
    pk: i64,
    workspace: i64,
    id: String,
    name: String,
    protocol: String,
    settings: String,
    secrets: Vec<u8>,
    secret_names: String,
    senders: String,
    per_second: Option<i64>,
    webhook_key: String,
    trouble: Option<String>,
    resume_us: i64,
    version: i64,
    last_event_us: Option<i64>,
    created_us: i64,
}

impl TryFrom<Row> for AccountRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let corrupt = || Error::Corrupt("carrier account");
        Ok(Self {
            protocol: Protocol::from_str(&row.protocol).map_err(|()| corrupt())?,
            settings: serde_json::from_str(&row.settings).map_err(|_| corrupt())?,
            secret_names: serde_json::from_str(&row.secret_names).map_err(|_| corrupt())?,
            senders: serde_json::from_str(&row.senders).map_err(|_| corrupt())?,
            per_second: row.per_second.and_then(|n| u32::try_from(n).ok()),
            resume_at: Some(row.resume_us)
                .filter(|us| *us > 0)
                .and_then(DateTime::from_timestamp_micros),
            last_event_at: row.last_event_us.and_then(DateTime::from_timestamp_micros),
            created_at: DateTime::from_timestamp_micros(row.created_us).ok_or_else(corrupt)?,
            pk: row.pk,
            workspace: WorkspaceId(row.workspace),
            id: row.id,
            name: row.name,
            secrets: row.secrets,
            webhook_key: row.webhook_key,
            trouble: row.trouble,
            version: row.version,
        })
    }
}

macro_rules! columns {
    () => {
        "pk, workspace, id, name, protocol, settings, secrets, secret_names, senders, per_second, webhook_key, \
         trouble, resume_us, version, last_event_us, created_us"
    };
}

use columns;

/// Events an account received within a day, and how many of them could not be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Received {
    events: u64,
    errors: u64,
}

impl AccountRow {
    /// As Settings shows it, with no events yet.
    #[must_use]
    pub fn info(self) -> AccountInfo {
        self.with(Received::default())
    }

    fn with(self, received: Received) -> AccountInfo {
        AccountInfo {
            webhook_path: format!("/hooks/{}", self.webhook_key),
            id: self.id,
            name: self.name,
            protocol: self.protocol,
            settings: self.settings,
            secrets: self.secret_names,
            senders: self.senders,
            per_second: self.per_second,
            last_event_at: self.last_event_at,
            events_today: received.events,
            errors_today: received.errors,
            trouble: self.trouble,
            created_at: self.created_at,
        }
    }
}

impl Store {
    /// The accounts of a workspace, oldest first, with their events of the last day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_infos(
        &self,
        ws: WorkspaceId,
        now: DateTime<Utc>,
    ) -> Result<Vec<AccountInfo>> {
        const RECEIVED: &str = "SELECT account, COUNT(*), COUNT(CASE WHEN state = 2 THEN 1 END)
             FROM inbox WHERE workspace = $1 AND received_us >= $2 GROUP BY account";
        let since = (now - TimeDelta::days(1)).timestamp_micros();
        let rows = self.accounts(ws).await?;
        let received: Vec<(i64, i64, i64)> = reading!(self, pool => {
            sqlx::query_as(RECEIVED).bind(ws.0).bind(since).fetch_all(pool).await?
        });
        Ok(rows
            .into_iter()
            .map(|row| {
                let received = received.iter().find(|(account, ..)| *account == row.pk);
                let received =
                    received.map_or_else(Received::default, |(_, events, errors)| Received {
                        events: events.unsigned_abs(),
                        errors: errors.unsigned_abs(),
                    });
                row.with(received)
            })
            .collect())
    }

    /// The accounts of a workspace with their sealed secrets, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self, ws: WorkspaceId) -> Result<Vec<AccountRow>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM carrier_account WHERE workspace = $1 ORDER BY pk"
        );
        let rows: Vec<Row> =
            reading!(self, pool => sqlx::query_as(SQL).bind(ws.0).fetch_all(pool).await?);
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// An account by its id.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has none by it.
    pub async fn account(&self, ws: WorkspaceId, id: &str) -> Result<AccountRow> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM carrier_account WHERE workspace = $1 AND id = $2"
        );
        let missing = || Refusal::not_found("carrier account");
        if !is_storable(id) {
            return Err(missing().into());
        }
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(ws.0).bind(id).fetch_optional(pool).await?
        });
        row.ok_or_else(missing)?.try_into()
    }

    /// An account by its internal key; none once it is deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_by_key(&self, pk: i64) -> Result<Option<AccountRow>> {
        const SQL: &str = concat!("SELECT ", columns!(), " FROM carrier_account WHERE pk = $1");
        let row: Option<Row> =
            reading!(self, pool => sqlx::query_as(SQL).bind(pk).fetch_optional(pool).await?);
        row.map(TryInto::try_into).transpose()
    }

    /// The account whose webhook has this address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_by_hook(&self, webhook_key: &str) -> Result<Option<AccountRow>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM carrier_account WHERE webhook_key = $1"
        );
        if !is_storable(webhook_key) {
            return Ok(None);
        }
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(webhook_key).fetch_optional(pool).await?
        });
        row.map(TryInto::try_into).transpose()
    }
}
