//! Finding contacts and counting them.

use std::{collections::HashMap, fmt::Write};

use domain::{
    Channel, Refusal,
    channel::AddressKind,
    contact::{Consent, Contact, ContactCounts, ContactPage, ContactQuery, SuppressionSource},
};

use super::{
    ContactRow, bound, channel, consent_column, contact_columns, hidden::holds_address, like,
    source,
};
use crate::{Result, Store, WorkspaceId, db::is_storable, macros::reading};

/// Characters of a search that are looked at.
const QUERY_CHARS_MAX: usize = 200;
/// Most contacts of one page.
const PAGE_MAX: u32 = 500;
/// Names of attributes are collected from this many of the newest contacts.
const NAMES_FROM: i64 = 10_000;

impl Store {
    /// How many contacts there are and how many can be reached.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact_counts(&self, ws: WorkspaceId) -> Result<ContactCounts> {
        // One walk through the table for all of them. `pk > 0` holds SQLite to the order of the table: by the index of the
        // numbers it would look each row up somewhere else.
        let mut agreed = String::from("SELECT COUNT(*)");
        for channel in Channel::ALL {
            let address = address_column(channel).unwrap_or("NULL");
            let (consent, is) = (consent_column(channel), Consent::Subscribed as u8);
            let _ = write!(
                agreed,
                ", COUNT(CASE WHEN {consent} = {is} THEN {address} END)"
            );
        }
        agreed.push_str(" FROM contact WHERE workspace = $1 AND pk > 0");
        let sql = self.db().dialect(&agreed);
        let (contacts, sms, email, push, whatsapp, rcs): (i64, i64, i64, i64, i64, i64) =
            reading!(self, pool => sqlx::query_as(sql).bind(ws.0).fetch_one(pool).await?);
        let mut counts = ContactCounts {
            contacts: contacts.unsigned_abs(),
            reachable: [sms, email, push, whatsapp, rcs].map(i64::unsigned_abs),
            ..ContactCounts::default()
        };
        for (at, channel) in Channel::ALL.into_iter().enumerate() {
            let code = channel.code();
            let consent = format!(
                "c.{} = {}",
                consent_column(channel),
                Consent::Subscribed as u8
            );
            let blocked = format!(
                "SELECT COUNT(*) FROM suppression WHERE workspace = $1 AND channel = {code}"
            );
            counts.suppressed[at] = self.count(&blocked, ws).await?;
            match address_column(channel) {
                // Few are suppressed: they are looked up and taken off.
                Some(address) => {
                    let without = format!(
                        "SELECT COUNT(*) FROM suppression s
                         JOIN contact c ON c.workspace = s.workspace AND c.{address} = s.address
                         WHERE s.workspace = $1 AND s.channel = {code} AND {consent}"
                    );
                    let without = self.count(&without, ws).await?;
                    counts.reachable[at] = counts.reachable[at].saturating_sub(without);
                }
                None => {
                    counts.reachable[at] = self.count(&format!(
                        "SELECT COUNT(DISTINCT d.contact) FROM device d JOIN contact c ON c.pk = d.contact
                         WHERE d.workspace = $1 AND {consent} AND NOT EXISTS (
                             SELECT 1 FROM suppression s WHERE s.workspace = $1 AND s.channel = {code}
                             AND s.address = d.address)"
                    ), ws).await?;
                }
            }
        }
        Ok(counts)
    }

    async fn count(&self, text: &str, ws: WorkspaceId) -> Result<u64> {
        let sql = self.db().dialect(text);
        let n: i64 =
            reading!(self, pool => sqlx::query_scalar(sql).bind(ws.0).fetch_one(pool).await?);
        Ok(n.unsigned_abs())
    }

    /// A page of contacts, newest first. `by_part` says whether numbers and addresses are found by their beginnings:
    /// otherwise, for those who see them masked, only a whole one is found, or the masked rest could be found out digit by
    /// digit. Names are found by any part, but for those that hold a number or an address.
    ///
    /// # Errors
    /// Refused for a cursor that is none of ours, or a list that isn't there.
    pub async fn contacts(
        &self,
        ws: WorkspaceId,
        query: &ContactQuery,
        by_part: bool,
        limit: u32,
    ) -> Result<ContactPage> {
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let before = cursor(query.cursor.as_deref())?;
        if !is_storable(&query.q) {
            return Ok(ContactPage::default());
        }
        let list = match query.list.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => self.list_pk(ws, id).await?,
            None => 0,
        };
        let q: String = query
            .q
            .trim()
            .chars()
            .take(QUERY_CHARS_MAX)
            .collect::<String>()
            .to_lowercase();
        let text = page_text(!q.is_empty(), by_part, list != 0, query.blocked);
        let address = if by_part {
            format!("{}%", like(&q))
        } else {
            q.clone()
        };
        let sql = self.db().dialect(&text);
        let mut rows: Vec<ContactRow> = reading!(self, pool => {
            sqlx::query_as(sql)
                .bind(ws.0)
                .bind(before)
                .bind(format!("%{}%", like(&q)))
                .bind(address)
                .bind(list)
                .bind(limit as i64 + 1)
                .bind(if q.is_empty() { "" } else { query.q.trim() })
                .fetch_all(pool)
                .await?
        });
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| has_more)
            .map(|row| row.pk.to_string());
        Ok(ContactPage {
            contacts: self.whole(ws, rows).await?,
            next_cursor,
        })
    }

    /// One contact.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn contact(&self, ws: WorkspaceId, id: &str) -> Result<Contact> {
        const SQL: &str = concat!(
            "SELECT ",
            contact_columns!(),
            " FROM contact WHERE workspace = $1 AND id = $2"
        );
        let row: Option<ContactRow> = if is_storable(id) {
            reading!(self, pool => {
                sqlx::query_as(SQL).bind(ws.0).bind(id).fetch_optional(pool).await?
            })
        } else {
            None
        };
        let mut found = self.whole(ws, row.into_iter().collect()).await?;
        Ok(found.pop().ok_or_else(|| Refusal::not_found("contact"))?)
    }

    /// Names of the attributes in use, by name: those of the 10,000 newest contacts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attribute_names(&self, ws: WorkspaceId) -> Result<Vec<String>> {
        const NEWEST: &str =
            "(SELECT attributes FROM contact WHERE workspace = $1 ORDER BY pk DESC LIMIT $2) c";
        let text = match self.db() {
            crate::Db::Sqlite { .. } => {
                format!("SELECT DISTINCT j.key FROM {NEWEST}, json_each(c.attributes) j ORDER BY 1")
            }
            crate::Db::Postgres(_) => format!(
                "SELECT DISTINCT k FROM {NEWEST}, LATERAL json_object_keys(c.attributes::json) k ORDER BY 1"
            ),
        };
        let sql = self.db().dialect(&text);
        Ok(reading!(self, pool => {
            sqlx::query_scalar(sql).bind(ws.0).bind(NAMES_FROM).fetch_all(pool).await?
        }))
    }

    /// Rows with what other tables know of them, in the same order.
    async fn whole(&self, ws: WorkspaceId, rows: Vec<ContactRow>) -> Result<Vec<Contact>> {
        let pks: Vec<i64> = rows.iter().map(|row| row.pk).collect();
        let sql = self.db().dialect(
            "SELECT contact, address FROM device WHERE contact IN NUMBERS($1) ORDER BY pk",
        );
        let pks = bound(&pks)?;
        let devices: Vec<(i64, String)> =
            reading!(self, pool => sqlx::query_as(sql).bind(pks).fetch_all(pool).await?);
        let mut addresses: Vec<&str> = devices
            .iter()
            .map(|(_, address)| address.as_str())
            .collect();
        for row in &rows {
            addresses.extend(row.phone.as_deref());
            addresses.extend(row.email.as_deref());
        }
        let sql = self.db().dialect(
            "SELECT channel, address, source FROM suppression
             WHERE workspace = $1 AND channel IN (0, 1, 2, 3, 4) AND address IN TEXTS($2)",
        );
        let addresses = bound(&addresses)?;
        let blocked: Vec<(i64, String, i64)> = reading!(self, pool => {
            sqlx::query_as(sql).bind(ws.0).bind(addresses).fetch_all(pool).await?
        });
        let mut blocks: HashMap<&str, Vec<(Channel, SuppressionSource)>> = HashMap::new();
        for (code, address, why) in &blocked {
            blocks
                .entry(address)
                .or_default()
                .push((channel(*code)?, source(*why)?));
        }
        let of = |address: Option<&str>| {
            address
                .and_then(|address| blocks.get(address))
                .into_iter()
                .flatten()
        };
        rows.into_iter()
            .map(|row| {
                let own: Vec<&str> = devices
                    .iter()
                    .filter(|(contact, _)| *contact == row.pk)
                    .map(|(_, address)| address.as_str())
                    .collect();
                let mut suppressed: Vec<_> = of(row.phone.as_deref())
                    .chain(of(row.email.as_deref()))
                    .chain(own.iter().flat_map(|address| of(Some(address))))
                    .copied()
                    .collect();
                suppressed.sort_unstable();
                suppressed.dedup();
                row.contact(suppressed, u32::try_from(own.len()).unwrap_or(u32::MAX))
            })
            .collect()
    }
}

