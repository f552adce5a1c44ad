//! Deleting campaigns, by rules that are asked inside the deleting transaction.

use domain::{
    Campaign, Refusal,
    campaign::{DeletionFacts, may_delete},
};

use super::{BY_REFERENCE, CampaignRow, check_reference, next_version};
use crate::{
    Result, Store, WorkspaceId,
    macros::{reading, writing},
};

/// How much was recorded for a campaign: 0 for nothing.
const DATA: &str = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM event WHERE campaign = $1 LIMIT 1) e)
                         + (SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE campaign = $1 LIMIT 1) m)";

fn deletion_facts(row: CampaignRow, data: i64) -> Result<DeletionFacts> {
    let campaign: Campaign = row.try_into()?;
    Ok(DeletionFacts {
        kind: campaign.kind,
        status: campaign.status,
        was_live: campaign.was_live,
        has_data: data > 0 || campaign.first_event_at.is_some(),
    })
}

impl Store {
    /// Deletes a campaign, if the deletion rules allow it at that moment.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], or [`Refusal::NotDeletable`] with the rule in the way.
    pub async fn delete_campaign(&self, ws: WorkspaceId, reference: &str) -> Result<()> {
        check_reference(reference)?;
        let (pk, version) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let row: Option<CampaignRow> = sqlx::query_as(BY_REFERENCE)
                .bind(ws.0)
                .bind(reference)
                .fetch_optional(&mut *tx)
                .await?;
            let row = row.ok_or_else(|| Refusal::not_found("campaign"))?;
            let pk = row.pk;
            // Locks the campaign before looking for data: ingest locks it, too.
            sqlx::query("UPDATE campaign SET version = $2 WHERE pk = $1")
                .bind(pk)
                .bind(version)
                .execute(&mut *tx)
                .await?;
            let data: i64 = sqlx::query_scalar(DATA).bind(pk).fetch_one(&mut *tx).await?;
            may_delete(deletion_facts(row, data)?)?;
            for sql in [
                "DELETE FROM rollup WHERE scope = $1",
                // Lists that its audience was fixed to when somebody tried to launch it.
                "DELETE FROM contact_list WHERE is_hidden = 1 AND pk IN
                     (SELECT l.pk FROM campaign c JOIN contact_list l ON l.workspace = c.workspace
                      WHERE c.pk = $1 AND l.name LIKE 'campaign:' || c.id || ':%')",
                "DELETE FROM link WHERE campaign = $1",
                "DELETE FROM campaign WHERE pk = $1",
            ] {
                sqlx::query(sql).bind(pk).execute(&mut *tx).await?;
            }
            (pk, version)
        });
        self.changed(ws, version, pk, true);
        Ok(())
    }

    /// What stands in the way of deleting a campaign; none when it can be deleted as of now.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the workspace has none by this reference.
    pub async fn deletion_obstacle(
        &self,
        ws: WorkspaceId,
        reference: &str,
    ) -> Result<Option<Refusal>> {
        let row = self.campaign_row(ws, reference).await?;
        let data: i64 = reading!(self, pool => {
            sqlx::query_scalar(DATA).bind(row.pk).fetch_one(pool).await?
        });
        Ok(may_delete(deletion_facts(row, data)?).err())
    }
}
