//! Adding, changing and deleting contacts, one or thousands at a time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    contact::{Consent, Contact, NewContact},
};

use super::{
    ContactRow, bound,
    check::checked,
    consent_column, contact_columns,
    dry_run::DryRun,
    merge::{Merge, Upserted},
    normal_address,
};
use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    turn::{Turn, within},
};

/// Most rows written in one transaction: numbers and addresses come in no order, so that every transaction changes pages
/// all over their indexes, and few large ones write far less than many small ones.
const BATCH: usize = 20_000;

/// Ids for one batch of contacts. They begin with the time, so that neighbours in time share pages of the index.
#[derive(Debug)]
pub(super) struct Ids {
    head: String,
    next: u32,
}

impl Ids {
    /// # Errors
    /// When the machine has no randomness.
    pub(super) fn at(now: DateTime<Utc>) -> Result<Self> {
        let millis = now.timestamp_millis().max(0).unsigned_abs();
        let random = crate::id::random()?;
        Ok(Self {
            head: format!("{}{}", digits(millis, 9), &random[..8]),
            next: 0,
        })
    }

    pub(super) fn next(&mut self) -> String {
        self.next += 1;
        format!("{}{}", self.head, digits(u64::from(self.next), 3))
    }
}

/// The last `n` digits of a number in base 32, whose letters sort as the number does.
fn digits(number: u64, n: u32) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..n)
        .rev()
        .map(|place| char::from(ALPHABET[((number >> (5 * place)) & 31) as usize]))
        .collect()
}

impl Store {
    /// Adds contacts, or changes those that are known, and puts all of them on a list where one is given (by id). One
    /// outcome for each row, in order; each 20,000 rows are one transaction.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a list that isn't there; when the database fails, earlier thousands stay written.
    pub async fn upsert_contacts(
        &self,
        ws: WorkspaceId,
        contacts: Vec<NewContact>,
        list: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Upserted>> {
        let list = match list {
            Some(id) => Some(self.list_pk(ws, id).await?),
            None => None,
        };
        let mut outcomes = Vec::with_capacity(contacts.len());
        let mut rest = contacts;
        while !rest.is_empty() {
            let tail = rest.split_off(rest.len().min(BATCH));
            let mut turn = self.turn(ws).await?;
            outcomes.append(&mut turn.upsert(ws, rest, list, now).await?);
            turn.commit().await?;
            rest = tail;
        }
        Ok(outcomes)
    }

    /// Adds a contact, or changes the one with this id. Without an id, somebody with the same keys is the same person.
    /// Empty texts take a value away.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], or [`Refusal::Invalid`] with the field at fault.
    pub async fn save_contact(
        &self,
        ws: WorkspaceId,
        id: Option<&str>,
        new: NewContact,
        now: DateTime<Utc>,
    ) -> Result<Contact> {
        let given = checked(new)?;
        let mut turn = self.turn(ws).await?;
        let known = match id {
            Some(id) => Some(turn.contact_row(ws, id).await?),
            None => None,
        };
        let mut merge = turn.people_of(ws, std::slice::from_ref(&given)).await?;
        let now_us = now.timestamp_micros();
        let at = match known {
            Some(row) => {
                let at = merge.know(row);
                merge.change(at, &given, now_us)?;
                at
            }
            None => merge.take(&given, Ids::at(now)?.next(), now_us)?.0,
        };
        let id = merge.people[at].row.id.clone();
        turn.write_people(ws, &merge).await?;
        turn.commit().await?;
        self.contact(ws, &id).await
    }

    /// Deletes a contact with their devices and memberships. Suppressions of their addresses stay.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn delete_contact(&self, ws: WorkspaceId, id: &str) -> Result<()> {
        let mut turn = self.turn(ws).await?;
        let pk = turn.contact_row(ws, id).await?.pk;
        within!(&mut turn, conn => {
            sqlx::query("DELETE FROM contact WHERE pk = $1").bind(pk).execute(conn).await?;
        });
        turn.commit().await
    }

    /// Sets what the owner of an address agreed to on a channel, as they themselves said. `Subscribed` also lifts the
    /// suppressions that a new consent lifts ([`domain::contact::SuppressionSource::is_lifted_by_consent`]). Says whether a
    /// contact has the address.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an address the channel can't have.
    pub async fn set_consent(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        address: &str,
        consent: Consent,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let address = normal_address(channel, address)?;
        let mut turn = self.turn(ws).await?;
        let whose = match channel {
            Channel::Email => "email = $2",
            Channel::Push => {
                "pk = (SELECT contact FROM device WHERE workspace = $1 AND address = $2)"
            }
            Channel::Sms | Channel::WhatsApp | Channel::Rcs => "phone = $2",
        };
        if consent != Consent::Unknown {
            within!(&mut turn, conn => {
                sqlx::query(crate::sending::consent::REMEMBER)
                    .bind(ws.0)
                    .bind(i64::from(channel.code()))
                    .bind(&address)
                    .bind(i64::from(consent as u8))
                    .bind(now.timestamp_micros())
                    .execute(conn)
                    .await?;
            });
        }
        let sql = turn.dialect(&format!(
            "UPDATE contact SET {} = $3, updated_us = $4 WHERE workspace = $1 AND {whose}",
            consent_column(channel)
        ));
        let changed = within!(&mut turn, conn => {
            sqlx::query(sql)
                .bind(ws.0)
                .bind(&address)
                .bind(i64::from(consent as u8))
                .bind(now.timestamp_micros())
                .execute(conn)
                .await?
                .rows_affected()
        });
        if consent == Consent::Subscribed {
            turn.lift(ws, &[(channel, address)]).await?;
        }
        turn.commit().await?;
        Ok(changed > 0)
    }
}

