//! The blocklist: addresses that are not written to. It is kept by address, outlives contacts, and no import lifts it.

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    contact::{Suppression, SuppressionPage, SuppressionSource},
};
use serde::Serialize;

use super::{bound, channel, like, normal_address, source, time};
use crate::{
    Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
    turn::{Turn, within},
};

/// Most entries of one page.
const PAGE_MAX: u32 = 500;
/// Longest reason kept, in characters.
const REASON_CHARS_MAX: usize = 500;

#[derive(sqlx::FromRow)]
struct Row {
    channel: i64,
    address: String,
    source: i64,
    reason: Option<String>,
    campaign: Option<String>,
    at_us: i64,
}

impl TryFrom<Row> for Suppression {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            channel: channel(row.channel)?,
            address: row.address,
            source: source(row.source)?,
            reason: row.reason,
            campaign: row.campaign,
            at: time(row.at_us)?,
        })
    }
}

impl Store {
    /// A page of the blocklist, newest first. `q` finds addresses by their beginning where `by_part`, else a whole one.
    /// Addresses are not masked here.
    ///
    /// # Errors
    /// Refused for a cursor that is none of ours.
    pub async fn suppressions(
        &self,
        ws: WorkspaceId,
        only: Option<Channel>,
        q: &str,
        by_part: bool,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<SuppressionPage> {
        let (at_us, passed) = place(cursor)?;
        if !is_storable(q) {
            return Ok(SuppressionPage::default());
        }
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let q = q.trim().to_lowercase();
        let pattern = match (q.is_empty(), by_part) {
            (true, _) => "%".to_owned(),
            (false, true) => format!("{}%", like(&q)),
            (false, false) => like(&q),
        };
        // A cursor names a time and how many rows of it were passed, no address: not everybody may see one.
        const SQL: &str =
            "SELECT s.channel, s.address, s.source, s.reason, c.id AS campaign, s.at_us
             FROM suppression s LEFT JOIN campaign c ON c.pk = s.campaign
             WHERE s.workspace = $1 AND s.at_us <= $2 AND ($3 < 0 OR s.channel = $3)
               AND s.address LIKE $4 ESCAPE '!'
             ORDER BY s.at_us DESC, s.channel, s.address LIMIT $5 OFFSET $6";
        let mut rows: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(SQL)
                .bind(ws.0)
                .bind(at_us)
                .bind(only.map_or(-1, |channel| i64::from(channel.code())))
                .bind(pattern)
                .bind(limit as i64 + 1)
                .bind(passed)
                .fetch_all(pool)
                .await?
        });
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(|last| {
            let of_same_time = rows.iter().filter(|row| row.at_us == last.at_us).count() as i64;
            let before = if last.at_us == at_us { passed } else { 0 };
            format!("{}.{}", last.at_us, before + of_same_time)
        });
        Ok(SuppressionPage {
            entries: rows
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// Puts an address on the blocklist; says whether it wasn't there. A reason that a new consent lifts gives way to one
    /// that it doesn't (a complaint after a STOP); otherwise what is there stays. `campaign` is the internal key of the
    /// campaign that caused it. What its owner agreed to is a matter of [`Self::set_consent`].
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an address the channel can't have.
    pub async fn suppress(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        address: &str,
        source: SuppressionSource,
        reason: Option<&str>,
        campaign: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let address = normal_address(channel, address)?;
        let reason = reason.map(|text| {
            text.chars()
                .filter(|letter| *letter != '\0')
                .take(REASON_CHARS_MAX)
                .collect::<String>()
        });
        let (was_there, written) = writing!(self, tx => {
            let there: Option<i64> = sqlx::query_scalar(
                "SELECT source FROM suppression WHERE workspace = $1 AND channel = $2 AND address = $3",
            )
            .bind(ws.0)
            .bind(i64::from(channel.code()))
            .bind(&address)
            .fetch_optional(&mut *tx)
            .await?;
            let written = sqlx::query(STRONGER)
                .bind(ws.0)
                .bind(i64::from(channel.code()))
                .bind(&address)
                .bind(i64::from(source as u8))
                .bind(reason)
                .bind(campaign)
                .bind(now.timestamp_micros())
                .bind(i64::from(source.is_lifted_by_consent()))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            (there.is_some(), written)
        });
        Ok(!was_there && written > 0)
    }

    /// Takes an address off the blocklist.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it isn't there.
    pub async fn unsuppress(&self, ws: WorkspaceId, channel: Channel, address: &str) -> Result<()> {
        let address = normal_address(channel, address)?;
        let gone = writing!(self, tx => {
            sqlx::query(
                "DELETE FROM suppression WHERE workspace = $1 AND channel = $2 AND address = $3",
            )
            .bind(ws.0)
            .bind(i64::from(channel.code()))
            .bind(&address)
            .execute(&mut *tx)
            .await?
            .rows_affected()
        });
        if gone == 0 {
            return Err(Refusal::not_found("blocked address").into());
        }
        Ok(())
    }
}

/// Adds an entry, or lets it take the place of one that a new consent would lift (sources 0, 3 and 4).
pub(crate) const STRONGER: &str =
    "INSERT INTO suppression (workspace, channel, address, source, reason, campaign, at_us)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (workspace, channel, address) DO UPDATE SET source = excluded.source,
         reason = excluded.reason, campaign = excluded.campaign, at_us = excluded.at_us
     WHERE suppression.source IN (0, 3, 4) AND $8 = 0";

/// Where a page begins: at this time, after so many entries of it.
fn place(cursor: Option<&str>) -> Result<(i64, i64), Refusal> {
    match cursor {
        None | Some("") => Ok((i64::MAX, 0)),
        Some(text) => text
            .split_once('.')
            .and_then(|(at, n)| Some((at.parse().ok()?, i64::from(n.parse::<u32>().ok()?))))
            .ok_or_else(|| Refusal::invalid("cursor", "is not one this server gave")),
    }
}

#[derive(Serialize)]
struct Lifted<'a> {
    channel: u8,
    address: &'a str,
}

impl Turn<'_> {
    /// Lifts what the owners' new consent lifts.
    pub(super) async fn lift(
        &mut self,
        ws: WorkspaceId,
        renewed: &[(Channel, String)],
    ) -> Result<()> {
        if renewed.is_empty() {
            return Ok(());
        }
        let rows: Vec<Lifted<'_>> = renewed
            .iter()
            .map(|(channel, address)| Lifted {
                channel: channel.code(),
                address,
            })
            .collect();
        let (sql, rows) = (
            self.dialect(
                "DELETE FROM suppression WHERE workspace = $1 AND source IN (0, 3, 4)
                 AND (channel, address) IN
                     (SELECT v.channel, v.address FROM ROWS($2: channel bigint, address text) v)",
            ),
            bound(&rows)?,
        );
        within!(self, conn => { sqlx::query(sql).bind(ws.0).bind(rows).execute(conn).await?; });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_name_the_sources_that_consent_lifts() {
        let lifted: Vec<u8> = SuppressionSource::ALL
            .iter()
            .filter(|source| source.is_lifted_by_consent())
            .map(|source| *source as u8)
            .collect();
        assert_eq!(lifted, [0, 3, 4]);
    }
}
