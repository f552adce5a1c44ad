//! Suspending, going on, cancelling the rest, and coming to the end.

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignStatus, Refusal,
    campaign::transition,
    sending::{Control, Phase},
};

use super::{
    CANCELLING, EXPANDED, SENDING, SendingRow, audit::audit, launch::SET_STATUS, not_ours,
};
use crate::{
    Result, Store, WorkspaceId,
    campaign::{BY_REFERENCE, CampaignRow, check_reference, next_version},
    macros::{reading, writing},
};

const SET_PHASE: &str =
    "UPDATE sending SET phase = $2, trouble = $3, finished_us = $4 WHERE campaign = $1";

/// The phase a control leads to, and what it is called in the audit log.
fn next(sending: &SendingRow, control: Control) -> Result<(Phase, &'static str)> {
    let refuse = |text: &str| Err(Refusal::Conflict(text.to_owned()).into());
    match (sending.phase()?, control) {
        (Phase::Draft, _) => refuse("This campaign was not launched yet."),
        (Phase::Done, _) => refuse("All messages of this campaign were handed over already."),
        (Phase::Suspended, Control::Suspend) => refuse("This campaign is suspended already."),
        (Phase::Preparing | Phase::Sending, Control::Resume) => {
            refuse("This campaign is going out already.")
        }
        (Phase::Preparing | Phase::Sending, Control::Suspend) => {
            Ok((Phase::Suspended, "campaign.suspended"))
        }
        (Phase::Suspended, Control::Resume) if sending.cursor == EXPANDED => {
            Ok((Phase::Sending, "campaign.resumed"))
        }
        (Phase::Suspended, Control::Resume) => Ok((Phase::Preparing, "campaign.resumed")),
        (_, Control::CancelRest) => Ok((Phase::Done, "campaign.cancelled")),
    }
}

