//! Taking messages out of the outbox to hand them over.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Channel,
    contact::{Attributes, PushTarget},
    sending::{OutboxState, Window},
};
use serde::Serialize;

use super::{expand::obstacle, next_open, rows};
use crate::{Error, Result, Store, WorkspaceId, macros::writing};

/// What to take.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Who takes it: unique among all workers of all servers.
    pub worker: &'a str,
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the campaign.
    pub campaign: i64,
    /// Its channel.
    pub channel: Channel,
    /// Hours at which people are written to.
    pub window: Option<Window>,
    /// Messages at most.
    pub limit: u32,
    /// How long the worker has to say what became of them.
    pub lease: TimeDelta,
}

/// A message with a worker, and everything needed to render it. `Debug` shows the key alone.
#[derive(Clone)]
pub struct Claimed {
    /// Internal key.
    pub pk: i64,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// Message key.
    pub message: String,
    /// Whom it is for.
    pub address: String,
    /// Arm.
    pub variant: String,
    /// Name of the contact.
    pub name: String,
    /// Mailbox of the contact.
    pub email: Option<String>,
    /// Number of the contact.
    pub phone: Option<String>,
    /// Zone of the contact.
    pub time_zone: Option<String>,
    /// The caller's own id of the contact.
    pub external_id: Option<String>,
    /// Everything else known of the contact.
    pub attributes: Attributes,
    /// Where a push notification goes.
    pub target: Option<PushTarget>,
}

impl std::fmt::Debug for Claimed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Claimed").field(&self.message).finish()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    pk: i64,
    attempts: i64,
    message: String,
    address: String,
    variant: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    time_zone: Option<String>,
    external_id: Option<String>,
    attributes: Option<String>,
    consent: Option<i64>,
    target: Option<String>,
    suppressed: Option<i64>,
}

#[derive(Serialize)]
struct Returned {
    pk: i64,
    state: u8,
    due_us: i64,
    raw: Option<&'static str>,
    reason: Option<String>,
}

const TAKE_SQLITE: &str = "UPDATE outbox SET state = 1, attempts = attempts + 1, lease_owner = $3, lease_until_us = $4,
         changed_us = $2
     WHERE pk IN (SELECT pk FROM outbox WHERE campaign = $1 AND state = 0 AND due_us <= $2
         AND EXISTS (SELECT 1 FROM sending s WHERE s.campaign = $1 AND s.phase IN ('preparing', 'sending'))
         ORDER BY due_us, pk LIMIT $5)
     RETURNING pk";
const TAKE_POSTGRES: &str = "WITH due AS (SELECT pk FROM outbox WHERE campaign = $1 AND state = 0 AND due_us <= $2
         AND EXISTS (SELECT 1 FROM sending s WHERE s.campaign = $1 AND s.phase IN ('preparing', 'sending'))
         ORDER BY due_us, pk LIMIT $5 FOR UPDATE SKIP LOCKED)
     UPDATE outbox o SET state = 1, attempts = attempts + 1, lease_owner = $3, lease_until_us = $4, changed_us = $2
     FROM due WHERE o.pk = due.pk RETURNING o.pk";

/// The rest of the statement that reads claimed messages; the first part names them.
macro_rules! read {
    ($keys:literal) => {
        concat!(
            "SELECT o.pk, o.attempts, o.message, o.address, o.variant, k.name, k.email, k.phone, k.time_zone,
                 k.external_id, k.attributes,
                 CASE CAST($2 AS BIGINT) WHEN 0 THEN k.consent_sms WHEN 1 THEN k.consent_email
                     WHEN 2 THEN k.consent_push WHEN 3 THEN k.consent_whatsapp ELSE k.consent_rcs END AS consent,
                 d.target, s.source AS suppressed
             FROM ",
            $keys,
            " JOIN outbox o ON o.pk = r.pk
             LEFT JOIN contact k ON k.pk = o.contact
             LEFT JOIN device d ON d.pk = o.device
             LEFT JOIN suppression s ON s.workspace = o.workspace AND s.channel = $2 AND s.address = o.address
             ORDER BY o.pk"
        )
    };
}
const READ_SQLITE: &str = read!("(SELECT value AS pk FROM json_each($1)) r");
const READ_POSTGRES: &str = read!(
    "(SELECT CAST(value AS BIGINT) AS pk FROM jsonb_array_elements_text(CAST($1 AS JSONB))) r"
);

const RETURN_SQLITE: &str =
    "UPDATE outbox AS o SET state = r.state, due_us = r.due_us, raw = r.raw, reason = r.reason,
         attempts = attempts - 1, lease_owner = NULL, lease_until_us = NULL
     FROM (SELECT json_extract(value, '$.pk') AS pk, json_extract(value, '$.state') AS state,
               json_extract(value, '$.due_us') AS due_us, json_extract(value, '$.raw') AS raw,
               json_extract(value, '$.reason') AS reason FROM json_each($1)) r
     WHERE o.pk = r.pk";
