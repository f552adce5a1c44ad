//! Recipient Search.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use domain::{
    Campaign, EventKind, EvidenceFilter, Refusal,
    message::{Category, LaneState, MessageState, Standing},
    recipient::{RecipientPage, RecipientRow},
};

use crate::{
    Error, Result, Store, WorkspaceId, db::is_storable, macros::seeing, snapshot::Snapshot, state,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct RecipientQuery {
    /// Part of a recipient or message key, ASCII letters in any case; empty for all.
    pub q: String,
    /// Whether only a whole key matches. For those who see masked keys: with parts of one, the masked rest
    /// could be found out digit by digit.
    pub exact: bool,
    /// Only messages in this category.
    pub status: Option<Category>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 500.
    pub limit: u32,
}

/// Matches read at a time.
const CHUNK: i64 = 1_000;
/// Rows searched at a time.
const WINDOW: i64 = 5_000;
/// Rows searched for one page, about. Where so many hold too few matches, the page is short and its cursor leads
/// on: no request goes through a campaign of millions.
const SEARCHED_MAX: i64 = 20_000;
impl Store {
    /// Messages of a campaign, in order of their recipients' first appearance. Keys are not masked here. A
    /// page may be short, even empty, and still have a cursor: the search goes on from there.
    ///
    /// # Errors
    /// Refused when the campaign isn't there or the cursor isn't one of ours.
    pub async fn recipients(
        &self,
        workspace: WorkspaceId,
        id: &str,
        query: &RecipientQuery,
    ) -> Result<RecipientPage> {
        let mut snapshot = self.snapshot().await?;
        let row = snapshot.campaign_row(workspace, id).await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let mut at = Position::of(query.cursor.as_deref())?;
        let mut page = RecipientPage::default();
        if !is_storable(&query.q) {
            return Ok(page);
        }
        let limit = query.limit.clamp(1, 500) as usize;
        let mut searched = 0;
        while searched < SEARCHED_MAX || at.is_where_it_began() {
            let end = window_end(&mut snapshot, pk, at.place).await?;
            let found = matches(&mut snapshot, pk, (at.place, end), query).await?;
            let is_cut = found.len() as i64 == CHUNK;
            for (ord, m, message, recipient, bytes) in found {
                let state = state::decode(&bytes)?;
                let category = category(&campaign, &state);
                // What a person did without a message is no message.
                let is_message = state.lanes.iter().any(is_of_message);
                let is_wanted = is_message && query.status.is_none_or(|s| category == Some(s));
                if is_wanted && !at.was_passed(ord) {
                    if page.rows.len() == limit {
                        page.next_cursor = Some(at.cursor());
                        return Ok(page);
                    }
                    page.rows
                        .push(recipient_row(recipient, message, category, &state)?);
                }
                at.pass(ord, m);
            }
            match end {
                _ if is_cut => {}
                Some(end) => at.go_to(end),
                None => return Ok(page),
            }
            searched += if is_cut { CHUNK } else { WINDOW };
        }
        page.next_cursor = Some(at.cursor());
        Ok(page)
    }
}

fn is_of_message(held: &LaneState) -> bool {
    held.lane.kind() != EventKind::Achieved
}

/// Where a search is. Rows are in order of (ordinal of the person, key of the message).
struct Position {
    /// Go on after this row.
    place: (i64, i64),
    /// Its person, and how many matching rows of theirs were passed.
    passed: (i64, u64),
    /// The same, where the page begins.
    began: (i64, u64),
}

impl Position {
    /// A cursor names the person and a number of rows, not the row: a message's key is made from the
    /// recipient's, which not everybody may see. (When a person with several messages gets another one
    /// between two pages, a row may be shown twice.)
    fn of(cursor: Option<&str>) -> Result<Self, Refusal> {
        let began = match cursor {
            None => (-1, 0),
            Some(text) => text
                .split_once('.')
                .and_then(|(ord, n)| Some((i64::from(ord.parse::<u32>().ok()?), n.parse().ok()?)))
                .ok_or_else(|| Refusal::invalid("cursor", "is not one this server gave"))?,
        };
        Ok(Self {
            place: (began.0 - 1, i64::MAX),
            passed: (began.0, 0),
            began,
        })
    }

    fn cursor(&self) -> String {
        format!("{}.{}", self.passed.0, self.passed.1)
    }

    /// Whether an earlier page had the person's next row.
    fn was_passed(&self, ord: i64) -> bool {
        let n = if self.passed.0 == ord {
            self.passed.1
        } else {
            0
        };
        ord == self.began.0 && n < self.began.1
    }

    /// Goes past a matching row.
    fn pass(&mut self, ord: i64, m: i64) {
        self.go_to((ord, m));
        self.passed.1 += 1;
    }

    /// Goes past rows that don't match.
    fn go_to(&mut self, place: (i64, i64)) {
        self.place = place;
        if self.passed.0 != place.0 {
            self.passed = (place.0, 0);
        }
    }

    /// Whether a page that ended here would begin again with the same person: one that matches nothing of
    /// theirs must go on, or the search would never get past them.
    fn is_where_it_began(&self) -> bool {
        self.passed.0 == self.began.0
    }
}

/// The row that ends a window; none when fewer are left.
async fn window_end(
    snapshot: &mut Snapshot,
    campaign: i64,
    after: (i64, i64),
) -> Result<Option<(i64, i64)>> {
    Ok(seeing!(snapshot, conn => {
        sqlx::query_as(
            "SELECT ord, m FROM message WHERE campaign = $1 AND (ord, m) > ($2, $3)
             ORDER BY ord, m LIMIT 1 OFFSET $4",
        )
        .bind(campaign)
        .bind(after.0)
        .bind(after.1)
        .bind(WINDOW - 1)
        .fetch_optional(conn)
        .await?
    }))
}

type Found = (i64, i64, String, String, Vec<u8>);

/// The text of a search: how this engine folds the two keys, and what they are compared with.
macro_rules! matching {
    ($recipient:literal, $message:literal, $compared:literal) => {
        concat!(
            "SELECT ord, m, message, recipient, state FROM message
             WHERE campaign = $1 AND (ord, m) > ($2, $3) AND (ord, m) <= ($4, $5)
               AND ($6 = '' OR ",
            $recipient,
            $compared,
            " OR ",
            $message,
            $compared,
            ") ORDER BY ord, m LIMIT $7"
        )
    };
}

/// Matching rows after the first place, up to the second or the end; [`CHUNK`] at most.
async fn matches(
    snapshot: &mut Snapshot,
    campaign: i64,
    (after, end): ((i64, i64), Option<(i64, i64)>),
    query: &RecipientQuery,
) -> Result<Vec<Found>> {
    // Both sides fold ASCII letters and no others: that is what SQLite can do, and PostgreSQL in this collation.
    let sql = match (&*snapshot, query.exact) {
        (Snapshot::Sqlite(_), true) => matching!("LOWER(recipient)", "LOWER(message)", " = $6"),
        (Snapshot::Sqlite(_), false) => {
            matching!("LOWER(recipient)", "LOWER(message)", " LIKE $6 ESCAPE '!'")
        }
        (Snapshot::Postgres(_), true) => matching!(
            r#"LOWER(recipient COLLATE "C")"#,
            r#"LOWER(message COLLATE "C")"#,
            " = $6"
        ),
        (Snapshot::Postgres(_), false) => matching!(
            r#"LOWER(recipient COLLATE "C")"#,
            r#"LOWER(message COLLATE "C")"#,
            " LIKE $6 ESCAPE '!'"
        ),
    };
    let text = query.q.trim().to_ascii_lowercase();
    let text = if query.exact || text.is_empty() {
        text
    } else {
        like_pattern(&text)
    };
    let end = end.unwrap_or((i64::MAX, i64::MAX));
    Ok(seeing!(snapshot, conn => {
        sqlx::query_as(sql)
            .bind(campaign)
            .bind(after.0)
            .bind(after.1)
            .bind(end.0)
            .bind(end.1)
            .bind(text)
            .bind(CHUNK)
            .fetch_all(conn)
            .await?
    }))
}

pub(crate) fn instant(at_us: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at_us).ok_or(Error::Corrupt("time"))
}

/// A `LIKE … ESCAPE '!'` pattern that finds the text anywhere.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
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
