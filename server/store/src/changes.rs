//! What changed in a workspace, page by page: what the live stream tells.

use domain::campaign::CampaignCard;

use crate::{
    Result, Store, WorkspaceId,
    campaign::{CampaignRow, columns},
    macros::reading,
};

/// Cards of one page.
const PAGE_CARDS: usize = 200;

/// How far someone has read the changes of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeMark {
    /// Change number of the last campaign read.
    pub version: i64,
    /// Its internal key: one commit gives many campaigns the same number.
    pub campaign: i64,
}

impl ChangeMark {
    /// After everything up to this change number.
    #[must_use]
    pub fn after(version: i64) -> Self {
        Self {
            version,
            campaign: i64::MAX,
        }
    }
}

/// A page of changes.
#[derive(Clone, Debug)]
pub struct ChangedPage {
    /// The workspace's change number before the page was read.
    pub version: i64,
    /// Cards of campaigns that changed, by change number; at most 200.
    pub cards: Vec<CampaignCard>,
    /// Where the next page begins; none when this one is the last.
    pub next: Option<ChangeMark>,
}

impl Store {
    /// Campaigns that changed after `mark`, the oldest change first; only campaign `only`, where its id is given.
    /// One that changes between two pages moves to a later one, so reading on to the end misses none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_page(
        &self,
        workspace: WorkspaceId,
        mark: ChangeMark,
        only: Option<&str>,
    ) -> Result<ChangedPage> {
        // Before the cards: a change in between is sent again with the next number, never skipped.
        let version = self.version(workspace).await?;
        let rows: Vec<CampaignRow> = reading!(self, pool => {
            sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM campaign
                 WHERE workspace = $1 AND (version, pk) > ($2, $3) AND ($4 = '' OR id = $4)
                 ORDER BY version, pk LIMIT 200"
            ))
            .bind(workspace.0)
            .bind(mark.version)
            .bind(mark.campaign)
            .bind(only.unwrap_or_default())
            .fetch_all(pool)
            .await?
        });
        let last = rows
            .last()
            .map(|row| row.pk)
            .filter(|_| rows.len() >= PAGE_CARDS);
        let cards = self.cards(rows).await?;
        let next = cards.last().zip(last).map(|(card, campaign)| ChangeMark {
            version: card.campaign.version,
            campaign,
        });
        Ok(ChangedPage {
            version,
            cards,
            next,
        })
    }
}