const RETURN_POSTGRES: &str = "UPDATE outbox AS o SET state = r.state, due_us = r.due_us, raw = r.raw, reason = r.reason,
         attempts = attempts - 1, lease_owner = NULL, lease_until_us = NULL
     FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (pk BIGINT, state BIGINT, due_us BIGINT, raw TEXT, reason TEXT)
     WHERE o.pk = r.pk";

impl Store {
    /// Takes messages that are due, for a worker, until the lease ends. Whoever was suppressed or left since the
    /// audience was expanded is told apart in the same transaction and never comes out; outside the delivery window a
    /// message goes back until it opens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self, claim: &Claim<'_>, now: DateTime<Utc>) -> Result<Vec<Claimed>> {
        let zone = match claim.window {
            Some(_) => self.workspace(claim.workspace).await?.time_zone,
            None => chrono_tz::UTC,
        };
        let now_us = now.timestamp_micros();
        Ok(writing!(self, tx => {
            let keys: Vec<i64> = sqlx::query_scalar(self.either(TAKE_SQLITE, TAKE_POSTGRES))
                .bind(claim.campaign)
                .bind(now_us)
                .bind(claim.worker)
                .bind((now + claim.lease).timestamp_micros())
                .bind(i64::from(claim.limit))
                .fetch_all(&mut *tx)
                .await?;
            if keys.is_empty() {
                tx.rollback().await?;
                return Ok(Vec::new());
            }
            let found: Vec<Row> = sqlx::query_as(self.either(READ_SQLITE, READ_POSTGRES))
                .bind(rows(&keys)?)
                .bind(i64::from(claim.channel.code()))
                .fetch_all(&mut *tx)
                .await?;
            let (taken, returned) = sift(found, claim, zone, now)?;
            if !returned.is_empty() {
                sqlx::query(self.either(RETURN_SQLITE, RETURN_POSTGRES))
                    .bind(rows(&returned)?)
                    .execute(&mut *tx)
                    .await?;
            }
            taken
        }))
    }

    /// Claimed messages whose worker didn't come back are uncertain: it may have handed them over. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_leases(&self, now: DateTime<Utc>) -> Result<u64> {
        let reason = "The server stopped while this message was being handed over.";
        Ok(writing!(self, tx => {
            let expired = sqlx::query(
                "UPDATE outbox SET state = 5, lease_until_us = NULL, changed_us = $1, due_us = $1, reason = $2
                 WHERE state = 1 AND lease_until_us < $1",
            )
            .bind(now.timestamp_micros())
            .bind(reason)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if expired == 0 {
                tx.rollback().await?;
                return Ok(0);
            }
            expired
        }))
    }
}

/// Who is written to now, and whose message goes back.
fn sift(
    found: Vec<Row>,
    claim: &Claim<'_>,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
) -> Result<(Vec<Claimed>, Vec<Returned>)> {
    let (mut taken, mut returned) = (Vec::with_capacity(found.len()), Vec::new());
    let now_us = now.timestamp_micros();
    for row in found {
        let own_zone = row.time_zone.as_ref().and_then(|zone| zone.parse().ok());
        let open_us = next_open(claim.window, own_zone.unwrap_or(zone), now).timestamp_micros();
        let gone = || Some("The contact was deleted".to_owned());
        let mut raw = "BLACKLISTED";
        let mut why = row
            .consent
            .map_or_else(gone, |consent| obstacle(consent, row.suppressed));
        if why.is_none() && claim.channel == Channel::Push && row.target.is_none() {
            raw = "NOT_SENT";
            why = Some("The device is gone".to_owned());
        }
        if why.is_some() {
            returned.push(Returned {
                pk: row.pk,
                state: OutboxState::Unsent.code(),
                due_us: now_us,
                raw: Some(raw),
                reason: why,
            });
        } else if open_us > now_us {
            returned.push(Returned {
                pk: row.pk,
                state: OutboxState::Waiting.code(),
                due_us: open_us,
                raw: None,
                reason: None,
            });
        } else {
            taken.push(claimed(row)?);
        }
    }
    Ok((taken, returned))
}

fn claimed(row: Row) -> Result<Claimed> {
    let attributes = row.attributes.as_deref().unwrap_or("{}");
    let target = row.target.as_deref().map(serde_json::from_str);
    Ok(Claimed {
        pk: row.pk,
        attempt: row.attempts,
        message: row.message,
        address: row.address,
        variant: row.variant,
        name: row.name.unwrap_or_default(),
        email: row.email,
        phone: row.phone,
        time_zone: row.time_zone,
        external_id: row.external_id,
        attributes: serde_json::from_str(attributes).map_err(|_| Error::Corrupt("attributes"))?,
        target: target.transpose().map_err(|_| Error::Corrupt("device"))?,
    })
}
