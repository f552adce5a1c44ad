//! How far campaigns are, and which of them there is work for.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Channel,
    sending::{Draft, LEFT_OUT_MAX, LeftOut, OutboxState, Phase, Progress},
};

use super::{SENDING, SendingRow, channel_of, time};
use crate::{Error, Result, Store, WorkspaceId, macros::reading};

/// A campaign that goes out, or prepares to.
#[derive(Clone, Debug)]
pub struct Active {
    /// Where.
    pub workspace: WorkspaceId,
    /// Internal key of the campaign.
    pub campaign: i64,
    /// Its platform id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its channel.
    pub channel: Channel,
    /// Internal key of its account.
    pub account: i64,
    /// Messages a second that the account takes.
    pub account_per_second: Option<u32>,
    /// Whether the account is marked as troubled.
    pub is_account_troubled: bool,
    /// Nothing is handed over by the account before this time.
    pub resume_at: Option<DateTime<Utc>>,
    /// When it was launched, in microseconds: tells two launches apart.
    pub launched_us: i64,
}

#[derive(sqlx::FromRow)]
struct ActiveRow {
    workspace: i64,
    campaign: i64,
    id: String,
    name: String,
    campaign_type: String,
    account: i64,
    per_second: Option<i64>,
    resume_us: Option<i64>,
    trouble: Option<String>,
    launched_us: i64,
}

impl Store {
    /// How far a campaign is; none when another platform sends it.
    ///
    /// # Errors
    /// [`domain::Refusal::NotFound`].
    pub async fn progress(
        &self,
        ws: WorkspaceId,
        reference: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Progress>> {
        let pk = self.campaign_row(ws, reference).await?.pk;
        let row: Option<SendingRow> =
            reading!(self, pool => sqlx::query_as(SENDING).bind(pk).fetch_optional(pool).await?);
        let Some(row) = row else {
            return Ok(None);
        };
        let counts: Vec<(i64, i64)> = reading!(self, pool => {
            sqlx::query_as("SELECT state, COUNT(*) FROM outbox WHERE campaign = $1 GROUP BY state")
                .bind(pk)
                .fetch_all(pool)
                .await?
        });
        // Of a message that was handed over, `due_us` says when.
        let last_minute: i64 = reading!(self, pool => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM outbox WHERE campaign = $1 AND state IN (2, 3) AND due_us > $2",
            )
            .bind(pk)
            .bind((now - TimeDelta::minutes(1)).timestamp_micros())
            .fetch_one(pool)
            .await?
        });
        let mut progress = Progress {
            phase: row.phase()?,
            trouble: row.trouble.clone(),
            launched_at: row.launched_us.and_then(time),
            finished_at: row.finished_us.and_then(time),
            last_minute: last_minute.unsigned_abs(),
            ..Progress::default()
        };
        for (state, count) in counts {
            let code = u8::try_from(state).ok();
            let state = code
                .and_then(OutboxState::from_code)
                .ok_or(Error::Corrupt("outbox state"))?;
            let count = count.unsigned_abs();
            progress.recipients += count;
            *match state {
                OutboxState::Waiting => &mut progress.waiting,
                OutboxState::Claimed => &mut progress.claimed,
                OutboxState::Submitted => &mut progress.submitted,
                OutboxState::Failed => &mut progress.failed,
                OutboxState::Unsent => &mut progress.unsent,
                OutboxState::Uncertain => &mut progress.uncertain,
                OutboxState::Cancelled => &mut progress.cancelled,
                OutboxState::HeldOut => &mut progress.held_out,
            } = count;
        }
        progress.eta_s = eta_s(&progress, now);
        // Looked for when nobody waits for the next figure: it reads every message that was not handed over.
        if progress.unsent > 0 && matches!(progress.phase, Phase::Done | Phase::Suspended) {
            progress.left_out = self.left_out(pk).await?;
        }
        Ok(Some(progress))
    }

    /// Why messages of a campaign were not handed over, the most frequent reason first.
    async fn left_out(&self, campaign: i64) -> Result<Vec<LeftOut>> {
        const SQL: &str =
            "SELECT COALESCE(reason, ''), COUNT(*) FROM outbox WHERE campaign = $1 AND state = $2
             GROUP BY reason ORDER BY 2 DESC, 1 LIMIT $3";
        let found: Vec<(String, i64)> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(campaign)
                .bind(i64::from(OutboxState::Unsent.code()))
                .bind(LEFT_OUT_MAX as i64)
                .fetch_all(pool)
                .await?
        });
        let found = found.into_iter().map(|(reason, count)| LeftOut {
            reason,
            count: count.unsigned_abs(),
        });
        Ok(found.collect())
    }

    /// Campaigns there is work for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn active(&self) -> Result<Vec<Active>> {
        const SQL: &str = "SELECT s.workspace, s.campaign, c.id, c.name, c.type AS campaign_type,
                 COALESCE(s.account, 0) AS account, a.per_second, a.resume_us, a.trouble, COALESCE(s.launched_us, 0) AS launched_us
             FROM sending s JOIN campaign c ON c.pk = s.campaign LEFT JOIN carrier_account a ON a.pk = s.account
             WHERE s.phase IN ('preparing', 'sending') ORDER BY s.launched_us, s.campaign";
        let found: Vec<ActiveRow> =
            reading!(self, pool => sqlx::query_as(SQL).fetch_all(pool).await?);
        let active = found.into_iter().map(|row| {
            Ok(Active {
                workspace: WorkspaceId(row.workspace),
                campaign: row.campaign,
                id: row.id,
                name: row.name,
                is_account_troubled: row.trouble.is_some(),
                channel: channel_of(&row.campaign_type)?,
                account: row.account,
                account_per_second: row.per_second.and_then(|n| u32::try_from(n).ok()),
                resume_at: row.resume_us.filter(|us| *us > 0).and_then(time),
                launched_us: row.launched_us,
            })
        });
        active.collect()
    }

    /// What is sent of a campaign: the copy made at its launch.
    ///
    /// # Errors
    /// When the database fails, or it was never launched.
    pub async fn launched(&self, campaign: i64) -> Result<Draft> {
        let row: Option<SendingRow> = reading!(self, pool => {
            sqlx::query_as(SENDING).bind(campaign).fetch_optional(pool).await?
        });
        let row = row.filter(|row| row.launched.is_some());
        row.ok_or(Error::Corrupt("launched campaign"))?.draft()
    }
}

/// Seconds to the end at the rate of the last minute.
fn eta_s(progress: &Progress, now: DateTime<Utc>) -> Option<u64> {
    let left = progress.waiting + progress.claimed;
    if left == 0 || progress.last_minute == 0 {
        return None;
    }
    let since = progress
        .launched_at
        .map_or(60, |at| (now - at).num_seconds().clamp(1, 60));
    Some((left * since.unsigned_abs()).div_ceil(progress.last_minute))
}
