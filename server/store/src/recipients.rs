//! Recipient Search, and the export of a campaign's events.

use chrono::{DateTime, Utc};
use domain::{
    Campaign, Event, EventKind, EvidenceFilter, Refusal,
    event::Dimension,
    message::{Category, MessageState, Standing},
    money::Amount,
    recipient::{RecipientPage, RecipientRow},
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use sqlx::Row;

use crate::{Error, Result, Store, WorkspaceId, macros::reading, state};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct RecipientQuery {
    /// Part of a recipient or message key, any case; empty for all.
    pub q: String,
    /// Only messages in this category.
    pub status: Option<Category>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 500.
    pub limit: u32,
}

/// Rows read at a time while looking for matches.
const CHUNK: i64 = 1_000;
/// Events per page of an export.
const EXPORT_PAGE: i64 = 2_000;

impl Store {
    /// Messages of a campaign, in order of their recipients' first appearance. Keys are not masked here.
    ///
    /// # Errors
    /// Refused when the campaign isn't there or the cursor isn't one of ours.
    pub async fn recipients(
        &self,
        workspace: WorkspaceId,
        id: &str,
        query: &RecipientQuery,
    ) -> Result<RecipientPage> {
        let row = self.campaign_row(workspace, id).await?;
        self.settle().await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let bad_cursor = || Refusal::invalid("cursor", "is not one this server gave");
        let mut after = match query.cursor.as_deref() {
            None => (-1, 0),
            Some(text) => {
                let (ord, m) = text.split_once('.').ok_or_else(bad_cursor)?;
                let number = |text: &str| text.parse::<i64>().map_err(|_| bad_cursor());
                (number(ord)?, number(m)?)
            }
        };
        let pattern = like_pattern(&query.q);
        let limit = query.limit.clamp(1, 500) as usize;
        let mut page = RecipientPage::default();
        loop {
            let found: Vec<(i64, i64, String, String, Vec<u8>)> = reading!(self, pool => {
                sqlx::query_as(
                    "SELECT ord, m, message, recipient, state FROM message
                     WHERE campaign = $1 AND (ord, m) > ($2, $3)
                       AND ($4 = '%%' OR LOWER(recipient) LIKE $4 ESCAPE '!'
                            OR LOWER(message) LIKE $4 ESCAPE '!')
                     ORDER BY ord, m LIMIT $5",
                )
                .bind(pk)
                .bind(after.0)
                .bind(after.1)
                .bind(pattern.as_str())
                .bind(CHUNK)
                .fetch_all(pool)
                .await?
            });
            let is_last = (found.len() as i64) < CHUNK;
            for (ord, m, message, recipient, bytes) in found {
                let state = state::decode(&bytes)?;
                let category = category(&campaign, &state);
                let is_wanted = match (query.status, category) {
                    (Some(wanted), category) => category == Some(wanted),
                    (None, _) => true,
                };
                if is_wanted {
                    if page.rows.len() == limit {
                        page.next_cursor = Some(format!("{}.{}", after.0, after.1));
                        return Ok(page);
                    }
                    page.rows
                        .push(recipient_row(recipient, message, category, &state)?);
                }
                after = (ord, m);
            }
            if is_last {
                return Ok(page);
            }
        }
    }

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

fn instant(at_us: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at_us).ok_or(Error::Corrupt("time"))
}

/// A `LIKE … ESCAPE '!'` pattern that finds the text anywhere.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn category(campaign: &Campaign, state: &MessageState) -> Option<Category> {
    let held = state.decisive.as_ref()?;
    Category::of(
        campaign.campaign_type,
        held.standing,
        state.engagement(),
        &held.raw,
        EvidenceFilter::Human,
    )
}

fn recipient_row(
    recipient: String,
    message: String,
    category: Option<Category>,
    state: &MessageState,
) -> Result<RecipientRow> {
    let time = |at_us: Option<i64>| {
        at_us
            .map(|at_us| {
                instant(at_us).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
            })
            .transpose()
    };
    let first = |wanted: fn(EventKind) -> bool| {
        state
            .lanes
            .iter()
            .filter(|held| wanted(held.lane.kind()) && !held.lane.is_machine())
            .map(|held| held.first_us)
            .min()
    };
    Ok(RecipientRow {
        recipient,
        message,
        status: category,
        raw_status: state.decisive.as_ref().map(|held| held.raw.clone()),
        status_at: time(state.decisive.as_ref().map(|held| held.at_us))?,
        sent_at: time(
            state
                .sent_us()
                .filter(|_| state.standing() >= Standing::Sent),
        )?,
        delivered_at: time(state.delivered_us())?,
        opened_at: time(first(|kind| {
            matches!(kind, EventKind::Opened | EventKind::Read)
        }))?,
        clicks: state
            .lanes
            .iter()
            .filter(|held| held.lane.kind() == EventKind::Clicked && !held.lane.is_machine())
            .map(|held| u64::from(held.count))
            .sum(),
        variant: state.variant.clone(),
    })
}
