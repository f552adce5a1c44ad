//! The export of a campaign's events.

use domain::{Campaign, Event, EventKind, event::Dimension, money::Amount};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use sqlx::Row;

use crate::{Error, Result, Store, WorkspaceId, macros::reading, recipients::instant};

/// Events per page of an export.
const EXPORT_PAGE: i64 = 2_000;

impl Store {
    /// Every event of a campaign, by time: the ingest format. Read page by page, so that an export of any
    /// size holds no long transaction open.
    ///
    /// # Errors
    /// Refused when the campaign isn't there; items fail when the database does.
    pub async fn export_events(
        &self,
        workspace: WorkspaceId,
        id: &str,
    ) -> Result<impl Stream<Item = Result<Event>> + Send + use<>> {
        let row = self.campaign_row(workspace, id).await?;
        self.settle().await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let (store, id) = (self.clone(), campaign.id);
        let pages = stream::try_unfold(Some((i64::MIN, i64::MIN)), move |after| {
            let (store, id) = (store.clone(), id.clone());
            async move {
                let Some(after) = after else {
                    return Ok::<_, Error>(None);
                };
                let (events, next) = store.export_page(pk, &id, after).await?;
                Ok(Some((stream::iter(events).map(Ok), next)))
            }
        });
        Ok(pages.try_flatten())
    }

    async fn export_page(
        &self,
        pk: i64,
        id: &str,
        after: (i64, i64),
    ) -> Result<(Vec<Event>, Option<(i64, i64)>)> {
        const SQL: &str =
            "SELECT at, seq, kind, e.id, message, recipient, raw, link, country, os, device,
                carrier, reason, variant, value, currency, user_agent, ip, props
            FROM event e JOIN message m ON m.campaign = e.campaign AND m.m = e.m
            WHERE e.campaign = $1 AND (at, seq) > ($2, $3) ORDER BY at, seq LIMIT $4";
        let mut events = Vec::new();
        let mut last = None;
        reading!(self, pool => {
            let rows = sqlx::query(SQL)
                .bind(pk)
                .bind(after.0)
                .bind(after.1)
                .bind(EXPORT_PAGE)
                .fetch_all(pool)
                .await?;
            for row in rows {
                let code: i64 = row.try_get("kind")?;
                let kind = u8::try_from(code)
                    .ok()
                    .and_then(EventKind::from_code)
                    .ok_or(Error::Corrupt("event kind"))?;
                let dimension = |d: Dimension| row.try_get::<Option<String>, _>(d.as_str());
                let at_us: i64 = row.try_get("at")?;
                last = Some((at_us, row.try_get("seq")?));
                events.push(Event {
                    id: row.try_get("id")?,
                    campaign: id.to_owned(),
                    message: row.try_get("message")?,
                    recipient: row.try_get("recipient")?,
                    kind,
                    at: instant(at_us)?,
                    raw_status: row.try_get("raw")?,
                    link: dimension(Dimension::Link)?,
                    user_agent: row.try_get("user_agent")?,
                    ip: row.try_get("ip")?,
                    country: dimension(Dimension::Country)?,
                    carrier: dimension(Dimension::Carrier)?,
                    device: dimension(Dimension::Device)?,
                    os: dimension(Dimension::Os)?,
                    reason: dimension(Dimension::Reason)?,
                    value: row.try_get::<Option<i64>, _>("value")?.map(Amount),
                    currency: row
                        .try_get::<Option<String>, _>("currency")?
                        .filter(|currency| !currency.is_empty()),
                    variant: dimension(Dimension::Variant)?,
                    props: row.try_get("props")?,
                });
            }
        });
        let is_full = events.len() as i64 == EXPORT_PAGE;
        Ok((events, last.filter(|_| is_full)))
    }
}
