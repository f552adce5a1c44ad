//! Which person a row is, and what becomes of them. Pure: the people are read before and written afterwards.

use std::collections::HashMap;

use domain::{
    Channel, Refusal,
    contact::{ATTRIBUTES_MAX, Attributes, Consent, NewContact},
};

use super::{ContactRow, attributes};
use crate::Result;

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// A new contact.
    Created,
    /// A known one; whether anything of it changed is not told.
    Updated,
    /// Not taken; the field says which column is at fault, `row` the row as a whole.
    Rejected(Refusal),
}

/// Somebody who was read, or is being made.
#[derive(Debug)]
pub(super) struct Somebody {
    /// As they will be; `pk` is 0 for a new one.
    pub(super) row: ContactRow,
    pub(super) is_changed: bool,
}

impl Somebody {
    pub(super) fn is_new(&self) -> bool {
        self.row.pk == 0
    }
}

/// The people that some rows are about.
#[derive(Debug, Default)]
pub(super) struct Merge {
    pub(super) people: Vec<Somebody>,
    by_pk: HashMap<i64, usize>,
    by_external_id: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    by_phone: HashMap<String, usize>,
    /// Addresses whose owners agreed anew.
    pub(super) renewed: Vec<(Channel, String)>,
}

/// Where each of a row's keys leads.
struct Keys {
    external_id: Option<usize>,
    email: Option<usize>,
    phone: Option<usize>,
}

impl Merge {
    /// Takes a known person in, once.
    pub(super) fn know(&mut self, row: ContactRow) -> usize {
        if let Some(at) = self.by_pk.get(&row.pk) {
            return *at;
        }
        let at = self.people.len();
        self.by_pk.insert(row.pk, at);
        self.people.push(Somebody {
            row,
            is_changed: false,
        });
        self.index(at);
        at
    }

    /// Keys lead to whoever has, or had, them: what somebody gave up in this batch isn't free before the next, because
    /// the statements that write it don't know an order.
    fn index(&mut self, at: usize) {
        let row = &self.people[at].row;
        for (map, key) in [
            (&mut self.by_external_id, &row.external_id),
            (&mut self.by_email, &row.email),
            (&mut self.by_phone, &row.phone),
        ] {
            if let Some(key) = key {
                map.entry(key.clone()).or_insert(at);
            }
        }
    }

    fn keys(&self, given: &NewContact) -> Keys {
        let find = |map: &HashMap<String, usize>, key: &Option<String>| {
            key.as_ref().and_then(|key| map.get(key)).copied()
        };
        Keys {
            external_id: find(&self.by_external_id, &given.external_id),
            email: find(&self.by_email, &given.email),
            phone: find(&self.by_phone, &given.phone),
        }
    }

    /// Finds the person a checked row is about, or makes them, and says whether they are new.
    pub(super) fn take(
        &mut self,
        given: &NewContact,
        id: String,
        now_us: i64,
    ) -> Result<(usize, bool)> {
        let keys = self.keys(given);
        self.refuse_contradiction(&keys, given)?;
        let Some(at) = keys.external_id.or(keys.email).or(keys.phone) else {
            let has_key = [&given.external_id, &given.email, &given.phone]
                .into_iter()
                .flatten()
                .any(|key| !key.is_empty());
            if !has_key {
                return Err(Refusal::invalid(
                    "row",
                    "give an id of yours, an e-mail address or a phone number",
                )
                .into());
            }
            return Ok((self.make(given, id, now_us)?, true));
        };
        self.change(at, given, now_us)?;
        Ok((at, false))
    }

    /// Refuses a row that a weaker key would lead to somebody whose stronger key is another one. A number that a household
    /// shares, or a mailbox that a company does, doesn't make one person of two.
    fn refuse_contradiction(&self, keys: &Keys, given: &NewContact) -> Result<()> {
        let differs =
            |owner: usize, key: fn(&ContactRow) -> &Option<String>, given: &Option<String>| {
                let held = key(&self.people[owner].row).as_deref();
                let given = given.as_deref().filter(|key| !key.is_empty());
                matches!((held, given), (Some(held), Some(given)) if held != given)
            };
        let field = match (keys.external_id, keys.email, keys.phone) {
            (Some(_), _, _) => None,
            (None, Some(owner), _) => {
                differs(owner, |row| &row.external_id, &given.external_id).then_some("email")
            }
            (None, None, Some(owner)) => {
                (differs(owner, |row| &row.external_id, &given.external_id)
                    || differs(owner, |row| &row.email, &given.email))
                .then_some("phone")
            }
            (None, None, None) => None,
        };
        match field {
            Some(field) => Err(belongs_to_another(field).into()),
            None => Ok(()),
        }
    }

