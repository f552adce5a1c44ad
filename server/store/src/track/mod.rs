//! What the public addresses inside messages lead to, and the keys these are signed with.

#[cfg(test)]
mod tests;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{CampaignType, Channel, sending::OutboxState};

use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
};

/// A message that was made here, as far as opening, clicking and leaving need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMessage {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Platform id of its campaign.
    pub campaign: String,
    /// Internal key of its campaign.
    pub campaign_key: i64,
    /// Internal key of its contact.
    pub contact: i64,
    /// How it went out.
    pub channel: Channel,
    /// Whom it was for.
    pub address: String,
    /// Its arm.
    pub variant: String,
    /// When the carrier took it; none as long as that is not known.
    pub submitted_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace: i64,
    id: String,
    campaign: i64,
    contact: i64,
    #[sqlx(rename = "type")]
    campaign_type: String,
    address: String,
    variant: String,
    state: i64,
    changed_us: i64,
}

impl TryFrom<Row> for SentMessage {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let channel = CampaignType::from_str(&row.campaign_type)
            .ok()
            .and_then(Channel::of_type)
            .ok_or(Error::Corrupt("campaign type"))?;
        let is_submitted = row.state == i64::from(OutboxState::Submitted.code());
        Ok(Self {
            workspace: WorkspaceId(row.workspace),
            campaign: row.id,
            campaign_key: row.campaign,
            contact: row.contact,
            channel,
            address: row.address,
            variant: row.variant,
            submitted_at: is_submitted
                .then(|| DateTime::from_timestamp_micros(row.changed_us))
                .flatten(),
        })
    }
}

/// Where a tracked link leads.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkTarget {
    /// Internal key of the campaign it stands in.
    pub campaign: i64,
    /// Its place among the links of its arm, from 1.
    pub position: i64,
    /// The address.
    pub url: String,
}

impl Store {
    /// The message with this key; none when there is no such message, or its campaign is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_message(&self, message: &str) -> Result<Option<SentMessage>> {
        const SQL: &str = "SELECT o.workspace, c.id, o.campaign, o.contact, c.type, o.address, o.variant, o.state,
                 o.changed_us
             FROM outbox o JOIN campaign c ON c.pk = o.campaign WHERE o.message = $1";
        if !is_storable(message) {
            return Ok(None);
        }
        let row: Option<Row> = reading!(self, pool => {
            sqlx::query_as(SQL).bind(message).fetch_optional(pool).await?
        });
        row.map(TryInto::try_into).transpose()
    }

    /// Where a link leads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_target(&self, link: i64) -> Result<Option<LinkTarget>> {
        const SQL: &str = "SELECT campaign, position, url FROM link WHERE pk = $1";
        Ok(reading!(self, pool => {
            sqlx::query_as(SQL).bind(link).fetch_optional(pool).await?
        }))
    }

    /// The message and link that a short address stands for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn short_link(&self, code: &str) -> Result<Option<(String, i64)>> {
        const SQL: &str = "SELECT message, link FROM short_link WHERE code = $1";
        if !is_storable(code) {
            return Ok(None);
        }
        Ok(reading!(self, pool => {
            sqlx::query_as(SQL).bind(code).fetch_optional(pool).await?
        }))
    }

    /// The keys that sign public addresses, by id; the highest is the newest. `first` becomes the first one where there
    /// is none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(
        &self,
        first: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Vec<(i64, Vec<u8>)>> {
        const SQL: &str = "SELECT id, secret FROM signing_key ORDER BY id";
        let keys: Vec<(i64, Vec<u8>)> =
            reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        if !keys.is_empty() {
            return Ok(keys);
        }
        writing!(self, tx => {
            // Two servers may begin at once: one key is made.
            sqlx::query(
                "INSERT INTO signing_key (id, secret, created_us) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
            )
            .bind(first)
            .bind(now.timestamp_micros())
            .execute(&mut *tx)
            .await?;
        });
        Ok(reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?))
    }

    /// Adds a key, which signs from now on; addresses signed with the others stay good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_signing_key(&self, secret: &[u8], now: DateTime<Utc>) -> Result<i64> {
        Ok(writing!(self, tx => {
            sqlx::query_scalar(
                "INSERT INTO signing_key (id, secret, created_us)
                 SELECT COALESCE(MAX(id), 0) + 1, $1, $2 FROM signing_key RETURNING id",
            )
            .bind(secret)
            .bind(now.timestamp_micros())
            .fetch_one(&mut *tx)
            .await?
        }))
    }
}
