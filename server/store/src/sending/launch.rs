//! Launching: now, at a date, or not yet.

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignStatus, Refusal,
    campaign::{CampaignPatch, transition},
    content::ContentLink,
    sending::{Launch, Phase},
};
use serde::Serialize;

use super::{SENDING, SendingRow, audit::audit, not_ours, rows};
use crate::{
    Result, Store, WorkspaceId,
    campaign::{BY_REFERENCE, CampaignRow, check_reference, columns, next_version, rules},
    macros::{reading, writing},
};

/// What has to be known of a draft to send it; found out before, and refused if the draft changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Revision of the draft it was made from.
    pub revision: i64,
    /// Links of all arms.
    pub links: Vec<ContentLink>,
    /// Id of the hidden list its audience was fixed to.
    pub audience_list: Option<String>,
}

/// A scheduled campaign whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Where.
    pub workspace: WorkspaceId,
    /// Platform id.
    pub campaign: String,
}

#[derive(Serialize)]
struct LinkValues<'a> {
    variant: &'a str,
    position: u32,
    url: &'a str,
    label: &'a str,
    is_tracked: i64,
}

const LINKS_SQLITE: &str = "INSERT INTO link (workspace, campaign, variant, position, url, label, is_tracked)
     SELECT $1, $2, json_extract(value, '$.variant'), json_extract(value, '$.position'), json_extract(value, '$.url'),
            json_extract(value, '$.label'), json_extract(value, '$.is_tracked')
     FROM json_each($3) WHERE true ON CONFLICT (campaign, variant, position) DO NOTHING";
const LINKS_POSTGRES: &str =
    "INSERT INTO link (workspace, campaign, variant, position, url, label, is_tracked)
     SELECT $1, $2, r.variant, r.position, r.url, r.label, r.is_tracked
     FROM jsonb_to_recordset(CAST($3 AS JSONB))
         AS r (variant TEXT, position BIGINT, url TEXT, label TEXT, is_tracked BIGINT)
     ON CONFLICT (campaign, variant, position) DO NOTHING";

/// What a launch does to the campaign's row.
struct Move {
    after: Campaign,
    action: &'static str,
    detail: String,
    begins: bool,
}

/// The rules of launching. None when it was launched before: twice is once.
fn moved(
    before: &Campaign,
    sending: &SendingRow,
    launch: Launch,
    prepared: &Prepared,
    now: DateTime<Utc>,
) -> Result<Option<Move>> {
    if sending.phase()? != Phase::Draft {
        return match launch {
            Launch::Now => Ok(None),
            _ => Err(Refusal::Conflict("This campaign was launched already.".to_owned()).into()),
        };
    }
    let target = match launch {
        Launch::Now => CampaignStatus::InProgress,
        Launch::At { .. } => CampaignStatus::Scheduled,
        Launch::Later => CampaignStatus::Pending,
    };
    if !matches!(
        before.status,
        CampaignStatus::Pending | CampaignStatus::Scheduled
    ) {
        let from = before.status;
        return Err(Refusal::IllegalTransition { from, to: target }.into());
    }
    let mut patch = CampaignPatch {
        status: Some(target),
        ..CampaignPatch::default()
    };
    if let Launch::At { at } = launch {
        if at <= now {
            return Err(Refusal::invalid("at", "use a time in the future").into());
        }
        patch.scheduled_at = Some(at);
    }
    let (action, detail) = match launch {
        Launch::Now => ("campaign.launched", String::new()),
        Launch::At { at } => ("campaign.scheduled", format!("for {}", at.to_rfc3339())),
        Launch::Later => ("campaign.left_pending", String::new()),
    };
    if launch == Launch::Now {
        if prepared.revision != sending.revision {
            let text = "The campaign was changed while it was being launched. Look at it again.";
            return Err(Refusal::Conflict(text.to_owned()).into());
        }
        transition(before.kind, before.status, target)?;
    }
    Ok(Some(Move {
        after: rules::patched(before.clone(), patch, now)?,
        action,
        detail,
        begins: launch == Launch::Now,
    }))
}

