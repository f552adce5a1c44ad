//! What people wrote back.

use domain::sending::Reply;

use super::time;
use crate::{Error, Result, Store, WorkspaceId, macros::reading};

impl Store {
    /// Answers to a campaign, newest first. Senders are not masked here.
    ///
    /// # Errors
    /// [`domain::Refusal::NotFound`].
    pub async fn replies(
        &self,
        ws: WorkspaceId,
        reference: &str,
        limit: u32,
    ) -> Result<Vec<Reply>> {
        let pk = self.campaign_row(ws, reference).await?.pk;
        let found: Vec<(String, String, Option<String>, i64)> = reading!(self, pool => {
            sqlx::query_as(
                "SELECT sender, text, keyword, at_us FROM reply WHERE campaign = $1
                 ORDER BY at_us DESC, pk DESC LIMIT $2",
            )
            .bind(pk)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?
        });
        let replies = found.into_iter().map(|(sender, text, keyword, at_us)| {
            Ok(Reply {
                sender,
                text,
                keyword,
                at: time(at_us).ok_or(Error::Corrupt("reply time"))?,
            })
        });
        replies.collect()
    }
}
