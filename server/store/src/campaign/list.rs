//! The campaign lists: one tab, filtered, newest first, in pages.

use std::str::FromStr;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;
use domain::{
    CampaignFilter, CampaignKind, CampaignStatus, CampaignType, Refusal, campaign::CampaignPage,
};

use super::{CampaignRow, columns};
use crate::{Error, Result, Store, WorkspaceId, macros::reading, report::start_of_day};

/// Most cards of one page.
const PAGE_MAX: u32 = 200;
/// Characters of a search that are looked at.
const QUERY_CHARS_MAX: usize = 200;

/// Whose `today` and week a list's relative dates mean.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// The current date in `zone`.
    pub today: NaiveDate,
    /// First day of the week.
    pub week_start: Weekday,
    /// Zone in which days begin.
    pub zone: Tz,
}

/// The filters as values for SQL. Absent ones let everything through.
struct Bounds {
    from_us: i64,
    before_us: i64,
    /// Pattern on the folded name; nothing matches an empty one.
    name: String,
    number: i64,
}

/// The part of the condition all queries of a list share: kind, range and search.
macro_rules! matching {
    () => {
        "workspace = $1 AND kind = $2 AND created_us >= $3 AND created_us < $4
         AND ($5 = '%' OR name_folded LIKE $5 ESCAPE '\\' OR number = $6)"
    };
}

#[derive(sqlx::FromRow)]
struct Tally {
    #[sqlx(rename = "type")]
    campaign_type: String,
    status: String,
    n: i64,
}

impl Store {
    /// A page of one tab's cards with the counts of the filter menus.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a cursor that is none of ours.
    pub async fn list_campaigns(
        &self,
        ws: WorkspaceId,
        filter: &CampaignFilter,
        calendar: Calendar,
        limit: u32,
    ) -> Result<CampaignPage> {
        // Read before the rest: what changes meanwhile is told again, never missed.
        let version = self.workspace(ws).await?.seq;
        let bounds = Bounds::of(filter, calendar);
        let limit = limit.clamp(1, PAGE_MAX);
        let tallies = self.tallies(ws, filter.kind, &bounds).await?;
        let mut rows = self.page(ws, filter, &bounds, i64::from(limit) + 1).await?;
        let next_cursor = (rows.len() > limit as usize).then(|| {
            rows.truncate(limit as usize);
            rows.last().map(|last| cursor_of(last.created_us, last.pk))
        });
        let mut page = CampaignPage {
            cards: self.cards(rows).await?,
            next_cursor: next_cursor.flatten(),
            tab_totals: self.tab_totals(ws).await?,
            version,
            ..CampaignPage::default()
        };
        count_menus(&mut page, filter, &tallies);
        Ok(page)
    }