/// Column of a contact that holds a channel's address; none for push.
fn address_column(channel: Channel) -> Option<&'static str> {
    match channel.address_kind() {
        AddressKind::Phone => Some("phone"),
        AddressKind::Email => Some("email"),
        AddressKind::Device => None,
    }
}

/// The statement of a page: what is searched for, how, and where.
fn page_text(is_search: bool, by_part: bool, is_of_list: bool, is_blocked: bool) -> String {
    let mut text = String::from(concat!(
        "SELECT ",
        contact_columns!(),
        " FROM contact WHERE workspace = $1 AND pk < $2"
    ));
    match (is_search, by_part) {
        (true, true) => text.push_str(
            " AND (name_folded LIKE $3 ESCAPE '!' OR phone LIKE $4 ESCAPE '!' OR email LIKE $4 ESCAPE '!'
               OR external_id = $7)",
        ),
        (true, false) => {
            let is_hidden = holds_address("name_folded");
            let _ = write!(
                text,
                " AND ((name_folded LIKE $3 ESCAPE '!' AND NOT {is_hidden}) OR name_folded = $4
                   OR phone = $4 OR email = $4 OR external_id = $7)"
            );
        }
        // Every parameter must stand somewhere, or PostgreSQL doesn't know its type.
        (false, _) => text.push_str(" AND $3 = '%%' AND $4 <> '!' AND $7 = ''"),
    }
    text.push_str(if is_of_list {
        " AND pk IN (SELECT contact FROM contact_list_member WHERE list = $5)"
    } else {
        " AND $5 = 0"
    });
    if is_blocked {
        text.push_str(BLOCKED);
    }
    text.push_str(" ORDER BY pk DESC LIMIT $6");
    text
}

/// Suppressed on any channel.
const BLOCKED: &str = " AND (
    EXISTS (SELECT 1 FROM suppression s WHERE s.workspace = $1 AND s.channel IN (0, 3, 4) AND s.address = contact.phone)
    OR EXISTS (SELECT 1 FROM suppression s WHERE s.workspace = $1 AND s.channel = 1 AND s.address = contact.email)
    OR EXISTS (SELECT 1 FROM device d JOIN suppression s
        ON s.workspace = $1 AND s.channel = 2 AND s.address = d.address WHERE d.contact = contact.pk))";

/// The key a page begins before.
pub(super) fn cursor(cursor: Option<&str>) -> Result<i64, Refusal> {
    match cursor {
        None | Some("") => Ok(i64::MAX),
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid("cursor", "is not one this server gave")),
    }
}
