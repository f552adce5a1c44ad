//! From an audience to rows of the outbox.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Channel, Refusal,
    audience::Audience,
    contact::Consent,
    sending::{Draft, OutboxState},
};
use serde::Serialize;

use super::{CANCELLING, EXPANDED, SENDING, SendingRow, channel_of, next_open, rows};
use crate::{
    Error, Member, Result, Store, Verdict, WorkspaceId,
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

/// Moves the cursor, unless somebody else did. At the end the campaign goes on; one that was cancelled is done, except for
/// held messages that somebody decided to send again meanwhile.
const MOVE: &str = "UPDATE sending SET cursor = $3, phase = CASE WHEN $3 < $4 THEN phase
         WHEN phase = 'preparing' OR EXISTS (SELECT 1 FROM outbox WHERE campaign = $1 AND state = 0) THEN 'sending'
         ELSE 'done' END
     WHERE campaign = $1 AND cursor = $2 AND phase = $5";
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
    /// Campaigns of whose audience a part isn't in the outbox yet, the oldest first: those that are being prepared, and
    /// those that were cancelled before they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expanding(&self) -> Result<Vec<(WorkspaceId, i64)>> {
        const SQL: &str = "SELECT workspace, campaign FROM sending
             WHERE phase IN ('preparing', 'cancelling') ORDER BY launched_us, campaign";
        let found: Vec<(i64, i64)> =
            reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        let found = found.into_iter();
        Ok(found
            .map(|(ws, campaign)| (WorkspaceId(ws), campaign))
            .collect())
    }

    /// Writes the next part of a campaign's audience into the outbox. Whoever may not be written to gets a row that is
    /// Unsent from the beginning, and whoever would have been reached by a campaign that was cancelled meanwhile one that is
    /// Cancelled, so that counts add up; whoever has no address for the channel gets none.
    ///
    /// # Errors
    /// A refusal when the audience can't be read any more, because a list was deleted, say; when the database fails.
    pub async fn expand_step(
        &self,
        ws: WorkspaceId,
        campaign: i64,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Result<Expanded> {
        let Some((sending, account, channel)) = self.expansion(campaign).await? else {
            return Ok(Expanded::default());
        };
        let is_cancelled = sending.phase == CANCELLING;
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
            .await;
        let members = match members {
            // Nobody can tell any more whom it would have reached.
            Err(Error::Refused(_)) if is_cancelled => Vec::new(),
            other => other?,
        };
        let is_done = members.len() < limit as usize;
        let cursor = match members.last() {
            Some(last) if !is_done => last.cursor(),
            _ => EXPANDED,
        };
        let seen = members.len();
        let chosen = Chosen {
            draft: &draft,
            campaign,
            is_cancelled,
        };
        let values = outbox_values(&chosen, members, zone, now)?;
        let added = self
            .put_outbox(
                ws,
                campaign,
                account,
                (sending.cursor, cursor, &sending.phase),
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

    /// A campaign whose audience isn't complete, with its account and channel.
    async fn expansion(&self, campaign: i64) -> Result<Option<(SendingRow, i64, Channel)>> {
        let sending: Option<SendingRow> = reading!(self, pool => {
            sqlx::query_as(SENDING).bind(campaign).fetch_optional(pool).await?
        });
        let is_under_way = |row: &SendingRow| {
            matches!(row.phase.as_str(), "preparing" | CANCELLING) && row.cursor != EXPANDED
        };
        let Some(sending) = sending.filter(is_under_way) else {
            return Ok(None);
        };
        let Some(account) = sending.account else {
            return Ok(None);
        };
        let campaign_type: String = reading!(self, pool => {
            sqlx::query_scalar("SELECT type FROM campaign WHERE pk = $1")
                .bind(campaign)
                .fetch_one(pool)
                .await?
        });
        Ok(Some((sending, account, channel_of(&campaign_type)?)))
    }

    /// Adds rows and moves the cursor; none when somebody else moved it, or the campaign is in another phase by now.
    async fn put_outbox(
        &self,
        ws: WorkspaceId,
        campaign: i64,
        account: i64,
        (from, to, phase): (i64, i64, &str),
        values: &[OutboxValues],
        now: DateTime<Utc>,
    ) -> Result<Option<u64>> {
        let values = rows(values)?;
        Ok(writing!(self, tx => {
            let moved = sqlx::query(MOVE)
                .bind(campaign)
                .bind(from)
                .bind(to)
                .bind(EXPANDED)
                .bind(phase)
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

/// What is sent, and whether it still is.
struct Chosen<'a> {
    draft: &'a Draft,
    campaign: i64,
    is_cancelled: bool,
}

fn outbox_values(
    chosen: &Chosen<'_>,
    members: Vec<Member>,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<OutboxValues>> {
    let window = chosen.draft.pace.window;
    let mut values = Vec::with_capacity(members.len());
    for member in members {
        let Some(address) = member.address else {
            continue;
        };
        let arm = arm(chosen.draft, chosen.campaign, member.contact);
        let obstacle = reason(member.verdict);
        let state = match (obstacle, arm) {
            (Some(_), _) => OutboxState::Unsent,
            (None, None) => OutboxState::HeldOut,
            (None, Some(_)) if chosen.is_cancelled => OutboxState::Cancelled,
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
                let list: Option<String> = reading!(self, pool => {
                    sqlx::query_scalar("SELECT id FROM contact_list WHERE pk = $1")
                        .bind(pk)
                        .fetch_optional(pool)
                        .await?
                });
                let gone = || Refusal::invalid("audience", "its list isn't there any more");
                Some(Audience::List {
                    list: list.ok_or_else(gone)?,
                })
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
