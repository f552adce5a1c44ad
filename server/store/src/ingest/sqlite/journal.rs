//! The journal: facts that are durable and not yet merged into the tables that reports read.

use std::collections::BTreeMap;

use domain::{EventKind, Evidence, Fact, event::Dimension, money::Amount};
use rusqlite::Connection;

use super::super::{Hash, dedupe_hash};
use crate::{
    Error, Result,
    codec::{Reader, Writer},
};

const WHAT: &str = "journal";
const FORMAT: u8 = 1;

/// A fact that was found new, and the numbers it was given.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Admitted {
    pub(super) campaign: i64,
    pub(super) seq: i64,
    /// Hash of its id.
    pub(super) hash: Hash,
    pub(super) fact: Fact,
}

/// The facts of one commit in one workspace.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) workspace: i64,
    pub(super) facts: Vec<Admitted>,
}

/// Journal rows by number.
pub(super) type Entries = BTreeMap<i64, Entry>;

/// What stands in the journal: taken from `held` where it is there, else read from the table. What is held and no
/// longer in the table was settled, or removed, by someone else.
pub(super) fn read(db: &Connection, held: &mut Entries) -> Result<Entries> {
    let mut numbers = db.prepare_cached("SELECT id, workspace FROM journal ORDER BY id")?;
    let mut data = db.prepare_cached("SELECT data FROM journal WHERE id = ?1")?;
    let mut entries = Entries::new();
    let mut rows = numbers.query([])?;
    while let Some(row) = rows.next()? {
        let (id, workspace): (i64, i64) = (row.get(0)?, row.get(1)?);
        let entry = match held.remove(&id) {
            Some(entry) => entry,
            None => Entry {
                workspace,
                facts: data.query_row([id], |row| Ok(decode(row.get_ref(0)?.as_blob()?)))??,
            },
        };
        entries.insert(id, entry);
    }
    Ok(entries)
}

/// The bytes of a row. `facts`: campaign, number and fact.
pub(super) fn encode<'f>(facts: impl ExactSizeIterator<Item = (i64, i64, &'f Fact)>) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(160 * facts.len() + 16));
    out.byte(FORMAT);
    out.unsigned(facts.len() as u64);
    let mut before = (0, 0);
    for (campaign, seq, fact) in facts {
        out.signed(campaign);
        out.signed(seq - before.0);
        out.signed(fact.at_us - before.1);
        before = (seq, fact.at_us);
        out.signed(fact.received_us - fact.at_us);
        out.byte(fact.kind.code());
        out.byte(fact.evidence.code());
        out.text(&fact.id);
        out.text(&fact.message);
        out.text(&fact.recipient);
        let texts = texts(fact);
        let mut present = 0_u64;
        for (at, text) in texts.iter().enumerate() {
            present |= u64::from(text.is_some()) << at;
        }
        present |= u64::from(fact.value.is_some()) << texts.len();
        out.unsigned(present);
        for text in texts.into_iter().flatten() {
            out.text(text);
        }
        if let Some((amount, currency)) = &fact.value {
            out.signed(amount.0);
            out.text(currency);
        }
    }
    out.0
}

/// How many texts a fact may have or lack: its dimensions and four more.
const TEXTS: usize = Dimension::COUNT + 4;

fn texts(fact: &Fact) -> [Option<&str>; TEXTS] {
    let mut texts = [None; TEXTS];
    for (text, value) in texts.iter_mut().zip(&fact.dimensions) {
        *text = value.as_deref();
    }
    for (text, value) in texts[Dimension::COUNT..].iter_mut().zip([
        &fact.raw_status,
        &fact.user_agent,
        &fact.ip,
        &fact.props,
    ]) {
        *text = value.as_deref();
    }
    texts
}

/// Reads back what [`encode`] wrote. The campaign's reference is not kept: its number is.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Admitted>> {
    let mut input = Reader::new(bytes, WHAT);
    if input.byte()? != FORMAT {
        return Err(Error::Corrupt(WHAT));
    }
    let n = input.length()?;
    let mut facts = Vec::with_capacity(n.min(100_000));
    let (mut seq, mut at_us) = (0, 0);
    for _ in 0..n {
        let campaign = input.signed()?;
        seq += input.signed()?;
        at_us += input.signed()?;
        let received_us = at_us + input.signed()?;
        let kind = EventKind::from_code(input.byte()?).ok_or(Error::Corrupt(WHAT))?;
        let evidence = Evidence::from_code(input.byte()?).ok_or(Error::Corrupt(WHAT))?;
        let (id, message, recipient) = (input.text()?, input.text()?, input.text()?);
        let present = input.unsigned()?;
        let mut texts: [Option<String>; TEXTS] = Default::default();
        for (at, text) in texts.iter_mut().enumerate() {
            if present >> at & 1 == 1 {
                *text = Some(input.text()?);
            }
        }
        let value = if present >> TEXTS & 1 == 1 {
            Some((Amount(input.signed()?), input.text()?))
        } else {
            None
        };
        let mut texts = texts.into_iter();
        let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
        for (dimension, text) in dimensions.iter_mut().zip(&mut texts) {
            *dimension = text;
        }
        let mut next = || texts.next().flatten();
        let (raw_status, user_agent, ip, props) = (next(), next(), next(), next());
        facts.push(Admitted {
            campaign,
            seq,
            hash: dedupe_hash(&id),
            fact: Fact {
                id,
                campaign: String::new(),
                message,
                recipient,
                kind,
                at_us,
                received_us,
                evidence,
                raw_status,
                dimensions,
                value,
                user_agent,
                ip,
                props,
            },
        });
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(n: i64) -> Fact {
        let text = |name: &str| (n % 2 == 0).then(|| format!("{name} {n} é"));
        let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
        for (at, dimension) in dimensions.iter_mut().enumerate() {
            *dimension = (n % (at as i64 + 2) == 0).then(|| format!("{at}"));
        }
        Fact {
            id: format!("id{n}"),
            campaign: String::new(),
            message: format!("m{n}"),
            recipient: String::new(),
            kind: EventKind::ALL[n as usize % EventKind::ALL.len()],
            at_us: 1_700_000_000_000_000 - n * n * 1_000,
            received_us: 1_700_000_000_000_000 + n,
            evidence: Evidence::default(),
            raw_status: text("raw"),
            dimensions,
            value: (n % 3 == 0).then(|| (Amount(-n * 12_345), "EUR".to_owned())),
            user_agent: text("agent"),
            ip: None,
            props: text("props"),
        }
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let facts: Vec<Fact> = (0..50).map(fact).collect();
        let bytes = encode(
            facts
                .iter()
                .enumerate()
                .map(|(n, fact)| (n as i64 % 7, 1_000 - n as i64, fact)),
        );
        let read = decode(&bytes).unwrap();
        let expected: Vec<Admitted> = facts
            .into_iter()
            .enumerate()
            .map(|(n, fact)| Admitted {
                campaign: n as i64 % 7,
                seq: 1_000 - n as i64,
                hash: dedupe_hash(&fact.id),
                fact,
            })
            .collect();
        assert_eq!(read, expected);
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
