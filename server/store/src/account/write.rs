//! Adding, changing and deleting accounts, and noting how they fare.

use chrono::{DateTime, Utc};
use domain::Refusal;

use super::{AccountRow, AccountValues, Row, columns};
use crate::{Error, Result, Store, WorkspaceId, db::is_storable, macros::writing};

/// Longest name of an account and longest sender, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Most senders of an account.
const SENDERS_MAX: usize = 200;

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
