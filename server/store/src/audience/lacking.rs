//! Placeholders that some of those who would be written to have no value for.
//!
//! All of them are counted in one pass over the audience, as costly as counting it: a column for each name, and one for each
//! set of names that one message needs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::Audience,
    channel::AddressKind,
    contact::{Consent, Contact},
};
use sqlx::{AssertSqlSafe, Row};

use super::{
    selection::{Selection, binding},
    sql::Arg,
};
use crate::{Result, Store, WorkspaceId, contact::consent_column, macros::reading};

/// Most names counted; a content has room for more, and nobody uses them.
const NAMES_MAX: usize = 100;
/// What a value may consist of and still be none: everything that `str::trim` takes away.
const BLANK: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// How many of those who would be written to have no value for a name, and two of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LackingName {
    /// The name, as templates write it.
    pub name: String,
    /// People; for push, devices.
    pub count: u64,
    /// Internal keys of the first and the last of them.
    pub contacts: BTreeSet<i64>,
}

/// Those of an audience who would be written to and have no value for a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Who would be written to; for push, devices.
    pub eligible: u64,
    /// Every name that was asked for, by name.
    pub names: Vec<LackingName>,
    /// How many have no value for at least one name of each set, in the order of the sets.
    pub sets: Vec<u64>,
}

/// What is asked: the sets of names, and all names once.
struct Question<'a> {
    names: Vec<&'a str>,
    sets: &'a [BTreeSet<String>],
}

impl<'a> Question<'a> {
    fn new(sets: &'a [BTreeSet<String>]) -> Self {
        let names: BTreeSet<&str> = sets.iter().flatten().map(String::as_str).collect();
        Self {
            names: names.into_iter().take(NAMES_MAX).collect(),
            sets,
        }
    }

    fn nobody(&self) -> Lacking {
        let names = self.names.iter().map(|name| LackingName {
            name: (*name).to_owned(),
            ..LackingName::default()
        });
        Lacking {
            eligible: 0,
            names: names.collect(),
            sets: vec![0; self.sets.len()],
        }
    }

    /// A subquery finds out once for each person and name, whatever is counted of it: its limit, which is none, keeps both
    /// engines from asking again for each count.
    fn sql(&self, selection: &Selection, consent: &str) -> AssertSqlSafe<String> {
        let at = selection.args.len() + 2;
        // Every parameter is named, whatever is asked: PostgreSQL wants to know the type of each.
        let mut named = format!("CAST(${at} AS TEXT) IS NOT NULL");
        let mut found = vec!["c.pk AS pk".to_owned()];
        let mut counted = vec!["COUNT(*)".to_owned()];
        for (n, name) in self.names.iter().enumerate() {
            let value = value(name, at + 1 + n, selection.is_sqlite);
            found.push(format!(
                "CASE WHEN COALESCE(LTRIM({value}, ${at}), '') = '' THEN c.pk END AS n{n}"
            ));
            counted.push(format!("COUNT(n{n}), MIN(n{n}), MAX(n{n})"));
            named.push_str(&format!(" AND CAST(${} AS TEXT) IS NOT NULL", at + 1 + n));
        }
        for set in self.sets {
            let names = self.names.iter().enumerate();
            let lacked: Vec<String> = names
                .filter(|(_, name)| set.contains(**name))
                .map(|(n, _)| format!("n{n}"))
                .collect();
            counted.push(match &lacked[..] {
                [] => "COUNT(NULL)".to_owned(),
                [one] => format!("COUNT({one})"),
                _ => format!("COUNT(COALESCE({}))", lacked.join(", ")),
            });
        }
        let (address, from) = selection.source();
        let (code, condition) = (selection.channel.code(), &selection.condition);
        selection.sql(&format!(
            "SELECT {} FROM (SELECT {}
                 FROM {from} LEFT JOIN suppression s
                     ON s.workspace = c.workspace AND s.channel = {code} AND s.address = {address}
                 WHERE c.workspace = $1 AND {condition} AND {address} IS NOT NULL AND s.source IS NULL
                     AND c.{} {consent} AND {named} LIMIT {}) x",
            counted.join(", "),
            found.join(", "),
            consent_column(selection.channel),
            i64::MAX
        ))
    }

    /// From the columns of the answer.
    fn lacking(&self, columns: &[Option<i64>]) -> Lacking {
        let number = |at: usize| columns.get(at).copied().flatten();
        let count = |at: usize| number(at).unwrap_or(0).unsigned_abs();
        let names = self.names.iter().enumerate().map(|(n, name)| LackingName {
            name: (*name).to_owned(),
            count: count(1 + 3 * n),
            contacts: [number(2 + 3 * n), number(3 + 3 * n)]
                .into_iter()
                .flatten()
                .collect(),
        });
        let after = 1 + 3 * self.names.len();
        Lacking {
            eligible: count(0),
            names: names.collect(),
            sets: (0..self.sets.len()).map(|n| count(after + n)).collect(),
        }
    }
}

