//! Whose a message, a link or a short address is, and the keys that sign them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::Channel;
use serde::Serialize;

use super::{channel_of, rows};
use crate::{
    Error, Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// Length of a key.
const KEY_BYTES: usize = 32;
/// Characters of a short address: letters and digits.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of a short address's code: 65 bits.
const CODE_CHARS: usize = 11;

/// Where a message comes from. `Debug` leaves the address out.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the campaign.
    pub campaign: i64,
    /// Its platform id.
    pub campaign_id: String,
    /// Its channel.
    pub channel: Channel,
    /// Internal key of the account it went out by.
    pub account: i64,
    /// Message key.
    pub message: String,
    /// Whom it was for.
    pub address: String,
    /// Arm; empty for the holdout.
    pub variant: String,
    /// When it was handed over, in microseconds; none while it wasn't.
    pub submitted_us: Option<i64>,
    /// The carrier's id of it.
    pub reference: Option<String>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin")
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// A link of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    /// Internal key: what tracked addresses name.
    pub pk: i64,
    /// Internal key of the workspace.
    pub workspace: i64,
    /// Internal key of the campaign.
    pub campaign: i64,
    /// Arm.
    pub variant: String,
    /// Place among the links of the arm, from 1.
    pub position: i64,
    /// Where it goes.
    pub url: String,
    /// Its words.
    pub label: String,
    /// 1 where clicks are followed.
    pub is_tracked: i64,
}

#[derive(sqlx::FromRow)]
struct OriginRow {
    workspace: i64,
    campaign: i64,
    campaign_id: String,
    campaign_type: String,
    account: i64,
    message: String,
    address: String,
    variant: String,
    state: i64,
    due_us: i64,
    reference: Option<String>,
}

impl TryFrom<OriginRow> for Origin {
    type Error = Error;

    fn try_from(row: OriginRow) -> Result<Self> {
        Ok(Self {
            workspace: WorkspaceId(row.workspace),
            campaign: row.campaign,
            campaign_id: row.campaign_id,
            channel: channel_of(&row.campaign_type)?,
            account: row.account,
            message: row.message,
            address: row.address,
            variant: row.variant,
            submitted_us: (row.state == 2).then_some(row.due_us),
            reference: row.reference,
        })
    }
}

macro_rules! origins {
    ($rest:expr) => {
        concat!(
            "SELECT o.workspace, o.campaign, c.id AS campaign_id, c.type AS campaign_type, o.account, o.message, o.address,
                 o.variant, o.state, o.due_us, o.reference
             FROM outbox o JOIN campaign c ON c.pk = o.campaign WHERE ",
            $rest
        )
    };
}

#[derive(Serialize)]
struct ShortLink<'a> {
    code: String,
    message: &'a str,
    link: i64,
}

