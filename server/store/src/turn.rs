//! A writing transaction that several functions share, and one text of SQL for lists and rows on both engines.

use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};
use tokio::sync::MutexGuard;

use crate::{Db, Result, Store, WorkspaceId, transaction};

/// Beginning of the advisory lock's number under which PostgreSQL lets one transaction at a time write the contacts of a
/// workspace: two that add the same person at once would otherwise fail on each other's unique keys.
const CONTACTS_LOCK: i64 = 0x636f_6e74_0000_0000;

/// The right to write contacts, with its transaction. Dropped without [`Self::commit`], it changes nothing.
pub(crate) enum Turn<'a> {
    Sqlite(Transaction<'static, Sqlite>, MutexGuard<'a, ()>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs code with the connection of a [`Turn`] bound to `$conn`.
macro_rules! within {
    ($turn:expr, $conn:ident => $body:expr) => {
        match $turn {
            $crate::turn::Turn::Sqlite(tx, _) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::turn::Turn::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use within;

impl Turn<'_> {
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// As [`Db::dialect`].
    pub(crate) fn dialect(&self, text: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(translate(matches!(self, Self::Sqlite(..)), text))
    }
}

impl Store {
    /// Waits for the right to write the contacts of a workspace.
    pub(crate) async fn turn(&self, ws: WorkspaceId) -> Result<Turn<'_>> {
        Ok(match self.db() {
            Db::Sqlite { write, .. } => {
                let turn = self.write_turn().await;
                Turn::Sqlite(transaction::write_sqlite(write).await?, turn)
            }
            Db::Postgres(pool) => {
                let mut tx = transaction::write_postgres(pool).await?;
                sqlx::query("SELECT pg_advisory_xact_lock($1)")
                    .bind(CONTACTS_LOCK ^ ws.0)
                    .execute(&mut *tx)
                    .await?;
                Turn::Postgres(tx)
            }
        })
    }
}

impl Db {
    /// A statement in this engine's words. `TEXTS($n)` and `NUMBERS($n)` stand for the elements of a bound JSON list,
    /// `ROWS($n: name type, …)` for its objects as a table. The text comes from this crate alone; values are bound.
    pub(crate) fn dialect(&self, text: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(translate(matches!(self, Self::Sqlite { .. }), text))
    }
}

/// As [`Db::dialect`], for a statement made before its connection is known.
pub(crate) fn dialect(is_sqlite: bool, text: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(translate(is_sqlite, text))
}

fn translate(is_sqlite: bool, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut rest = text;
    while let Some((at, word)) = ["TEXTS(", "NUMBERS(", "ROWS("]
        .into_iter()
        .filter_map(|word| rest.find(word).map(|at| (at, word)))
        .min()
    {
        out.push_str(&rest[..at]);
        let inside = &rest[at + word.len()..];
        let end = inside.find(')').unwrap_or(inside.len());
        let argument = inside[..end].trim();
        out.push_str(&match (word, is_sqlite) {
            ("ROWS(", _) => rows(is_sqlite, argument),
            (_, true) => format!("(SELECT value FROM json_each({argument}))"),
            ("TEXTS(", false) => format!("(SELECT json_array_elements_text({argument}::json))"),
            (_, false) => {
                format!("(SELECT json_array_elements_text({argument}::json)::bigint)")
            }
        });
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn rows(is_sqlite: bool, argument: &str) -> String {
    let (param, fields) = argument.split_once(':').unwrap_or((argument, ""));
    if !is_sqlite {
        return format!("(SELECT * FROM json_to_recordset({param}::json) AS x({fields}))");
    }
    let columns: Vec<String> = fields
        .split(',')
        .filter_map(|field| field.split_whitespace().next())
        .map(|name| format!("value ->> '{name}' AS {name}"))
        .collect();
    format!("(SELECT {} FROM json_each({param}))", columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn lists_and_rows_are_said_in_both_dialects() {
        let text = "a IN TEXTS($2) AND b IN NUMBERS($3) FROM ROWS($4: pk bigint, id text) v";
        assert_eq!(
            translate(true, text),
            "a IN (SELECT value FROM json_each($2)) AND b IN (SELECT value FROM json_each($3)) \
             FROM (SELECT value ->> 'pk' AS pk, value ->> 'id' AS id FROM json_each($4)) v"
        );
        assert_eq!(
            translate(false, text),
            "a IN (SELECT json_array_elements_text($2::json)) \
             AND b IN (SELECT json_array_elements_text($3::json)::bigint) \
             FROM (SELECT * FROM json_to_recordset($4::json) AS x( pk bigint, id text)) v"
        );
    }
}