    /// Makes a person.
    pub(super) fn make(&mut self, given: &NewContact, id: String, now_us: i64) -> Result<usize> {
        let at = self.people.len();
        let row = ContactRow {
            id,
            attributes: "{}".to_owned(),
            created_us: now_us,
            ..ContactRow::default()
        };
        self.people.push(Somebody {
            row,
            is_changed: false,
        });
        if let Err(error) = self.change(at, given, now_us) {
            self.people.pop();
            return Err(error);
        }
        Ok(at)
    }

    /// Changes a person to what a checked row gives.
    pub(super) fn change(&mut self, at: usize, given: &NewContact, now_us: i64) -> Result<()> {
        let keys = self.keys(given);
        for (field, owner) in [
            ("external_id", keys.external_id),
            ("email", keys.email),
            ("phone", keys.phone),
        ] {
            if owner.is_some_and(|owner| owner != at) {
                return Err(belongs_to_another(field).into());
            }
        }
        let somebody = &mut self.people[at];
        let mut row = somebody.row.clone();
        apply(&mut row, given)?;
        forget_consents_of_former_addresses(&somebody.row, &mut row);
        for (channel, consent) in &given.consents {
            let is_renewal = given.is_renewed && *consent == Consent::Subscribed;
            match (row.consent(*channel), consent) {
                (_, Consent::Unknown) => {}
                (Consent::Unsubscribed, Consent::Subscribed) if !is_renewal => {}
                (_, consent) => row.set_consent(*channel, *consent),
            }
            if is_renewal && let Some(address) = row.address(*channel) {
                self.renewed.push((*channel, address.to_owned()));
            }
        }
        if row != somebody.row || somebody.is_new() {
            row.updated_us = now_us;
            somebody.row = row;
            somebody.is_changed = true;
            self.index(at);
        }
        Ok(())
    }
}

fn belongs_to_another(field: &'static str) -> Refusal {
    let words = match field {
        "external_id" => "this id",
        "email" => "this e-mail address",
        _ => "this phone number",
    };
    Refusal::invalid(
        field,
        format!("{words} belongs to another contact; two contacts are never joined by themselves"),
    )
}

/// Takes back what was agreed to for an address that the person no longer has: consent was given for that address (GDPR,
/// Art. 7(1)). A no stays, because it does no harm.
fn forget_consents_of_former_addresses(before: &ContactRow, row: &mut ContactRow) {
    for channel in Channel::ALL {
        let has_moved = before.address(channel) != row.address(channel);
        if has_moved && row.consent(channel) == Consent::Subscribed {
            row.set_consent(channel, Consent::Unknown);
        }
    }
}

fn apply(row: &mut ContactRow, given: &NewContact) -> Result<()> {
    for (kept, given) in [
        (&mut row.external_id, &given.external_id),
        (&mut row.phone, &given.phone),
        (&mut row.email, &given.email),
        (&mut row.time_zone, &given.time_zone),
    ] {
        if let Some(given) = given {
            *kept = Some(given.clone()).filter(|text| !text.is_empty());
        }
    }
    if let Some(name) = &given.name {
        row.name.clone_from(name);
    }
    if given.attributes.is_empty() {
        return Ok(());
    }
    let mut all: Attributes = attributes(&row.attributes)?;
    for (name, value) in &given.attributes {
        if value.is_empty() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    if all.len() > ATTRIBUTES_MAX {
        return Err(Refusal::invalid(
            "attributes",
            format!("a contact has at most {ATTRIBUTES_MAX}"),
        )
        .into());
    }
    row.attributes = super::bound(&all)?;
    Ok(())
}
