//! Reads roll-ups, messages and facts, the same for both engines.

use domain::{EventKind, Evidence, event::Dimension, message::Lane};
use futures::TryStreamExt;
use sqlx::Row;

use super::gather::Scope;
use crate::{
    Error, Result,
    macros::seeing,
    rollup::{Family, Rollup},
    snapshot::Snapshot,
};

/// Roll-ups of this many bytes are decoded on a thread for such work; fewer are done at once, which takes
/// less time than the way there and back.
const INLINE_BYTES_MAX: usize = 256 * 1024;
/// Families one statement can ask for.
const FAMILIES_MAX: usize = Dimension::COUNT;

/// A roll-up row as it is stored.
pub(super) struct StoredRollup {
    family: i64,
    bucket: i64,
    value: String,
    data: Vec<u8>,
}

/// Where a roll-up row belongs.
pub(super) struct Place {
    /// As [`Family::code`].
    pub(super) family: i64,
    pub(super) bucket: i64,
    pub(super) value: String,
}

/// Roll-up rows of the families in buckets `[from, to)`, of one value where it is given, in no order.
pub(super) async fn rollups(
    snapshot: &mut Snapshot,
    scope: i64,
    families: &[Family],
    (from, to): (i64, i64),
    value: Option<&str>,
) -> Result<Vec<StoredRollup>> {
    const ALL: &str = "SELECT family, bucket, value, data FROM rollup
        WHERE scope = $1 AND bucket >= $2 AND bucket < $3 AND family IN ($4, $5, $6, $7, $8, $9, $10)";
    const ONE: &str = "SELECT family, bucket, value, data FROM rollup
        WHERE scope = $1 AND bucket >= $2 AND bucket < $3 AND family IN ($4, $5, $6, $7, $8, $9, $10)
          AND value = $11";
    let (Some(first), true) = (families.first(), from < to) else {
        return Ok(Vec::new());
    };
    seeing!(snapshot, conn => {
        let mut query = sqlx::query(if value.is_some() { ONE } else { ALL })
            .bind(scope)
            .bind(from)
            .bind(to);
        // A place left over names a family again, which asks for nothing more.
        for n in 0..FAMILIES_MAX {
            query = query.bind(families.get(n).unwrap_or(first).code());
        }
        if let Some(value) = value {
            query = query.bind(value.to_owned());
        }
        let rows = query.fetch_all(conn).await?;
        rows.iter()
            .map(|row| {
                Ok(StoredRollup {
                    family: row.try_get(0)?,
                    bucket: row.try_get(1)?,
                    value: row.try_get(2)?,
                    data: row.try_get(3)?,
                })
            })
            .collect()
    })
}

/// Takes decoded rows into `into`, one by one. Many are decoded off the async worker, so that other requests
/// go on meanwhile.
pub(super) async fn folded<T: Send + 'static>(
    rows: Vec<StoredRollup>,
    mut into: T,
    mut take: impl FnMut(&mut T, Place, Rollup) + Send + 'static,
) -> Result<T> {
    let n_bytes: usize = rows.iter().map(|row| row.data.len()).sum();
    let fold = move || {
        for row in rows {
            let rollup = Rollup::decode(&row.data)?;
            let place = Place {
                family: row.family,
                bucket: row.bucket,
                value: row.value,
            };
            take(&mut into, place, rollup);
        }
        Ok(into)
    };
    if n_bytes <= INLINE_BYTES_MAX {
        return fold();
    }
    match tokio::task::spawn_blocking(fold).await {
        Ok(folded) => folded,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_cancelled) => Err(Error::Unavailable),
        },
    }
}

/// States of a campaign's messages, one by one: key and encoded state.
pub(super) async fn messages(
    snapshot: &mut Snapshot,
    campaign: i64,
    mut take: impl FnMut(i64, &[u8]) -> Result<()>,
) -> Result<()> {
    seeing!(snapshot, conn => {
        let mut rows =
            sqlx::query("SELECT m, state FROM message WHERE campaign = $1").bind(campaign).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            take(row.try_get(0)?, row.try_get(1)?)?;
        }
    });
    Ok(())
}

/// The text of a scan: further columns, whose facts, further condition.
macro_rules! facts_of {
    ($columns:literal, $scope:literal, $condition:literal) => {
        concat!(
            "SELECT kind, evidence, m, ord, link, country, os, device, carrier, reason, variant",
            $columns,
            " FROM event WHERE ",
            $scope,
            " AND at >= $2 AND at < $3 AND ($4 >> CAST(kind AS INTEGER)) & 1 = 1",
            $condition
        )
    };
}