impl Store {
    /// Suspends a campaign, goes on with it, or cancels what hasn't been handed over. What a worker holds at that moment
    /// still goes out. With [`Control::CancelRest`] whoever isn't in the outbox yet is put there as cancelled, by
    /// [`Store::expand_step`]: the counts come to the same audience whenever it is cancelled.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], or [`Refusal::Conflict`] where there is nothing to control.
    pub async fn control(
        &self,
        ws: WorkspaceId,
        reference: &str,
        control: Control,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        check_reference(reference)?;
        let now_us = now.timestamp_micros();
        let (pk, version) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let row: Option<CampaignRow> = sqlx::query_as(BY_REFERENCE)
                .bind(ws.0)
                .bind(reference)
                .fetch_optional(&mut *tx)
                .await?;
            let row = row.ok_or_else(|| Refusal::not_found("campaign"))?;
            let sending: Option<SendingRow> =
                sqlx::query_as(SENDING).bind(row.pk).fetch_optional(&mut *tx).await?;
            let sending = sending.ok_or_else(not_ours)?;
            let (phase, action) = next(&sending, control)?;
            let (pk, mut campaign) = (row.pk, Campaign::try_from(row)?);
            let mut detail = String::new();
            let is_short = phase == Phase::Done && sending.cursor != EXPANDED;
            if phase == Phase::Done {
                let cancelled = sqlx::query(
                    "UPDATE outbox SET state = 6, changed_us = $2, due_us = $2 WHERE campaign = $1 AND state = 0",
                )
                .bind(pk)
                .bind(now_us)
                .execute(&mut *tx)
                .await?
                .rows_affected();
                let rest = if is_short { ", and whoever was not prepared yet" } else { "" };
                detail = format!("{cancelled} messages{rest}");
                campaign.status = ended(&campaign)?;
            }
            sqlx::query(SET_PHASE)
                .bind(pk)
                .bind(if is_short { CANCELLING } else { phase.as_str() })
                .bind(None::<String>)
                .bind((phase == Phase::Done).then_some(now_us))
                .execute(&mut *tx)
                .await?;
            audit!(tx, ws, now, by, action, &campaign.name, &detail);
            let _row: CampaignRow = sqlx::query_as(SET_STATUS)
                .bind(pk)
                .bind(campaign.status.as_str())
                .bind(campaign.scheduled_at.map(|at| at.timestamp_micros()))
                .bind(i64::from(campaign.was_live))
                .bind(version)
                .fetch_one(&mut *tx)
                .await?;
            (pk, version)
        });
        self.changed(ws, version, pk, false);
        Ok(())
    }

    /// Suspends one campaign because its account doesn't work. Nothing is lost: it goes on when it is resumed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspend_for_trouble(
        &self,
        ws: WorkspaceId,
        campaign: i64,
        trouble: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let version = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let suspended = sqlx::query(
                "UPDATE sending SET phase = 'suspended', trouble = $2
                 WHERE campaign = $1 AND phase IN ('preparing', 'sending')",
            )
            .bind(campaign)
            .bind(trouble)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if suspended == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
            let name: String =
                sqlx::query_scalar("UPDATE campaign SET version = $2 WHERE pk = $1 RETURNING name")
                    .bind(campaign)
                    .bind(version)
                    .fetch_one(&mut *tx)
                    .await?;
            audit!(tx, ws, now, "system", "campaign.suspended", &name, trouble);
            version
        });
        self.changed(ws, version, campaign, false);
        Ok(true)
    }

    /// Completes campaigns of which nothing waits, nothing is with a worker and everything is told. Uncertain messages
    /// don't hold them. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&self, now: DateTime<Utc>) -> Result<usize> {
        // Each look-up ends at the first row it finds.
        const READY: &str = "SELECT s.workspace, s.campaign FROM sending s WHERE s.phase = 'sending'
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.campaign = s.campaign AND o.state = 0)
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.campaign = s.campaign AND o.state = 1)
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.campaign = s.campaign AND o.told <> o.state)";
        let ready: Vec<(i64, i64)> =
            reading!(self, pool => sqlx::query_as(READY).fetch_all(pool).await?);
        let mut finished = 0;
        for (workspace, campaign) in ready {
            finished += usize::from(
                self.finish_one(WorkspaceId(workspace), campaign, now)
                    .await?,
            );
        }
        Ok(finished)
    }

    async fn finish_one(&self, ws: WorkspaceId, campaign: i64, now: DateTime<Utc>) -> Result<bool> {
        const DONE: &str = "UPDATE sending SET phase = 'done', finished_us = $2
             WHERE campaign = $1 AND phase = 'sending'
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.campaign = $1 AND o.state IN (0, 1))";
        let version = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let done = sqlx::query(DONE)
                .bind(campaign)
                .bind(now.timestamp_micros())
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if done == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
            let id: String = sqlx::query_scalar("SELECT id FROM campaign WHERE pk = $1")
                .bind(campaign)
                .fetch_one(&mut *tx)
                .await?;
            let row: CampaignRow =
                sqlx::query_as(BY_REFERENCE).bind(ws.0).bind(&id).fetch_one(&mut *tx).await?;
            let after: Campaign = row.try_into()?;
            let status = ended(&after)?;
            let _row: CampaignRow = sqlx::query_as(SET_STATUS)
                .bind(campaign)
                .bind(status.as_str())
                .bind(after.scheduled_at.map(|at| at.timestamp_micros()))
                .bind(i64::from(after.was_live))
                .bind(version)
                .fetch_one(&mut *tx)
                .await?;
            if status != after.status {
                audit!(tx, ws, now, "system", "campaign.completed", &after.name, "");
            }
            version
        });
        self.changed(ws, version, campaign, false);
        Ok(true)
    }
}

/// The status once nothing more is handed over.
fn ended(campaign: &Campaign) -> Result<CampaignStatus, Refusal> {
    transition(campaign.kind, campaign.status, CampaignStatus::Completed)
}
