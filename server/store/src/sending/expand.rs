//! From an audience to rows of the outbox.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Channel,
    audience::Audience,
    contact::Consent,
    sending::{Draft, OutboxState},
};
use serde::Serialize;

use super::{EXPANDED, SENDING, SendingRow, channel_of, next_open, rows};
use crate::{
    Member, Result, Store, Verdict, WorkspaceId,
    macros::{reading, writing},
};

/// What a step of the expansion did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// Contacts, or devices, looked at.
    pub seen: usize,
    /// Rows added to the outbox.
    pub added: u64,
    /// Whether the whole audience is in the outbox now.
    pub is_done: bool,
}

#[derive(Serialize)]
struct OutboxValues {
    contact: i64,
    device: Option<i64>,
    address: String,
    variant: String,
    message: String,
    state: u8,
    due_us: i64,
    raw: Option<&'static str>,
    reason: Option<&'static str>,
}

const INSERT_SQLITE: &str = "INSERT INTO outbox (workspace, campaign, account, contact, device, address, variant,
         message, state, due_us, raw, reason, changed_us)
     SELECT $1, $2, $3, json_extract(value, '$.contact'), json_extract(value, '$.device'),
            json_extract(value, '$.address'), json_extract(value, '$.variant'), json_extract(value, '$.message'),
            json_extract(value, '$.state'), json_extract(value, '$.due_us'), json_extract(value, '$.raw'),
            json_extract(value, '$.reason'), $4
     FROM json_each($5) WHERE true ON CONFLICT (campaign, address) DO NOTHING";
const INSERT_POSTGRES: &str = "INSERT INTO outbox (workspace, campaign, account, contact, device, address, variant,
         message, state, due_us, raw, reason, changed_us)
     SELECT $1, $2, $3, r.contact, r.device, r.address, r.variant, r.message, r.state, r.due_us, r.raw, r.reason, $4
     FROM jsonb_to_recordset(CAST($5 AS JSONB)) AS r (contact BIGINT, device BIGINT, address TEXT, variant TEXT,
         message TEXT, state BIGINT, due_us BIGINT, raw TEXT, reason TEXT)
     ON CONFLICT (campaign, address) DO NOTHING";

/// The arm a contact falls into: the same each time, and another in each campaign. None for the holdout.
pub(super) fn arm(draft: &Draft, campaign: i64, contact: i64) -> Option<&str> {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&campaign.to_le_bytes());
    key[8..].copy_from_slice(&contact.to_le_bytes());
    let place = xxhash_rust::xxh3::xxh3_64(&key) % 100;
    let mut end = u64::from(draft.holdout);
    if place < end {
        return None;
    }
    for variant in &draft.variants {
        end += u64::from(variant.share);
        if place < end {
            return Some(&variant.name);
        }
    }
    draft.variants.last().map(|variant| variant.name.as_str())
}

impl Store {
    /// Writes the next part of a campaign's audience into the outbox. Whoever may not be written to gets a row that is
    /// Unsent from the beginning, so that counts add up; whoever has no address for the channel gets none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expand_step(
        &self,
        ws: WorkspaceId,
        campaign: i64,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Expanded> {
        let sending: Option<SendingRow> = reading!(self, pool => {
            sqlx::query_as(SENDING).bind(campaign).fetch_optional(pool).await?
        });
        let campaign_type: String = reading!(self, pool => {
            sqlx::query_scalar("SELECT type FROM campaign WHERE pk = $1")
                .bind(campaign)
                .fetch_one(pool)
                .await?
        });
        let Some((sending, account)) = sending.and_then(|row| row.account.map(|pk| (row, pk)))
        else {
            return Ok(Expanded::default());
        };
        if sending.phase != "preparing" || sending.cursor == EXPANDED {
            return Ok(Expanded::default());
        }
        let channel = channel_of(&campaign_type)?;
        let draft = sending.draft()?;
        let zone = self.workspace(ws).await?.time_zone;
        let members = self
            .members(
                ws,
                channel,
                (&draft.audience, sending.audience_list),
                sending.cursor,
                limit,
                now,
            )
            .await?;
        let is_done = members.len() < limit as usize;
        let cursor = match members.last() {
            Some(last) if !is_done => last.cursor(),
            _ => EXPANDED,
        };
        let seen = members.len();
        let values = outbox_values(&draft, campaign, members, zone, now)?;
        let added = self
            .put_outbox(
                ws,
                campaign,
                account,
                (sending.cursor, cursor),
                &values,
                now,
            )
            .await?;
        Ok(added.map_or_else(Expanded::default, |added| Expanded {
            seen,
            added,
            is_done,
        }))
    }

