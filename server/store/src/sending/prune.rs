//! Forgetting what carriers posted long ago.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::rows;
use crate::{Result, Store, ingest::dedupe_hash, macros::writing};

#[derive(Serialize)]
struct Past {
    account: i64,
    h1: i64,
    h2: i64,
}

const UNDERSTOOD: &str = "SELECT pk, account, provider_key, keeps_key FROM inbox
     WHERE state = 1 AND problem IS NULL AND received_us < $1 ORDER BY received_us LIMIT $2";
const ODD: &str = "SELECT pk, account, provider_key, keeps_key FROM inbox
     WHERE problem IS NOT NULL AND state <> 0 AND received_us < $1 ORDER BY received_us LIMIT $2";
const REMEMBER_SQLITE: &str = "INSERT INTO inbox_past (account, h1, h2)
     SELECT json_extract(value, '$.account'), json_extract(value, '$.h1'), json_extract(value, '$.h2')
     FROM json_each($1) WHERE true ON CONFLICT DO NOTHING";
const REMEMBER_POSTGRES: &str = "INSERT INTO inbox_past (account, h1, h2) SELECT r.account, r.h1, r.h2
     FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (account BIGINT, h1 BIGINT, h2 BIGINT) ON CONFLICT DO NOTHING";
const FORGET_SQLITE: &str =
    "DELETE FROM inbox WHERE pk IN (SELECT value FROM json_each($1)) AND state <> 0";
const FORGET_POSTGRES: &str = "DELETE FROM inbox
     WHERE pk IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB))::bigint) AND state <> 0";

impl Store {
    /// Forgets understood items that came before `understood`, and those that weren't understood, or that say something
    /// unknown, before `odd`; the oldest `limit` of each at most. What nobody has looked at yet stays. Returns how many
    /// it were.
    ///
    /// A carrier that posts such an item again does no harm: what did more than tell facts is still known by the hash
    /// of its key and isn't taken in, and facts count once by their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_prune(
        &self,
        understood: DateTime<Utc>,
        odd: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64> {
        let mut forgotten = 0;
        for (sql, before) in [(UNDERSTOOD, understood), (ODD, odd)] {
            let found: Vec<(i64, i64, String, i64)> = crate::macros::reading!(self, pool => {
                sqlx::query_as(sql)
                    .bind(before.timestamp_micros())
                    .bind(i64::from(limit))
                    .fetch_all(pool)
                    .await?
            });
            if found.is_empty() {
                continue;
            }
            let past: Vec<Past> = found
                .iter()
                .filter(|(_, _, _, keeps)| *keeps != 0)
                .map(|(_, account, key, _)| {
                    let (h1, h2) = dedupe_hash(key);
                    Past {
                        account: *account,
                        h1,
                        h2,
                    }
                })
                .collect();
            // Remembered first, in a transaction of its own: whoever takes the same item in meanwhile finds the one or
            // the other.
            if !past.is_empty() {
                let past = rows(&past)?;
                writing!(self, tx => {
                    sqlx::query(self.either(REMEMBER_SQLITE, REMEMBER_POSTGRES))
                        .bind(&past)
                        .execute(&mut *tx)
                        .await?;
                });
            }
            let pks: Vec<i64> = found.iter().map(|(pk, ..)| *pk).collect();
            let pks = rows(&pks)?;
            forgotten += writing!(self, tx => {
                sqlx::query(self.either(FORGET_SQLITE, FORGET_POSTGRES))
                    .bind(&pks)
                    .execute(&mut *tx)
                    .await?
                    .rows_affected()
            });
        }
        Ok(forgotten)
    }
}
