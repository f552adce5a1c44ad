//! Clicks by the place of the link in the message.

use domain::{EventKind, sending::PositionClicks};

use crate::{Result, Store, WorkspaceId, macros::reading};

impl Store {
    /// Links of what was sent, with the human-likely clicks on each: by arm and position, untracked ones included. Empty
    /// for a campaign that another platform sends.
    ///
    /// # Errors
    /// [`domain::Refusal::NotFound`] when the workspace has no such campaign.
    pub async fn clicks_by_position(
        &self,
        ws: WorkspaceId,
        reference: &str,
    ) -> Result<Vec<PositionClicks>> {
        const SQLITE: &str = "SELECT COALESCE(variant, ''), CAST(json_extract(props, '$.position') AS BIGINT) AS place,
                 COUNT(*), COUNT(DISTINCT ord)
             FROM event WHERE campaign = $1 AND kind = $2 AND evidence IN (0, 1, 3) AND props LIKE '%\"position\"%'
             GROUP BY 1, 2";
        const POSTGRES: &str = "SELECT COALESCE(variant, ''), CAST(CAST(props AS JSONB)->>'position' AS BIGINT) AS place,
                 COUNT(*), COUNT(DISTINCT ord)
             FROM event WHERE campaign = $1 AND kind = $2 AND evidence IN (0, 1, 3) AND props LIKE '%\"position\"%'
             GROUP BY 1, 2";
        let pk = self.campaign_row(ws, reference).await?.pk;
        let links = self.links_of(pk).await?;
        if links.is_empty() {
            return Ok(Vec::new());
        }
        self.settle().await?;
        let counted: Vec<(String, Option<i64>, i64, i64)> = reading!(self, pool => {
            sqlx::query_as(self.either(SQLITE, POSTGRES))
                .bind(pk)
                .bind(i32::from(EventKind::Clicked.code()))
                .fetch_all(pool)
                .await?
        });
        let found = links.into_iter().map(|link| {
            let counts = counted.iter().find(|(variant, place, ..)| {
                *variant == link.variant && *place == Some(link.position)
            });
            PositionClicks {
                clicks: counts.map_or(0, |(_, _, clicks, _)| clicks.unsigned_abs()),
                people: counts.map_or(0, |(.., people)| people.unsigned_abs()),
                variant: link.variant,
                position: u32::try_from(link.position).unwrap_or_default(),
                url: link.url,
                label: link.label,
                is_tracked: link.is_tracked != 0,
            }
        });
        Ok(found.collect())
    }
}
