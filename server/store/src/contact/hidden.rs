//! Values that are masked for people who may not see contacts, as SQL tells them.

use crate::{Db, Result, Store, WorkspaceId, macros::reading};

use super::is_attribute_name;

/// Digits from which on a text may hold a number: as [`domain::masking`] has it, whatever stands between them.
const NUMBER_DIGITS: u8 = 7;

/// Whether a text may hold an address or a number; true or false, never NULL. Rather too often than too seldom.
pub(super) fn holds_address(text: &str) -> String {
    let without_digits = (0..=9).fold(text.to_owned(), |text, digit| {
        format!("REPLACE({text}, '{digit}', '')")
    });
    format!(
        "COALESCE({text} LIKE '%@%' OR {text} LIKE '%＠%' OR {text} LIKE '%!%40%' ESCAPE '!'
           OR LENGTH({text}) - LENGTH({without_digits}) >= {NUMBER_DIGITS}, 1 = 0)"
    )
}

impl Store {
    /// Whether somebody's value of this attribute may be an address or a number. `name` is the field of that name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_hidden_values(&self, ws: WorkspaceId, name: &str) -> Result<bool> {
        if name != "name" && !is_attribute_name(name) {
            return Ok(false);
        }
        let value = match (name, self.db()) {
            ("name", _) => "c.name",
            (_, Db::Sqlite { .. }) => "(c.attributes ->> $2)",
            (_, Db::Postgres(_)) => "(c.attributes::json ->> $2)",
        };
        let text = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM contact c WHERE c.workspace = $1 AND $2 <> '' AND {} LIMIT 1) found",
            holds_address(value)
        );
        let sql = self.db().dialect(&text);
        let found: i64 = reading!(self, pool => {
            sqlx::query_scalar(sql).bind(ws.0).bind(name).fetch_one(pool).await?
        });
        Ok(found > 0)
    }
}