/// Freezes the draft and writes its links, inside a transaction.
macro_rules! begin {
    ($store:expr, $tx:ident, $ws:expr, $pk:expr, $sending:expr, $prepared:expr, $links:expr, $by:expr, $now:expr) => {{
        let account: Option<i64> =
            sqlx::query_scalar("SELECT pk FROM carrier_account WHERE workspace = $1 AND id = $2")
                .bind($ws.0)
                .bind($sending.draft()?.account)
                .fetch_optional(&mut *$tx)
                .await?;
        let missing = || Refusal::invalid("account", "choose the account it goes out by");
        let account = account.ok_or_else(missing)?;
        sqlx::query($store.either(LINKS_SQLITE, LINKS_POSTGRES))
            .bind($ws.0)
            .bind($pk)
            .bind($links)
            .execute(&mut *$tx)
            .await?;
        sqlx::query(BEGIN)
            .bind($pk)
            .bind(account)
            .bind(&$prepared.audience_list)
            .bind($now.timestamp_micros())
            .bind($by)
            .execute(&mut *$tx)
            .await?;
    }};
}

impl Store {
    /// Launches a campaign: with [`Launch::Now`] the draft is frozen, its links are written and it is In Progress; the
    /// audience follows by [`Store::expand_step`]. Launching twice is launching once.
    ///
    /// # Errors
    /// A refusal when the move isn't legal, the account is unknown, or the draft changed since it was prepared.
    pub async fn launch(
        &self,
        ws: WorkspaceId,
        reference: &str,
        launch: Launch,
        prepared: &Prepared,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Campaign> {
        check_reference(reference)?;
        let links = links(prepared)?;
        let row: CampaignRow = writing!(self, tx => {
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
            let (pk, before) = (row.pk, Campaign::try_from(row)?);
            let Some(step) = moved(&before, &sending, launch, prepared, now)? else {
                tx.rollback().await?;
                return Ok(before);
            };
            if step.begins {
                begin!(self, tx, ws, pk, sending, prepared, &links, by, now);
            }
            audit!(tx, ws, now, by, step.action, &step.after.name, &step.detail);
            sqlx::query_as(SET_STATUS)
                .bind(pk)
                .bind(step.after.status.as_str())
                .bind(step.after.scheduled_at.map(|at| at.timestamp_micros()))
                .bind(i64::from(step.after.was_live))
                .bind(version)
                .fetch_one(&mut *tx)
                .await?
        });
        self.changed(ws, row.version, row.pk, false);
        row.try_into()
    }

    /// Scheduled campaigns made here whose time has come, the longest overdue first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_scheduled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Due>> {
        let rows: Vec<(i64, String)> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT c.workspace, c.id FROM sending s JOIN campaign c ON c.pk = s.campaign
                 WHERE s.phase = 'draft' AND c.status = 'scheduled' AND c.scheduled_us <= $1
                 ORDER BY c.scheduled_us LIMIT $2",
            )
            .bind(now.timestamp_micros())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        let due = rows.into_iter().map(|(workspace, campaign)| Due {
            workspace: WorkspaceId(workspace),
            campaign,
        });
        Ok(due.collect())
    }

    /// A scheduled campaign that can't be started is Pending again, and says why.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unschedule(
        &self,
        ws: WorkspaceId,
        reference: &str,
        trouble: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let (pk, version) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let found: Option<(i64, String)> = sqlx::query_as(
                "UPDATE campaign SET status = 'pending', scheduled_us = NULL, version = $3
                 WHERE workspace = $1 AND id = $2 AND status = 'scheduled' RETURNING pk, name",
            )
            .bind(ws.0)
            .bind(reference)
            .bind(version)
            .fetch_optional(&mut *tx)
            .await?;
            let Some((pk, name)) = found else {
                tx.rollback().await?;
                return Ok(());
            };
            sqlx::query("UPDATE sending SET trouble = $2 WHERE campaign = $1")
                .bind(pk)
                .bind(trouble)
                .execute(&mut *tx)
                .await?;
            audit!(tx, ws, now, "system", "campaign.not_started", &name, trouble);
            (pk, version)
        });
        self.changed(ws, version, pk, false);
        Ok(())
    }
}

const BEGIN: &str = "UPDATE sending SET phase = 'preparing', launched = draft, account = $2,
         audience_list = (SELECT pk FROM contact_list WHERE id = $3), cursor = 0, trouble = NULL, launched_us = $4, launched_by = $5
     WHERE campaign = $1";

/// Sets what a transition changes of a campaign's row.
pub(super) const SET_STATUS: &str = concat!(
    "UPDATE campaign SET status = $2, scheduled_us = $3, was_live = $4, version = $5
     WHERE pk = $1 RETURNING ",
    columns!()
);

fn links(prepared: &Prepared) -> Result<String> {
    let values: Vec<LinkValues<'_>> = prepared
        .links
        .iter()
        .map(|link| LinkValues {
            variant: &link.variant,
            position: link.position,
            url: &link.url,
            label: &link.label,
            is_tracked: i64::from(link.is_tracked),
        })
        .collect();
    rows(&values)
}
