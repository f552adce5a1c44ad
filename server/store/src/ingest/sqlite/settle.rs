//! Settling: journalled facts into the tables that reports read.

use std::collections::{BTreeMap, btree_map};

use domain::{Fact, event::Dimension};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    super::{
        fold::{Deltas, Placed, count_fact},
        message_hash,
        recent::Recent,
    },
    journal::{Admitted, Entries, Entry},
    people::{RecentOrdinals, Recipients, next_recipient},
    states::MessageTable,
};
use crate::{
    Result, WorkspaceId,
    rollup::{Key, Rollup, day_of},
};

/// Recipients remembered: about 20 MB in two generations.
const RECIPIENTS_MAX: usize = 300_000;
/// Bytes of roll-up rows remembered, per generation.
const ROLLUP_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What is remembered of the tables.
pub(super) struct Tables {
    recipients: RecentOrdinals,
    rollups: Recent<Key, Rollup>,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            recipients: Recent::new(RECIPIENTS_MAX),
            rollups: Recent::new(ROLLUP_BYTES_MAX),
        }
    }
}

impl Tables {
    pub(super) fn forget(&mut self) {
        self.recipients.clear();
        self.rollups.clear();
    }
}

/// One transaction's work.
pub(super) struct Settlement<'a> {
    tx: &'a Transaction<'a>,
    tables: &'a mut Tables,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, tables: &'a mut Tables) -> Self {
        Self { tx, tables }
    }

    /// Merges the entries into the tables and takes them out of the journal. Answers the workspaces and days whose
    /// ids are now in `dedupe`.
    pub(super) fn settle(&mut self, entries: Entries) -> Result<Vec<(i64, i64)>> {
        let mut remove = self
            .tx
            .prepare_cached("DELETE FROM journal WHERE id = ?1")?;
        for id in entries.keys() {
            remove.execute([id])?;
        }
        let days = self.write_ids(&entries)?;
        let mut placed = self.place(entries)?;
        let mut deltas = Deltas::default();
        for p in &placed {
            count_fact(p, &mut deltas);
        }
        self.settle_messages(&mut placed, &mut deltas)?;
        self.write_events(&mut placed)?;
        drop(placed);
        self.write_rollups(deltas)?;
        self.tx
            .prepare_cached("UPDATE journal_state SET settled = settled + 1")?
            .execute([])?;
        Ok(days)
    }

    /// Ids in the order of their table, so that neighbours share pages.
    fn write_ids(&self, entries: &Entries) -> Result<Vec<(i64, i64)>> {
        let mut ids: Vec<_> = entries
            .values()
            .flat_map(|entry| {
                let of = |a: &Admitted| (entry.workspace, day_of(a.fact.at_us), a.hash);
                entry.facts.iter().map(of)
            })
            .collect();
        ids.sort_unstable();
        let mut insert = self.tx.prepare_cached(
            "INSERT OR IGNORE INTO dedupe (workspace, day, h1, h2) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (workspace, day, (h1, h2)) in &ids {
            insert.execute(params![workspace, day, h1, h2])?;
        }
        let mut days: Vec<_> = ids.into_iter().map(|(ws, day, _)| (ws, day)).collect();
        days.dedup();
        Ok(days)
    }

    /// Gives each fact the ordinal of its recipient.
    fn place(&mut self, entries: Entries) -> Result<Vec<Placed>> {
        let mut next: BTreeMap<i64, i64> = BTreeMap::new();
        let n = entries.values().map(|entry| entry.facts.len()).sum();
        let mut placed = Vec::with_capacity(n);
        let mut recipients = Recipients::new(self.tx, &mut self.tables.recipients)?;
        for Entry { workspace, facts } in entries.into_values() {
            let next = match next.entry(workspace) {
                btree_map::Entry::Occupied(held) => held.into_mut(),
                btree_map::Entry::Vacant(free) => free.insert(next_recipient(self.tx, workspace)?),
            };
            for admitted in facts {
                let fact = admitted.fact;
                placed.push(Placed {
                    workspace: WorkspaceId(workspace),
                    campaign: admitted.campaign,
                    m: message_hash(&fact.message, &fact.recipient),
                    ord: recipients.ordinal(workspace, &fact.recipient, next)?,
                    seq: admitted.seq,
                    fact,
                });
            }
        }
        let mut save = self.tx.prepare_cached(
            "UPDATE workspace SET next_recipient = ?2, settled_seq = seq WHERE id = ?1",
        )?;
        for (workspace, next) in next {
            save.execute([workspace, next])?;
        }
        Ok(placed)
    }

    /// Brings the states of the messages up to date and counts what changed. A message's key is a hash, probed past
    /// collisions: whoever finds another message under it tries the next number, in the next round.
    fn settle_messages(&self, placed: &mut [Placed], deltas: &mut Deltas) -> Result<()> {
        let mut messages = MessageTable::new(self.tx)?;
        let mut open: Vec<usize> = (0..placed.len()).collect();
        while !open.is_empty() {
            open.sort_unstable_by_key(|at| {
                let p = &placed[*at];
                (p.campaign, p.m, p.seq)
            });
            let mut next_round = Vec::new();
            let key = |at: &usize| (placed[*at].campaign, placed[*at].m);
            for same in open.chunk_by(|a, b| key(a) == key(b)) {
                let facts = same.iter().map(|at| (*at, &placed[*at]));
                messages.settle(key(&same[0]), facts, deltas, &mut next_round)?;
            }
            for at in &next_round {
                placed[*at].m = placed[*at].m.wrapping_add(1);
            }
            open = next_round;
        }
        Ok(())
    }

    fn write_events(&self, placed: &mut [Placed]) -> Result<()> {
        placed.sort_unstable_by_key(|p| (p.campaign, p.fact.at_us, p.seq));
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO event (campaign, at, seq, kind, evidence, m, ord, received, id, raw, link,
                 country, os, device, carrier, reason, variant, value, currency, user_agent, ip, props)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                 ?19, ?20, ?21, ?22)",
        )?;
        for p in placed {
            let fact: &Fact = &p.fact;
            let dimension = |d: Dimension| fact.dimensions[d as usize].as_deref();
            insert.execute(params![
                p.campaign,
                fact.at_us,
                p.seq,
                fact.kind.code(),
                fact.evidence.code(),
                p.m,
                p.ord,
                fact.received_us,
                fact.id,
                fact.raw_status,
                dimension(Dimension::Link),
                dimension(Dimension::Country),
                dimension(Dimension::Os),
                dimension(Dimension::Device),
                dimension(Dimension::Carrier),
                dimension(Dimension::Reason),
                dimension(Dimension::Variant),
                fact.value.as_ref().map(|(amount, _)| amount.0),
                fact.value.as_ref().map(|(_, currency)| currency.as_str()),
                fact.user_agent,
                fact.ip,
                fact.props,
            ])?;
        }
        Ok(())
    }

    fn write_rollups(&mut self, deltas: Deltas) -> Result<()> {
        let mut read = self.tx.prepare_cached(
            "SELECT data FROM rollup WHERE scope = ?1 AND family = ?2 AND bucket = ?3 AND value = ?4",
        )?;
        let mut save = self.tx.prepare_cached(
            "INSERT INTO rollup (scope, family, bucket, value, data) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (scope, family, bucket, value) DO UPDATE SET data = excluded.data",
        )?;
        let mut remove = self.tx.prepare_cached(
            "DELETE FROM rollup WHERE scope = ?1 AND family = ?2 AND bucket = ?3 AND value = ?4",
        )?;
        let rollups = &mut self.tables.rollups;
        let mut deltas: Vec<_> = deltas.into_iter().collect();
        deltas.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (key, delta) in deltas {
            let place = params![key.scope, key.family.code(), key.bucket, key.value];
            let mut rollup = match rollups.remove(&key) {
                Some(rollup) => rollup,
                None => {
                    let held: Option<Vec<u8>> =
                        read.query_row(place, |row| row.get(0)).optional()?;
                    match held {
                        Some(bytes) => Rollup::decode(&bytes)?,
                        None => Rollup::default(),
                    }
                }
            };
            rollup.apply(delta);
            if rollup.is_empty() {
                remove.execute(place)?;
            } else {
                let bytes = rollup.encode()?;
                save.execute(params![
                    key.scope,
                    key.family.code(),
                    key.bucket,
                    key.value,
                    bytes
                ])?;
                let weight = rollup.weight();
                rollups.insert(key, rollup, weight);
            }
        }
        Ok(())
    }
}