    async fn page(
        &self,
        ws: WorkspaceId,
        filter: &CampaignFilter,
        bounds: &Bounds,
        limit: i64,
    ) -> Result<Vec<CampaignRow>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM campaign WHERE ",
            matching!(),
            " AND ($7 = '' OR type = $7) AND ($8 = '' OR status = $8)
              AND (created_us, pk) < ($9, $10)
              ORDER BY created_us DESC, pk DESC LIMIT $11"
        );
        let (at, pk) = match filter.cursor.as_deref() {
            None => (i64::MAX, i64::MAX),
            Some(cursor) => {
                read_cursor(cursor).ok_or_else(|| Refusal::invalid("cursor", "start over"))?
            }
        };
        Ok(reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(ws.0)
                .bind(filter.kind.as_str())
                .bind(bounds.from_us)
                .bind(bounds.before_us)
                .bind(&bounds.name)
                .bind(bounds.number)
                .bind(filter.campaign_type.map_or("", CampaignType::as_str))
                .bind(filter.status.map_or("", CampaignStatus::as_str))
                .bind(at)
                .bind(pk)
                .bind(limit)
                .fetch_all(pool)
                .await?
        }))
    }

    /// Campaigns per type and status within range and search: every count of a list comes from these.
    async fn tallies(
        &self,
        ws: WorkspaceId,
        kind: CampaignKind,
        bounds: &Bounds,
    ) -> Result<Vec<(CampaignType, CampaignStatus, u64)>> {
        const SQL: &str = concat!(
            "SELECT type, status, COUNT(*) AS n FROM campaign WHERE ",
            matching!(),
            " GROUP BY type, status"
        );
        let tallies: Vec<Tally> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(ws.0)
                .bind(kind.as_str())
                .bind(bounds.from_us)
                .bind(bounds.before_us)
                .bind(&bounds.name)
                .bind(bounds.number)
                .fetch_all(pool)
                .await?
        });
        tallies
            .into_iter()
            .map(|tally| {
                Ok((
                    CampaignType::from_str(&tally.campaign_type)
                        .map_err(|()| Error::Corrupt("campaign type"))?,
                    CampaignStatus::from_str(&tally.status)
                        .map_err(|()| Error::Corrupt("status"))?,
                    tally.n.unsigned_abs(),
                ))
            })
            .collect()
    }

    async fn tab_totals(&self, ws: WorkspaceId) -> Result<(u64, u64)> {
        const SQL: &str = "SELECT kind, COUNT(*) FROM campaign WHERE workspace = $1 GROUP BY kind";
        let totals: Vec<(String, i64)> =
            reading!(self, pool => sqlx::query_as(SQL).bind(ws.0).fetch_all(pool).await?);
        let of = |kind: CampaignKind| {
            let found = totals.iter().find(|(name, _)| name == kind.as_str());
            found.map_or(0, |(_, n)| n.unsigned_abs())
        };
        Ok((of(CampaignKind::Messaging), of(CampaignKind::Interactive)))
    }
}

/// Fills in the counts: a menu counts with every filter applied but its own.
fn count_menus(
    page: &mut CampaignPage,
    filter: &CampaignFilter,
    tallies: &[(CampaignType, CampaignStatus, u64)],
) {
    let type_fits = |t: CampaignType| filter.campaign_type.is_none_or(|wanted| wanted == t);
    let status_fits = |s: CampaignStatus| filter.status.is_none_or(|wanted| wanted == s);
    let sum = |fits: &dyn Fn(CampaignType, CampaignStatus) -> bool| {
        tallies
            .iter()
            .filter(|(t, s, _)| fits(*t, *s))
            .map(|(_, _, n)| n)
            .sum::<u64>()
    };
    page.total = sum(&|t, s| type_fits(t) && status_fits(s));
    page.by_type = CampaignType::of_kind(filter.kind)
        .map(|wanted| (wanted, sum(&|t, s| t == wanted && status_fits(s))))
        .collect();
    page.by_status = CampaignStatus::of_kind(filter.kind)
        .iter()
        .map(|wanted| (*wanted, sum(&|t, s| s == *wanted && type_fits(t))))
        .collect();
}

impl Bounds {
    fn of(filter: &CampaignFilter, calendar: Calendar) -> Self {
        let days = filter.range.resolve(calendar.today, calendar.week_start);
        let (from_us, before_us) = days.map_or((i64::MIN, i64::MAX), |days| {
            let start = |day| start_of_day(calendar.zone, day);
            (start(days.from), days.to.succ_opt().map_or(i64::MAX, start))
        });
        let (name, number) = search(&filter.query);
        Self {
            from_us,
            before_us,
            name,
            number,
        }
    }
}

/// A search as pattern on the folded name and number. `#12` is a number and nothing else.
fn search(query: &str) -> (String, i64) {
    let query: String = query.trim().chars().take(QUERY_CHARS_MAX).collect();
    if query.is_empty() {
        return ("%".to_owned(), -1);
    }
    if let Some(number) = query
        .strip_prefix('#')
        .and_then(|digits| digits.trim().parse().ok())
    {
        return (String::new(), number);
    }
    let mut pattern = String::from("%");
    for c in query.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        // PostgreSQL takes no NUL, and no name has one.
        pattern.push(if c == '\0' { ' ' } else { c });
    }
    pattern.push('%');
    (pattern, query.parse().unwrap_or(-1))
}

fn cursor_of(created_us: i64, pk: i64) -> String {
    format!("{created_us}.{pk}")
}

fn read_cursor(cursor: &str) -> Option<(i64, i64)> {
    let (at, pk) = cursor.split_once('.')?;
    Some((at.parse().ok()?, pk.parse().ok()?))
}
