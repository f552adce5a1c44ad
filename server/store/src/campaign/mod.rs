//! Campaigns: registering, finding, changing and deleting them.
//!
//! Every change takes the workspace's next change number inside its transaction and gives it to the campaign;
//! after the commit the listeners hear of it. The rules themselves are `domain`'s; here they are asked inside
//! the transaction that acts on the answer.

mod delete;
mod list;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

pub use list::Calendar;

use std::{str::FromStr, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, CampaignType, Refusal,
    campaign::{CampaignCard, CampaignPatch, NewCampaign},
};

use crate::{
    Change, Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, seeing, writing},
    snapshot::Snapshot,
};

/// A row of `campaign`, with the internal key the other tables use.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct CampaignRow {
    pub(crate) pk: i64,
    id: String,
    number: i64,
    external_id: Option<String>,
    name: String,
    kind: String,
    #[sqlx(rename = "type")]
    campaign_type: String,
    sender: String,
    status: String,
    created_us: i64,
    scheduled_us: Option<i64>,
    was_live: i64,
    first_event_us: Option<i64>,
    last_event_us: Option<i64>,
    pub(crate) version: i64,
}

impl TryFrom<CampaignRow> for Campaign {
    type Error = Error;

    fn try_from(row: CampaignRow) -> Result<Self> {
        let status =
            CampaignStatus::from_str(&row.status).map_err(|()| Error::Corrupt("status"))?;
        Ok(Self {
            kind: CampaignKind::from_str(&row.kind).map_err(|()| Error::Corrupt("kind"))?,
            campaign_type: CampaignType::from_str(&row.campaign_type)
                .map_err(|()| Error::Corrupt("campaign type"))?,
            status,
            created_at: DateTime::from_timestamp_micros(row.created_us)
                .ok_or(Error::Corrupt("creation time"))?,
            scheduled_at: row.scheduled_us.and_then(DateTime::from_timestamp_micros),
            first_event_at: row.first_event_us.and_then(DateTime::from_timestamp_micros),
            last_event_at: row.last_event_us.and_then(DateTime::from_timestamp_micros),
            // Events move a campaign into In Progress, and what is open is known to have been opened.
            was_live: row.was_live != 0 || rules::opens(status),
            id: row.id,
            number: row.number,
            external_id: row.external_id,
            name: row.name,
            sender: row.sender,
            version: row.version,
        })
    }
}

/// The columns of [`CampaignRow`].
macro_rules! columns {
    () => {
        "pk, id, number, external_id, name, kind, type, sender, status, created_us, scheduled_us, \
         was_live, first_event_us, last_event_us, version"
    };
}
pub(crate) use columns;

/// Finds a campaign by platform id, else by the caller's own id.
pub(crate) const BY_REFERENCE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM campaign WHERE workspace = $1 AND (id = $2 OR external_id = $2)
     ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END LIMIT 1"
);

/// Takes the workspace's next change number. The row stays locked until the commit, so that numbers become
/// visible in order.
macro_rules! next_version {
    ($tx:ident, $ws:expr) => {{
        let version: Option<i64> =
            sqlx::query_scalar("UPDATE workspace SET seq = seq + 1 WHERE id = $1 RETURNING seq")
                .bind($ws.0)
                .fetch_optional(&mut *$tx)
                .await?;
        version.ok_or_else(|| Refusal::not_found("workspace"))?
    }};
}
pub(crate) use next_version;

/// No campaign has a reference that can't be stored, and PostgreSQL won't even compare one.
pub(crate) fn check_reference(reference: &str) -> Result<(), Refusal> {
    if is_storable(reference) {
        Ok(())
    } else {
        Err(Refusal::not_found("campaign"))
    }
}

impl Snapshot {
    /// The row of a campaign, as of the snapshot.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has none by this reference.
    pub(crate) async fn campaign_row(
        &mut self,
        ws: WorkspaceId,
        reference: &str,
    ) -> Result<CampaignRow> {
        check_reference(reference)?;
        let row: Option<CampaignRow> = seeing!(self, conn => {
            sqlx::query_as(BY_REFERENCE).bind(ws.0).bind(reference).fetch_optional(conn).await?
        });
        let mut row = row.ok_or_else(|| Refusal::not_found("campaign"))?;
        if let Some(settled) = self.settled(ws).await? {
            row.version = row.version.min(settled);
        }
        Ok(row)
    }
}

