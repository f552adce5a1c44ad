//! Roll-ups: read, changed and written back, thousands of rows a statement.

use std::collections::HashMap;

use sqlx::{Postgres, Row, Transaction};

use super::{super::fold::Deltas, ROWS_PER_STATEMENT};
use crate::{
    Error, Result,
    rollup::{Delta, Key, Rollup},
};

/// Merges changes into their rows.
pub(super) async fn write_rollups(
    tx: &mut Transaction<'_, Postgres>,
    deltas: Deltas,
) -> Result<()> {
    let mut deltas: Vec<(Key, Delta)> = deltas.into_iter().collect();
    deltas.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    while !deltas.is_empty() {
        let part = deltas.split_off(deltas.len().saturating_sub(ROWS_PER_STATEMENT));
        let (keys, changes): (Vec<Key>, Vec<Delta>) = part.into_iter().unzip();
        let keys = Keys::of(&keys);
        let mut held = keys.read(tx).await?;
        let mut data = Vec::with_capacity(changes.len());
        for (at, change) in changes.into_iter().enumerate() {
            let mut rollup = held.remove(&at).unwrap_or_default();
            rollup.apply(change);
            data.push((!rollup.is_empty()).then(|| rollup.encode()).transpose()?);
        }
        keys.save(tx, &data).await?;
    }
    Ok(())
}

/// Keys as the statements take them, one array a column.
struct Keys<'k> {
    scopes: Vec<i64>,
    families: Vec<i64>,
    buckets: Vec<i64>,
    values: Vec<&'k str>,
}

impl<'k> Keys<'k> {
    fn of(keys: &'k [Key]) -> Self {
        Self {
            scopes: keys.iter().map(|key| key.scope).collect(),
            families: keys.iter().map(|key| key.family.code()).collect(),
            buckets: keys.iter().map(|key| key.bucket).collect(),
            values: keys.iter().map(|key| key.value.as_str()).collect(),
        }
    }

    /// The rows that are there, by position of their key.
    async fn read(&self, tx: &mut Transaction<'_, Postgres>) -> Result<HashMap<usize, Rollup>> {
        let rows = sqlx::query(
            "SELECT t.n, data FROM rollup JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[],
                 $4::text[]) WITH ORDINALITY AS t (s, f, b, v, n)
             ON scope = s AND family = f AND bucket = b AND value = v",
        )
        .bind(&self.scopes)
        .bind(&self.families)
        .bind(&self.buckets)
        .bind(&self.values)
        .fetch_all(&mut **tx)
        .await?;
        let mut held = HashMap::with_capacity(rows.len());
        for row in rows {
            let n: i64 = row.try_get(0)?;
            let at = usize::try_from(n - 1).map_err(|_| Error::Corrupt("ordinality"))?;
            held.insert(at, Rollup::decode(row.try_get(1)?)?);
        }
        Ok(held)
    }

    /// Writes each row's bytes; a row of which nothing is left goes.
    async fn save(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        data: &[Option<Vec<u8>>],
    ) -> Result<()> {
        const SAVE: &str = "INSERT INTO rollup (scope, family, bucket, value, data)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bytea[])
                 AS t (s, f, b, v, d) WHERE d IS NOT NULL
             ON CONFLICT (scope, family, bucket, value) DO UPDATE SET data = excluded.data";
        const REMOVE: &str = "DELETE FROM rollup USING unnest($1::bigint[], $2::bigint[],
                 $3::bigint[], $4::text[], $5::bytea[]) AS t (s, f, b, v, d)
             WHERE d IS NULL AND scope = s AND family = f AND bucket = b AND value = v";
        let removes = data.iter().any(Option::is_none);
        for statement in [Some(SAVE), removes.then_some(REMOVE)]
            .into_iter()
            .flatten()
        {
            sqlx::query(statement)
                .bind(&self.scopes)
                .bind(&self.families)
                .bind(&self.buckets)
                .bind(&self.values)
                .bind(data)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}