impl Store {
    /// The message with this key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_by_key(&self, message: &str) -> Result<Option<Origin>> {
        Ok(self.messages_by_key(&[message.to_owned()]).await?.pop())
    }

    /// The messages with these keys, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_by_key(&self, messages: &[String]) -> Result<Vec<Origin>> {
        const SQLITE: &str = origins!("o.message IN (SELECT value FROM json_each($1))");
        const POSTGRES: &str =
            origins!("o.message IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))");
        let keys = rows(messages)?;
        let found: Vec<OriginRow> = reading!(self, pool => {
            sqlx::query_as(self.either(SQLITE, POSTGRES)).bind(&keys).fetch_all(pool).await?
        });
        found.into_iter().map(TryInto::try_into).collect()
    }

    /// The messages a carrier knows by these ids, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_by_reference(
        &self,
        account: i64,
        references: &[String],
    ) -> Result<Vec<Origin>> {
        const SQLITE: &str =
            origins!("o.account = $1 AND o.reference IN (SELECT value FROM json_each($2))");
        const POSTGRES: &str = origins!(
            "o.account = $1 AND o.reference IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))"
        );
        let keys = rows(references)?;
        let found: Vec<OriginRow> = reading!(self, pool => {
            sqlx::query_as(self.either(SQLITE, POSTGRES))
                .bind(account)
                .bind(&keys)
                .fetch_all(pool)
                .await?
        });
        found.into_iter().map(TryInto::try_into).collect()
    }

    /// The last message of a channel that was handed over to this address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_message_to(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        address: &str,
    ) -> Result<Option<Origin>> {
        const SQL: &str = origins!(
            "o.account IN (SELECT pk FROM carrier_account WHERE workspace = $1) AND o.address = $2 AND c.type = $3
               AND o.state IN (2, 5) ORDER BY o.changed_us DESC LIMIT 1"
        );
        let found: Option<OriginRow> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(ws.0)
                .bind(address)
                .bind(channel.as_str())
                .fetch_optional(pool)
                .await?
        });
        found.map(TryInto::try_into).transpose()
    }

    /// Links of a campaign, by arm and position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links_of(&self, campaign: i64) -> Result<Vec<LinkRow>> {
        Ok(reading!(self, pool => {
            sqlx::query_as("SELECT pk, workspace, campaign, variant, position, url, label, is_tracked FROM link
                 WHERE campaign = $1 ORDER BY variant, position")
            .bind(campaign)
            .fetch_all(pool)
            .await?
        }))
    }

    /// A link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(&self, pk: i64) -> Result<Option<LinkRow>> {
        Ok(reading!(self, pool => {
            sqlx::query_as("SELECT pk, workspace, campaign, variant, position, url, label, is_tracked FROM link WHERE pk = $1")
                .bind(pk)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Message key and link behind a short address's code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn short_link(&self, code: &str) -> Result<Option<(String, i64)>> {
        if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        Ok(reading!(self, pool => {
            sqlx::query_as("SELECT message, link FROM short_link WHERE code = $1")
                .bind(code)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Codes of short addresses for messages and links, made where there are none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn short_links_for(
        &self,
        wanted: &[(&str, i64)],
    ) -> Result<HashMap<(String, i64), String>> {
        const PUT_SQLITE: &str = "INSERT INTO short_link (code, message, link)
             SELECT json_extract(value, '$.code'), json_extract(value, '$.message'), json_extract(value, '$.link')
             FROM json_each($1) WHERE true ON CONFLICT (message, link) DO NOTHING";
        const PUT_POSTGRES: &str = "INSERT INTO short_link (code, message, link)
             SELECT r.code, r.message, r.link
             FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (code TEXT, message TEXT, link BIGINT)
             ON CONFLICT (message, link) DO NOTHING";
        const GET_SQLITE: &str = "SELECT s.message, s.link, s.code FROM json_each($1) r
             JOIN short_link s ON s.message = json_extract(r.value, '$.message')
                 AND s.link = json_extract(r.value, '$.link')";
        const GET_POSTGRES: &str = "SELECT s.message, s.link, s.code
             FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (message TEXT, link BIGINT)
             JOIN short_link s ON s.message = r.message AND s.link = r.link";
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let mut values = Vec::with_capacity(wanted.len());
        for (message, link) in wanted {
            values.push(ShortLink {
                code: code()?,
                message,
                link: *link,
            });
        }
        let values = rows(&values)?;
        let found: Vec<(String, i64, String)> = writing!(self, tx => {
            sqlx::query(self.either(PUT_SQLITE, PUT_POSTGRES))
                .bind(&values)
                .execute(&mut *tx)
                .await?;
            sqlx::query_as(self.either(GET_SQLITE, GET_POSTGRES))
                .bind(&values)
                .fetch_all(&mut *tx)
                .await?
        });
        Ok(found
            .into_iter()
            .map(|(message, link, code)| ((message, link), code))
            .collect())
    }

    /// Keys that sign addresses, by id, the newest last; the first is made when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&self, now: DateTime<Utc>) -> Result<Vec<(i64, Vec<u8>)>> {
        const SQL: &str = "SELECT id, secret FROM signing_key ORDER BY id";
        let keys: Vec<(i64, Vec<u8>)> =
            reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        if !keys.is_empty() {
            return Ok(keys);
        }
        self.add_signing_key(true, now).await?;
        Ok(reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?))
    }

    /// Signs with a new key from now on. What older keys signed is still verified.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_signing_key(&self, now: DateTime<Utc>) -> Result<()> {
        self.add_signing_key(false, now).await
    }

    async fn add_signing_key(&self, only_first: bool, now: DateTime<Utc>) -> Result<()> {
        let mut secret = vec![0; KEY_BYTES];
        fill(&mut secret)?;
        writing!(self, tx => {
            sqlx::query(
                "INSERT INTO signing_key (secret, created_us)
                 SELECT $1, $2 WHERE $3 = 0 OR NOT EXISTS (SELECT 1 FROM signing_key)",
            )
            .bind(secret)
            .bind(now.timestamp_micros())
            .bind(i64::from(only_first))
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Configuration(format!("no randomness: {error}")))
}

/// A code that can't be guessed.
fn code() -> Result<String> {
    let mut code = String::with_capacity(CODE_CHARS);
    while code.len() < CODE_CHARS {
        let mut bytes = [0; 16];
        fill(&mut bytes)?;
        // 248 is the largest multiple of 62 in a byte: beyond it some characters would come up more often.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        let left = CODE_CHARS - code.len();
        code.extend(
            fair.take(left)
                .map(|byte| char::from(BASE62[usize::from(byte % 62)])),
        );
    }
    Ok(code)
}