/// The value of a contact `c` for a name: its field, or the attribute whose name is bound to `$at`.
fn value(name: &str, at: usize, is_sqlite: bool) -> String {
    match name {
        "name" | "email" | "phone" | "time_zone" | "external_id" => format!("c.{name}"),
        _ if is_sqlite => format!("(c.attributes ->> ${at})"),
        _ => format!("(c.attributes::json ->> ${at})"),
    }
}

impl Lacking {
    /// Adds another part of the same audience.
    fn add(&mut self, part: Self) {
        self.eligible += part.eligible;
        for (name, more) in self.names.iter_mut().zip(part.names) {
            name.count += more.count;
            name.contacts.extend(more.contacts);
            let ends = [
                name.contacts.first().copied(),
                name.contacts.last().copied(),
            ];
            name.contacts = ends.into_iter().flatten().collect();
        }
        for (set, more) in self.sets.iter_mut().zip(part.sets) {
            *set += more;
        }
    }
}

impl Store {
    /// How many of those of an audience who would be written to have no value for each name of some sets, and for at least
    /// one name of each set. A blank value is none. `name`, `email`, `phone`, `time_zone` and `external_id` are the fields of
    /// these names, everything else is an attribute.
    ///
    /// # Errors
    /// As [`Self::select_audience`].
    pub async fn count_lacking(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        audience: &Audience,
        sets: &[BTreeSet<String>],
        now: DateTime<Utc>,
    ) -> Result<Lacking> {
        let question = Question::new(sets);
        let agreed = format!("= {}", Consent::Subscribed as u8);
        match audience {
            Audience::FollowUp { campaign, who } => {
                let mut sum = question.nobody();
                let mut walk = self.walk(ws, campaign, *who).await?;
                while let Some(addresses) = walk.next(self).await? {
                    let selection = self.those_at(ws, channel, &addresses, now)?;
                    sum.add(self.ask_lacking(&selection, &question, &agreed).await?);
                }
                Ok(sum)
            }
            Audience::Typed { .. } => {
                let all = self.count_audience(ws, channel, audience, now).await?;
                let selection = self.select_audience(ws, channel, audience, now).await?;
                // Whoever types an address states that its owner agreed, unless they left.
                let stayed = format!("<> {}", Consent::Unsubscribed as u8);
                let mut known = self.ask_lacking(&selection, &question, &stayed).await?;
                known.add(strangers(
                    &question,
                    channel,
                    all.eligible.saturating_sub(known.eligible),
                ));
                Ok(known)
            }
            other => {
                let selection = self.select_audience(ws, channel, other, now).await?;
                self.ask_lacking(&selection, &question, &agreed).await
            }
        }
    }

    /// Asks once. `consent` compares the consent of a contact, such as `= 1`.
    async fn ask_lacking(
        &self,
        selection: &Selection,
        question: &Question<'_>,
        consent: &str,
    ) -> Result<Lacking> {
        let n_columns = 1 + 3 * question.names.len() + question.sets.len();
        let sql = question.sql(selection, consent);
        let columns: Vec<Option<i64>> = reading!(self, pool => {
            let mut query = binding!(sqlx::query(sql), selection).bind(BLANK);
            for name in &question.names {
                query = query.bind((*name).to_owned());
            }
            let row = query.fetch_one(pool).await?;
            (0..n_columns)
                .map(|at| row.try_get(at))
                .collect::<std::result::Result<_, _>>()?
        });
        Ok(question.lacking(&columns))
    }

    /// Contacts by their internal keys, in the order of the keys; those that are gone are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contacts_by_key(
        &self,
        ws: WorkspaceId,
        keys: &BTreeSet<i64>,
    ) -> Result<Vec<(i64, Contact)>> {
        let keys = crate::contact::bound(keys)?;
        let sql = self.db().dialect(
            "SELECT pk, id FROM contact WHERE workspace = $1 AND pk IN NUMBERS($2) ORDER BY pk",
        );
        let ids: Vec<(i64, String)> = reading!(self, pool => {
            sqlx::query_as(sql).bind(ws.0).bind(keys).fetch_all(pool).await?
        });
        let mut contacts = Vec::with_capacity(ids.len());
        for (pk, id) in ids {
            match self.contact(ws, &id).await {
                Ok(contact) => contacts.push((pk, contact)),
                Err(crate::Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(contacts)
    }
}

/// People who are typed in and no contacts yet: they have the address that was typed, and nothing else.
fn strangers(question: &Question<'_>, channel: Channel, n: u64) -> Lacking {
    let own = match channel.address_kind() {
        AddressKind::Email => "email",
        AddressKind::Phone => "phone",
        AddressKind::Device => "",
    };
    let count = |lacks: bool| if lacks { n } else { 0 };
    let mut lacking = question.nobody();
    lacking.eligible = n;
    for name in &mut lacking.names {
        name.count = count(name.name != own);
    }
    for (set, names) in lacking.sets.iter_mut().zip(question.sets) {
        *set = count(names.iter().any(|name| name != own));
    }
    lacking
}
