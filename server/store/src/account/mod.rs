//! Accounts at carriers. Secrets are sealed by the caller: the store never sees them.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Refusal,
    carrier::{AccountInfo, Protocol},
};

use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
};

/// Longest name of an account and longest sender, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Most senders of an account.
const SENDERS_MAX: usize = 200;

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

fn checked(values: &AccountValues) -> Result<(), Refusal> {
    let fits = |text: &str| {
        !text.is_empty() && text.chars().count() <= NAME_CHARS_MAX && is_storable(text)
    };
    if !fits(&values.name) {
        return Err(Refusal::invalid("name", "use 1 to 200 characters"));
    }
    if values.senders.len() > SENDERS_MAX || !values.senders.iter().all(|sender| fits(sender)) {
        return Err(Refusal::invalid(
            "senders",
            "give at most 200, of at most 200 characters each",
        ));
    }
    if values.per_second == Some(0) {
        return Err(Refusal::invalid("per_second", "is at least 1"));
    }
    if !values.settings.values().all(|value| is_storable(value)) {
        return Err(Refusal::invalid(
            "fields",
            "hold a character that can't be kept",
        ));
    }
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt("carrier account"))
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

    /// Adds an account.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a value out of range, [`Refusal::Conflict`] when the name is taken.
    pub async fn create_account(
        &self,
        ws: WorkspaceId,
        values: &AccountValues,
        now: DateTime<Utc>,
    ) -> Result<AccountRow> {
        checked(values)?;
        let (settings, names, senders) = (
            json(&values.settings)?,
            json(&values.secret_names)?,
            json(&values.senders)?,
        );
        // The address is all that keeps strangers from asking: two ids' worth of randomness.
        let webhook_key = format!("{}{}", crate::id::random()?, crate::id::random()?);
        let row: Row = writing!(self, tx => {
            sqlx::query_as(concat!(
                "INSERT INTO carrier_account (workspace, id, name, protocol, settings, secrets, secret_names,
                     senders, per_second, webhook_key, created_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ",
                columns!()
            ))
            .bind(ws.0)
            .bind(crate::id::random()?)
            .bind(&values.name)
            .bind(values.protocol.as_str())
            .bind(settings)
            .bind(&values.secrets)
            .bind(names)
            .bind(senders)
            .bind(values.per_second.map(i64::from))
            .bind(&webhook_key)
            .bind(now.timestamp_micros())
            .fetch_one(&mut *tx)
            .await
            .map_err(taken)?
        });
        row.try_into()
    }

    /// Changes an account; what the carrier's trouble was is to be found out anew.
    ///
    /// # Errors
    /// As [`Self::create_account`], and [`Refusal::NotFound`].
    pub async fn update_account(
        &self,
        ws: WorkspaceId,
        id: &str,
        values: &AccountValues,
    ) -> Result<AccountRow> {
        checked(values)?;
        let (settings, names, senders) = (
            json(&values.settings)?,
            json(&values.secret_names)?,
            json(&values.senders)?,
        );
        let row: Option<Row> = writing!(self, tx => {
            sqlx::query_as(concat!(
                "UPDATE carrier_account SET name = $3, settings = $4, secrets = $5, secret_names = $6,
                     senders = $7, per_second = $8, trouble = NULL, resume_us = 0, version = version + 1
                 WHERE workspace = $1 AND id = $2 RETURNING ",
                columns!()
            ))
            .bind(ws.0)
            .bind(id)
            .bind(&values.name)
            .bind(settings)
            .bind(&values.secrets)
            .bind(names)
            .bind(senders)
            .bind(values.per_second.map(i64::from))
            .fetch_optional(&mut *tx)
            .await
            .map_err(taken)?
        });
        row.ok_or_else(|| Refusal::not_found("carrier account"))?
            .try_into()
    }

    /// Deletes an account that no message is waiting for.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Conflict`] while a campaign is being sent by it.
    pub async fn delete_account(&self, ws: WorkspaceId, id: &str) -> Result<()> {
        const IN_USE: &str = "SELECT COUNT(*) FROM sending s JOIN carrier_account a ON a.pk = s.account
             WHERE a.workspace = $1 AND a.id = $2 AND s.phase IN ('preparing', 'sending', 'suspended')";
        if !is_storable(id) {
            return Err(Refusal::not_found("carrier account").into());
        }
        let deleted = writing!(self, tx => {
            let used: i64 =
                sqlx::query_scalar(IN_USE).bind(ws.0).bind(id).fetch_one(&mut *tx).await?;
            if used > 0 {
                let text = "A campaign is being sent by this account. Cancel the rest of it first.";
                return Err(Refusal::Conflict(text.to_owned()).into());
            }
            sqlx::query("DELETE FROM carrier_account WHERE workspace = $1 AND id = $2")
                .bind(ws.0)
                .bind(id)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        if deleted == 0 {
            return Err(Refusal::not_found("carrier account").into());
        }
        Ok(())
    }

    /// Notes why an account can't be used, or that it can.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_account_trouble(&self, pk: i64, trouble: Option<&str>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(
                "UPDATE carrier_account SET trouble = $2
                 WHERE pk = $1 AND COALESCE(trouble, '') <> COALESCE($2, '')",
            )
            .bind(pk)
            .bind(trouble)
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// Keeps every server from handing anything over by this account before that time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause_account(&self, pk: i64, until: DateTime<Utc>) -> Result<()> {
        writing!(self, tx => {
            sqlx::query(
                "UPDATE carrier_account SET resume_us = $2 WHERE pk = $1 AND resume_us < $2",
            )
            .bind(pk)
            .bind(until.timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }
}

/// A name that is taken is the asker's to mend.
fn taken(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(failure) if failure.is_unique_violation() => {
            Refusal::Conflict("There is an account of this name already.".to_owned()).into()
        }
        _ => error.into(),
    }
}
