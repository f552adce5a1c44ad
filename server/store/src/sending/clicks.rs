//! Clicks that wait until it is known who else clicked.
//!
//! A security scanner follows the links of a message one after the other, as the browser of a person would; that it was
//! one shows when its other clicks have come. So a click is durable at once, is told to the reports a few seconds later,
//! and then once and for all: no figure goes back, and no roll-up is ever corrected. What was told stays here for a
//! minute, as the neighbour of clicks to come.

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    evidence::{CLICKS_MAX, HIDDEN_LINK},
};

use super::rows;
use crate::{
    Result, Store, WorkspaceId,
    ingest::{fact_from_bytes, fact_to_bytes},
    macros::{reading, writing},
};

/// A click to be kept.
#[derive(Clone, Copy)]
pub struct Click<'a> {
    /// Where.
    pub workspace: WorkspaceId,
    /// Message key.
    pub message: &'a str,
    /// Internal key of the link; [`HIDDEN_LINK`] for the one that people can't see.
    pub link: i64,
    /// Followed links that the message has.
    pub links: usize,
    /// When.
    pub at: DateTime<Utc>,
    /// What is told to the reports; nothing of the link that people can't see.
    pub fact: Option<&'a Fact>,
}

impl std::fmt::Debug for Click<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Click").field(&self.message).finish()
    }
}

/// A click that was kept. `Debug` shows its key only.
#[derive(Clone, PartialEq)]
pub struct WaitingClick {
    /// Internal key.
    pub pk: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// Message key.
    pub message: String,
    /// Internal key of the link; [`HIDDEN_LINK`] for the one that people can't see.
    pub link: i64,
    /// Followed links that the message has.
    pub links: usize,
    /// When, in microseconds since 1970 UTC.
    pub at_us: i64,
    /// What is to be told; none when that was done.
    pub fact: Option<Fact>,
}

impl std::fmt::Debug for WaitingClick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("WaitingClick").field(&self.pk).finish()
    }
}

type Row = (i64, i64, String, i64, i64, i64, String, Option<Vec<u8>>);

const PUT: &str =
    "INSERT INTO waiting_click (workspace, message, link, links, at_us, campaign, fact)
     SELECT $1, $2, $3, $4, $5, $6, $7
     WHERE (SELECT COUNT(*) FROM waiting_click WHERE message = $2) < $8";
const WAITING: &str =
    "SELECT pk, workspace, message, link, links, at_us, campaign, fact FROM waiting_click
     WHERE message IN (SELECT message FROM waiting_click WHERE fact IS NOT NULL AND at_us <= $1
                       ORDER BY at_us LIMIT $2)
     ORDER BY message, at_us, pk";
const TOLD_SQLITE: &str =
    "UPDATE waiting_click SET fact = NULL WHERE pk IN (SELECT value FROM json_each($1))";
const TOLD_POSTGRES: &str = "UPDATE waiting_click SET fact = NULL
     WHERE pk IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB))::bigint)";

impl Store {
    /// How many links of an arm are followed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tracked_links(&self, campaign: i64, variant: &str) -> Result<usize> {
        let n: i64 = reading!(self, pool => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM link WHERE campaign = $1 AND variant = $2 AND is_tracked = 1",
            )
            .bind(campaign)
            .bind(variant)
            .fetch_one(pool)
            .await?
        });
        Ok(usize::try_from(n).unwrap_or_default())
    }

    /// Keeps a click until it is judged; answers after it is durable. False, and nothing is kept, when
    /// [`CLICKS_MAX`] of the message are here already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn click_put(&self, click: &Click<'_>) -> Result<bool> {
        let fact = click.fact.filter(|_| click.link != HIDDEN_LINK);
        let campaign = fact.map_or("", |fact| fact.campaign.as_str());
        let bytes = fact.map(fact_to_bytes);
        let kept = writing!(self, tx => {
            sqlx::query(PUT)
                .bind(click.workspace.0)
                .bind(click.message)
                .bind(click.link)
                .bind(i64::try_from(click.links).unwrap_or(i64::MAX))
                .bind(click.at.timestamp_micros())
                .bind(campaign)
                .bind(bytes)
                .bind(CLICKS_MAX)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(kept > 0)
    }

    /// The messages that have clicks of that time or earlier which were not told, `limit` clicks at most, with all of
    /// their clicks that are still here: by message and time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clicks_waiting(
        &self,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<WaitingClick>> {
        let found: Vec<Row> = reading!(self, pool => {
            sqlx::query_as(WAITING)
                .bind(until.timestamp_micros())
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let clicks = found.into_iter().map(
            |(pk, workspace, message, link, links, at_us, campaign, fact)| {
                Ok(WaitingClick {
                    pk,
                    workspace: WorkspaceId(workspace),
                    message,
                    link,
                    links: usize::try_from(links).unwrap_or_default(),
                    at_us,
                    fact: fact
                        .map(|bytes| fact_from_bytes(&bytes, campaign))
                        .transpose()?,
                })
            },
        );
        clicks.collect()
    }

    /// Remembers that clicks were told.
    ///
    /// # Errors
    /// When the database fails; they are told again then, under the same ids.
    pub async fn clicks_told(&self, pks: &[i64]) -> Result<()> {
        if pks.is_empty() {
            return Ok(());
        }
        let pks = rows(pks)?;
        writing!(self, tx => {
            sqlx::query(self.either(TOLD_SQLITE, TOLD_POSTGRES))
                .bind(&pks)
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// Forgets clicks that came before a time and that were told, or never had to be. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clicks_forget(&self, before: DateTime<Utc>) -> Result<u64> {
        let before = before.timestamp_micros();
        const OLD: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM waiting_click WHERE fact IS NULL AND at_us < $1 LIMIT 1) old";
        let old: i64 = reading!(self, pool => {
            sqlx::query_scalar(OLD).bind(before).fetch_one(pool).await?
        });
        if old == 0 {
            return Ok(0);
        }
        Ok(writing!(self, tx => {
            sqlx::query("DELETE FROM waiting_click WHERE fact IS NULL AND at_us < $1")
                .bind(before)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        }))
    }
}
