//! Somebody of an audience, to show a message with.

use chrono::{DateTime, Utc};
use domain::{Channel, audience::Audience, contact::Contact};

use crate::{Result, Store, Verdict, WorkspaceId, macros::reading};

/// Members looked at for a sample.
const LOOKED_AT_MAX: u32 = 500;

impl Store {
    /// The `n`th person of an audience who is written to, from 0; the first one when there are fewer among its first
    /// hundreds. None when nobody is.
    ///
    /// # Errors
    /// As [`Store::select_audience`].
    pub async fn sample_contact(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        audience: &Audience,
        n: u32,
        now: DateTime<Utc>,
    ) -> Result<Option<Contact>> {
        let selection = self.select_audience(ws, channel, audience, now).await?;
        let members = self.audience_page(&selection, 0, LOOKED_AT_MAX).await?;
        let eligible: Vec<i64> = members
            .iter()
            .filter(|member| member.verdict == Verdict::Eligible)
            .map(|member| member.contact)
            .collect();
        let Some(pk) = eligible.get(n as usize).or(eligible.first()) else {
            return Ok(None);
        };
        let id: Option<String> = reading!(self, pool => {
            sqlx::query_scalar("SELECT id FROM contact WHERE pk = $1")
                .bind(pk)
                .fetch_optional(pool)
                .await?
        });
        match id {
            Some(id) => self.contact(ws, &id).await.map(Some),
            None => Ok(None),
        }
    }
}