/// Which facts a scan reads, and how much of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// Facts that may count in a breakdown by one of these; their time and worth are not read.
    Dimensions(Scope, &'a [Dimension]),
    /// Those of one campaign that may count in any breakdown, and every reaction, with time and worth.
    Everything(i64),
}

impl Wanted<'_> {
    fn scope(self) -> i64 {
        match self {
            Self::Dimensions(scope, _) => scope.key(),
            Self::Everything(campaign) => campaign,
        }
    }

    /// The kinds, as a bit per code. Most facts of a campaign say that a message was queued or sent; nothing
    /// but the messages' own states counts these.
    fn kinds(self) -> i64 {
        let of_any = |wanted: &[Dimension], kind| wanted.iter().any(|d| d.counts(kind));
        let counts = |kind: EventKind| match self {
            Self::Dimensions(_, wanted) => of_any(wanted, kind),
            Self::Everything(_) => !kind.is_delivery() || of_any(&Dimension::ALL, kind),
        };
        let kinds = EventKind::ALL.iter().filter(|kind| counts(**kind));
        kinds.fold(0, |bits, kind| bits | 1 << kind.code())
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Dimensions(Scope::Campaign(_), _) => facts_of!(
                "",
                "campaign = $1",
                " AND COALESCE(link, country, os, device, carrier, reason, variant) IS NOT NULL"
            ),
            Self::Dimensions(Scope::Workspace(_), _) => facts_of!(
                "",
                "campaign IN (SELECT pk FROM campaign
                     WHERE workspace = -$1 AND first_event_us < $3 AND last_event_us >= $2)",
                " AND COALESCE(link, country, os, device, carrier, reason, variant) IS NOT NULL"
            ),
            Self::Everything(_) => facts_of!(", at, value, currency", "campaign = $1", ""),
        }
    }
}

/// A fact as reports need it.
pub(super) struct ScannedFact<'r> {
    pub(super) lane: Lane,
    pub(super) m: i64,
    pub(super) ord: u32,
    pub(super) dimensions: [Option<&'r str>; Dimension::COUNT],
    /// When it happened and its worth, where everything is wanted.
    pub(super) more: Option<(i64, Option<(i64, &'r str)>)>,
}

/// Facts in `[from_us, to_us)`, one by one. A scan: for what roll-ups don't answer.
pub(super) async fn facts(
    snapshot: &mut Snapshot,
    (from_us, to_us): (i64, i64),
    wanted: Wanted<'_>,
    mut take: impl FnMut(&ScannedFact<'_>),
) -> Result<()> {
    seeing!(snapshot, conn => {
        let mut rows = sqlx::query(wanted.sql())
            .bind(wanted.scope())
            .bind(from_us)
            .bind(to_us)
            .bind(wanted.kinds())
            .fetch(conn);
        while let Some(row) = rows.try_next().await? {
            let code = |at: usize| -> Result<u8> {
                let code: i64 = row.try_get(at)?;
                u8::try_from(code).map_err(|_| Error::Corrupt("event"))
            };
            let kind = EventKind::from_code(code(0)?).ok_or(Error::Corrupt("event kind"))?;
            let evidence = Evidence::from_code(code(1)?).ok_or(Error::Corrupt("event evidence"))?;
            let ord: i64 = row.try_get(3)?;
            let mut dimensions: [Option<&str>; Dimension::COUNT] = Default::default();
            for (n, slot) in dimensions.iter_mut().enumerate() {
                *slot = row.try_get(4 + n)?;
            }
            let more = match wanted {
                Wanted::Dimensions(..) => None,
                Wanted::Everything(_) => {
                    let units: Option<i64> = row.try_get(12)?;
                    let currency: Option<&str> = row.try_get(13)?;
                    let worth = units.map(|units| (units, currency.unwrap_or_default()));
                    Some((row.try_get(11)?, worth))
                }
            };
            take(&ScannedFact {
                lane: Lane::of(kind, evidence),
                m: row.try_get(2)?,
                ord: u32::try_from(ord).map_err(|_| Error::Corrupt("event recipient"))?,
                dimensions,
                more,
            });
        }
    });
    Ok(())
}
