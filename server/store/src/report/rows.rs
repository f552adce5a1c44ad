//! Reads roll-ups, messages and facts, the same for both engines.

use domain::{EventKind, Evidence, event::Dimension, message::Lane};
use futures::TryStreamExt;
use sqlx::Row;

use crate::{
    Error, Result, Store,
    macros::reading,
    rollup::{Family, Rollup},
};

/// Roll-up rows of one family in `[from, to)`, in bucket order, handed over one by one.
pub(crate) async fn rollups(
    store: &Store,
    scope: i64,
    family: Family,
    (from, to): (i64, i64),
    value: Option<&str>,
    mut take: impl FnMut(i64, String, Rollup),
) -> Result<()> {
    const ALL: &str = "SELECT bucket, value, data FROM rollup
        WHERE scope = $1 AND family = $2 AND bucket >= $3 AND bucket < $4 ORDER BY bucket, value";
    const ONE: &str = "SELECT bucket, value, data FROM rollup
        WHERE scope = $1 AND family = $2 AND bucket >= $3 AND bucket < $4 AND value = $5 ORDER BY bucket";
    reading!(store, pool => {
        let query = sqlx::query(if value.is_some() { ONE } else { ALL })
            .bind(scope)
            .bind(family.code())
            .bind(from)
            .bind(to);
        let rows = match value {
            Some(value) => query.bind(value.to_owned()),
            None => query,
        }
        .fetch_all(pool)
        .await?;
        for row in rows {
            let bytes: &[u8] = row.try_get(2)?;
            take(row.try_get(0)?, row.try_get(1)?, Rollup::decode(bytes)?);
        }
    });
    Ok(())
}

/// States of a campaign's messages, one by one: key and encoded state.
pub(super) async fn messages(
    store: &Store,
    campaign: i64,
    mut take: impl FnMut(i64, &[u8]) -> Result<()>,
) -> Result<()> {
    reading!(store, pool => {
        let mut rows =
            sqlx::query("SELECT m, state FROM message WHERE campaign = $1").bind(campaign).fetch(pool);
        while let Some(row) = rows.try_next().await? {
            take(row.try_get(0)?, row.try_get(1)?)?;
        }
    });
    Ok(())
}

/// A fact as breakdowns need it.
pub(super) struct ScannedFact {
    pub(super) at_us: i64,
    pub(super) lane: Lane,
    pub(super) m: i64,
    pub(super) ord: u32,
    pub(super) dimensions: [Option<String>; Dimension::COUNT],
    pub(super) value: Option<(i64, String)>,
}

/// Facts of a campaign in `[from_us, to_us)`, one by one. A scan: for what roll-ups don't answer.
pub(super) async fn facts(
    store: &Store,
    campaign: i64,
    (from_us, to_us): (i64, i64),
    mut take: impl FnMut(ScannedFact),
) -> Result<()> {
    reading!(store, pool => {
        let mut rows = sqlx::query(
            "SELECT at, kind, evidence, m, ord, link, country, os, device, carrier, reason, variant,
                    value, currency
             FROM event WHERE campaign = $1 AND at >= $2 AND at < $3",
        )
        .bind(campaign)
        .bind(from_us)
        .bind(to_us)
        .fetch(pool);
        while let Some(row) = rows.try_next().await? {
            let code = |at: usize| -> Result<u8> {
                let code: i64 = row.try_get(at)?;
                u8::try_from(code).map_err(|_| Error::Corrupt("event"))
            };
            let kind = EventKind::from_code(code(1)?).ok_or(Error::Corrupt("event kind"))?;
            let evidence = Evidence::from_code(code(2)?).ok_or(Error::Corrupt("event evidence"))?;
            let ord: i64 = row.try_get(4)?;
            let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
            for (n, slot) in dimensions.iter_mut().enumerate() {
                *slot = row.try_get(5 + n)?;
            }
            let units: Option<i64> = row.try_get(12)?;
            let currency: Option<String> = row.try_get(13)?;
            take(ScannedFact {
                at_us: row.try_get(0)?,
                lane: Lane::of(kind, evidence),
                m: row.try_get(3)?,
                ord: u32::try_from(ord).map_err(|_| Error::Corrupt("event recipient"))?,
                dimensions,
                value: units.map(|units| (units, currency.unwrap_or_default())),
            });
        }
    });
    Ok(())
}

/// Campaigns of the workspace that hold facts: for account-wide scans at the ragged ends of a range.
pub(super) async fn campaign_keys(store: &Store, workspace: i64) -> Result<Vec<i64>> {
    Ok(reading!(store, pool => {
        sqlx::query_scalar(
            "SELECT pk FROM campaign WHERE workspace = $1 AND first_event_us IS NOT NULL ORDER BY pk",
        )
        .bind(workspace)
        .fetch_all(pool)
        .await?
    }))
}