impl Turn<'_> {
    /// The row of a contact.
    pub(super) async fn contact_row(&mut self, ws: WorkspaceId, id: &str) -> Result<ContactRow> {
        if !is_storable(id) {
            return Err(Refusal::not_found("contact").into());
        }
        const SQL: &str = concat!(
            "SELECT ",
            contact_columns!(),
            " FROM contact WHERE workspace = $1 AND id = $2"
        );
        let row: Option<ContactRow> = within!(self, conn => {
            sqlx::query_as(SQL).bind(ws.0).bind(id).fetch_optional(conn).await?
        });
        Ok(row.ok_or_else(|| Refusal::not_found("contact"))?)
    }

    /// The row with this key.
    pub(super) async fn row_by_pk(&mut self, pk: i64) -> Result<ContactRow> {
        const SQL: &str = concat!("SELECT ", contact_columns!(), " FROM contact WHERE pk = $1");
        Ok(within!(self, conn => sqlx::query_as(SQL).bind(pk).fetch_one(conn).await?))
    }

    /// Adds or changes contacts; [`BATCH`] rows at most.
    pub(crate) async fn upsert(
        &mut self,
        ws: WorkspaceId,
        contacts: Vec<NewContact>,
        list: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Upserted>> {
        let (outcomes, merge, touched) = self.matched(ws, contacts, None, now).await?;
        self.write_people(ws, &merge).await?;
        if let Some(list) = list {
            let ids: Vec<&str> = touched
                .iter()
                .map(|at| merge.people[*at].row.id.as_str())
                .collect();
            self.join(list, &ids).await?;
        }
        Ok(outcomes)
    }

    /// What would become of rows: nothing is written. `dry_run` tells, and is told, what other batches would have done.
    pub(super) async fn matched(
        &mut self,
        ws: WorkspaceId,
        contacts: Vec<NewContact>,
        mut dry_run: Option<&mut DryRun>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Upserted>, Merge, BTreeSet<usize>)> {
        let given: Vec<Result<NewContact, Refusal>> = contacts.into_iter().map(checked).collect();
        let mut merge = self.people_of(ws, given.iter().flatten()).await?;
        if let Some(dry_run) = dry_run.as_deref_mut() {
            merge = dry_run.recall(merge, given.iter().flatten());
        }
        let mut ids = Ids::at(now)?;
        let mut touched = BTreeSet::new();
        let mut outcomes = Vec::with_capacity(given.len());
        for given in given {
            let taken = given
                .map_err(Error::from)
                .and_then(|given| merge.take(&given, ids.next(), now.timestamp_micros()));
            outcomes.push(match taken {
                Ok((at, is_new)) => {
                    touched.insert(at);
                    if is_new {
                        Upserted::Created
                    } else {
                        Upserted::Updated
                    }
                }
                Err(Error::Refused(refusal)) => Upserted::Rejected(refusal),
                Err(error) => return Err(error),
            });
        }
        if let Some(dry_run) = dry_run {
            dry_run.remember(&merge);
        }
        Ok((outcomes, merge, touched))
    }

    /// Everybody the rows may be about.
    pub(super) async fn people_of<'a>(
        &mut self,
        ws: WorkspaceId,
        given: impl IntoIterator<Item = &'a NewContact> + Clone,
    ) -> Result<Merge> {
        let mut merge = Merge::default();
        let column = |read: fn(&NewContact) -> Option<&str>| {
            let keys: BTreeSet<&str> = given
                .clone()
                .into_iter()
                .filter_map(read)
                .filter(|key| !key.is_empty())
                .collect();
            keys
        };
        for (name, keys) in [
            ("external_id", column(|row| row.external_id.as_deref())),
            ("email", column(|row| row.email.as_deref())),
            ("phone", column(|row| row.phone.as_deref())),
        ] {
            if keys.is_empty() {
                continue;
            }
            let sql = self.dialect(&format!(
                concat!(
                    "SELECT ",
                    contact_columns!(),
                    " FROM contact WHERE workspace = $1 AND {} IN TEXTS($2)"
                ),
                name
            ));
            let keys = bound(&keys)?;
            let rows: Vec<ContactRow> = within!(self, conn => {
                sqlx::query_as(sql).bind(ws.0).bind(keys).fetch_all(conn).await?
            });
            for row in rows {
                merge.know(row);
            }
        }
        Ok(merge)
    }
}