    /// Adds rows and moves the cursor; none when somebody else moved it.
    async fn put_outbox(
        &self,
        ws: WorkspaceId,
        campaign: i64,
        account: i64,
        (from, to): (i64, i64),
        values: &[OutboxValues],
        now: DateTime<Utc>,
    ) -> Result<Option<u64>> {
        let values = rows(values)?;
        Ok(writing!(self, tx => {
            let moved = sqlx::query(
                "UPDATE sending SET cursor = $3, phase = CASE WHEN $3 = $4 THEN 'sending' ELSE phase END
                 WHERE campaign = $1 AND cursor = $2 AND phase = 'preparing'",
            )
            .bind(campaign)
            .bind(from)
            .bind(to)
            .bind(EXPANDED)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if moved == 0 {
                tx.rollback().await?;
                return Ok(None);
            }
            let added = sqlx::query(self.either(INSERT_SQLITE, INSERT_POSTGRES))
                .bind(ws.0)
                .bind(campaign)
                .bind(account)
                .bind(now.timestamp_micros())
                .bind(&values)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            Some(added)
        }))
    }
}

fn outbox_values(
    draft: &Draft,
    campaign: i64,
    members: Vec<Member>,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<OutboxValues>> {
    let window = draft.pace.window;
    let mut values = Vec::with_capacity(members.len());
    for member in members {
        let Some(address) = member.address else {
            continue;
        };
        let arm = arm(draft, campaign, member.contact);
        let obstacle = reason(member.verdict);
        let state = match (obstacle, arm) {
            (Some(_), _) => OutboxState::Unsent,
            (None, None) => OutboxState::HeldOut,
            (None, Some(_)) => OutboxState::Waiting,
        };
        let zone = member
            .time_zone
            .and_then(|zone| zone.parse().ok())
            .unwrap_or(zone);
        values.push(OutboxValues {
            contact: member.contact,
            device: member.device,
            address,
            variant: arm.unwrap_or_default().to_owned(),
            message: crate::id::random()?,
            state: state.code(),
            due_us: next_open(window, zone, now).timestamp_micros(),
            raw: obstacle.map(|_| "BLACKLISTED"),
            reason: obstacle,
        });
    }
    Ok(values)
}

impl Store {
    /// A page of an audience in the order of its keys; of the list it was fixed to at launch, where there is one.
    async fn members(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        (audience, list): (&Audience, Option<i64>),
        after: i64,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<Member>> {
        let fixed = match list {
            Some(pk) => {
                let list: String = reading!(self, pool => {
                    sqlx::query_scalar("SELECT id FROM contact_list WHERE pk = $1")
                        .bind(pk)
                        .fetch_one(pool)
                        .await?
                });
                Some(Audience::List { list })
            }
            None => None,
        };
        let selection = self
            .select_audience(ws, channel, fixed.as_ref().unwrap_or(audience), now)
            .await?;
        self.audience_page(&selection, after, limit).await
    }
}

/// Why a member gets no message, in words without contact data.
fn reason(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Eligible | Verdict::NoAddress => None,
        Verdict::Suppressed(source) => Some(source.label()),
        Verdict::NoConsent => Some("Never agreed, or left"),
    }
}

/// Why somebody is not written to, in words without contact data.
pub(super) fn obstacle(consent: i64, suppressed: Option<i64>) -> Option<String> {
    use domain::contact::SuppressionSource;
    if let Some(code) = suppressed {
        let source = u8::try_from(code)
            .ok()
            .and_then(SuppressionSource::from_code);
        return Some(
            source
                .map_or("Blocked", SuppressionSource::label)
                .to_owned(),
        );
    }
    let consent = u8::try_from(consent).ok().and_then(Consent::from_code);
    match consent.unwrap_or_default() {
        Consent::Subscribed => None,
        Consent::Unsubscribed => Some("Unsubscribed".to_owned()),
        Consent::Unknown => Some("Never agreed".to_owned()),
    }
}