impl Store {
    /// Registers a campaign. The same `external_id` again gives the campaign that has it, and false.
    ///
    /// # Errors
    /// A refusal when a value is out of range.
    pub async fn create_campaign(
        &self,
        ws: WorkspaceId,
        new: NewCampaign,
        now: DateTime<Utc>,
    ) -> Result<(Campaign, bool)> {
        let new = rules::registered(new, now)?;
        let (row, created): (CampaignRow, bool) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let existing: Option<CampaignRow> = sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM campaign WHERE workspace = $1 AND external_id = $2"
            ))
            .bind(ws.0)
            .bind(&new.external_id)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(existing) = existing {
                // Nothing changed: the number taken must not be seen, so the transaction is dropped.
                tx.rollback().await?;
                return Ok((existing.try_into()?, false));
            }
            let number: i64 = sqlx::query_scalar(
                "UPDATE workspace SET next_number = next_number + 1 WHERE id = $1
                 RETURNING next_number - 1",
            )
            .bind(ws.0)
            .fetch_one(&mut *tx)
            .await?;
            let row = sqlx::query_as(concat!(
                "INSERT INTO campaign (workspace, id, number, external_id, name, name_folded, kind,
                     type, sender, status, created_us, scheduled_us, was_live, version)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                 RETURNING ",
                columns!()
            ))
            .bind(ws.0)
            .bind(crate::id::random()?)
            .bind(number)
            .bind(&new.external_id)
            .bind(&new.name)
            .bind(new.name.to_lowercase())
            .bind(new.kind.as_str())
            .bind(new.campaign_type.as_str())
            .bind(&new.sender)
            .bind(new.status.as_str())
            .bind(new.created_at.timestamp_micros())
            .bind(new.scheduled_at.map(|at| at.timestamp_micros()))
            .bind(i64::from(rules::opens(new.status)))
            .bind(version)
            .fetch_one(&mut *tx)
            .await?;
            (row, true)
        });
        if created {
            self.changed(ws, row.version, row.pk, false);
        }
        Ok((row.try_into()?, created))
    }

    /// A campaign by platform id or by the caller's own id.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has none by it.
    pub async fn campaign(&self, ws: WorkspaceId, reference: &str) -> Result<Campaign> {
        self.campaign_row(ws, reference).await?.try_into()
    }

    /// A campaign with its headline figures.
    ///
    /// # Errors
    /// As [`Self::campaign`].
    pub async fn card(&self, ws: WorkspaceId, reference: &str) -> Result<CampaignCard> {
        let row = self.campaign_row(ws, reference).await?;
        let mut cards = self.cards(vec![row]).await?;
        Ok(cards.pop().ok_or_else(|| Refusal::not_found("campaign"))?)
    }

    /// The row of a campaign.
    pub(crate) async fn campaign_row(
        &self,
        ws: WorkspaceId,
        reference: &str,
    ) -> Result<CampaignRow> {
        check_reference(reference)?;
        let row: Option<CampaignRow> = reading!(self, pool => {
            sqlx::query_as(BY_REFERENCE).bind(ws.0).bind(reference).fetch_optional(pool).await?
        });
        Ok(row.ok_or_else(|| Refusal::not_found("campaign"))?)
    }

    /// Rows as cards, in the same order.
    pub(crate) async fn cards(&self, rows: Vec<CampaignRow>) -> Result<Vec<CampaignCard>> {
        let keys: Vec<(i64, i64)> = rows.iter().map(|row| (row.pk, row.version)).collect();
        let figures = self.card_figures(&keys).await?;
        rows.into_iter()
            .map(|row| {
                let figures = figures.get(&row.pk).copied().unwrap_or_default();
                Ok(CampaignCard {
                    campaign: row.try_into()?,
                    figures,
                })
            })
            .collect()
    }

    /// Changes a campaign; its status by legal transitions only.
    ///
    /// # Errors
    /// A refusal when there is no such campaign, a value is out of range or the move is not legal.
    pub async fn update_campaign(
        &self,
        ws: WorkspaceId,
        reference: &str,
        patch: CampaignPatch,
        now: DateTime<Utc>,
    ) -> Result<Campaign> {
        check_reference(reference)?;
        let row: CampaignRow = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let row: Option<CampaignRow> = sqlx::query_as(BY_REFERENCE)
                .bind(ws.0)
                .bind(reference)
                .fetch_optional(&mut *tx)
                .await?;
            let row = row.ok_or_else(|| Refusal::not_found("campaign"))?;
            let before: Campaign = row.clone().try_into()?;
            let after = rules::patched(before.clone(), patch, now)?;
            let is_ours: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM sending WHERE campaign = $1")
                    .bind(row.pk)
                    .fetch_one(&mut *tx)
                    .await?;
            if is_ours > 0 {
                rules::check_ours(before.status, after.status)?;
            }
            if after == before {
                tx.rollback().await?;
                return Ok(before);
            }
            sqlx::query_as(concat!(
                "UPDATE campaign SET name = $2, name_folded = $3, sender = $4, status = $5,
                     scheduled_us = $6, was_live = $7, version = $8
                 WHERE pk = $1 RETURNING ",
                columns!()
            ))
            .bind(row.pk)
            .bind(&after.name)
            .bind(after.name.to_lowercase())
            .bind(&after.sender)
            .bind(after.status.as_str())
            .bind(after.scheduled_at.map(|at| at.timestamp_micros()))
            .bind(i64::from(after.was_live))
            .bind(version)
            .fetch_one(&mut *tx)
            .await?
        });
        self.changed(ws, row.version, row.pk, false);
        row.try_into()
    }

    /// Tells the listeners that a campaign changed. Every change of this module ends here.
    pub(crate) fn changed(&self, ws: WorkspaceId, version: i64, pk: i64, is_removal: bool) {
        self.publish(Change {
            workspace: ws,
            version,
            campaigns: Arc::from([pk]),
            is_removal,
        });
    }
}
