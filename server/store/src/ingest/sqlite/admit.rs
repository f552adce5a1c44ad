//! Admitting: which facts are new, and their way into the journal.

use std::{
    collections::{BTreeMap, HashMap},
    sync::PoisonError,
};

use domain::Fact;
use foldhash::fast::RandomState;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    super::{
        CampaignRow, Hash, IngestOutcome, Request, campaign_row, dedupe_hash, seen::seen_key,
        unknown_campaign,
    },
    Memory,
    journal::{self, Admitted, Entries, Entry},
};
use crate::{Change, Result, WorkspaceId, rollup::day_of};

/// References remembered per workspace.
const REFERENCES_MAX: usize = 100_000;

/// A fact found new: where it stands in the requests, and what it was given.
pub(super) struct Mark {
    request: usize,
    fact: usize,
    campaign: i64,
    seq: i64,
    hash: Hash,
}

/// A journal row as written.
pub(super) struct Row {
    id: i64,
    workspace: i64,
    pub(super) marks: Vec<Mark>,
}

/// One transaction's work.
pub(super) struct Admission<'a> {
    tx: &'a Transaction<'a>,
    memory: &'a mut Memory,
    /// Campaigns of the group by key; none: looked for and not there.
    campaigns: HashMap<i64, Option<usize>, RandomState>,
    rows: Vec<(i64, CampaignRow)>,
    /// Number of the next fact, and what was found new, by workspace.
    workspaces: BTreeMap<i64, (i64, Vec<Mark>)>,
}

impl<'a> Admission<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, memory: &'a mut Memory) -> Self {
        Self {
            tx,
            memory,
            campaigns: HashMap::default(),
            rows: Vec::new(),
            workspaces: BTreeMap::new(),
        }
    }

    /// Finds each fact's campaign and drops duplicates; says what became of the request.
    pub(super) fn admit(
        &mut self,
        workspace: WorkspaceId,
        request: usize,
        facts: &[Fact],
    ) -> Result<IngestOutcome> {
        let mut outcome = IngestOutcome::default();
        let (mut next, mut marks) = match self.workspaces.remove(&workspace.0) {
            Some(found) => found,
            None => (self.next_fact(workspace)?, Vec::new()),
        };
        // Neighbours in a request mostly share their campaign.
        let mut last: Option<(&str, usize)> = None;
        for (at, fact) in facts.iter().enumerate() {
            let place = match last {
                Some((reference, place)) if reference == fact.campaign => Some(place),
                _ => self.campaign(workspace, &fact.campaign)?,
            };
            let Some(place) = place else {
                outcome
                    .rejected
                    .push((at, unknown_campaign(&fact.campaign)));
                continue;
            };
            last = Some((&fact.campaign, place));
            let hash = dedupe_hash(&fact.id);
            if !self.is_new(workspace.0, hash, day_of(fact.at_us))? {
                outcome.duplicate += 1;
                continue;
            }
            outcome.accepted += 1;
            let (campaign, row) = &mut self.rows[place];
            row.see(fact);
            marks.push(Mark {
                request,
                fact: at,
                campaign: *campaign,
                seq: next,
                hash,
            });
            next += 1;
        }
        self.workspaces.insert(workspace.0, (next, marks));
        Ok(outcome)
    }

    /// A workspace that is gone has no campaigns either: its facts are turned away one by one.
    fn next_fact(&self, workspace: WorkspaceId) -> Result<i64> {
        let found: Option<i64> = self
            .tx
            .prepare_cached("SELECT next_fact FROM workspace WHERE id = ?1")?
            .query_row([workspace.0], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// The place in `rows` of the campaign that a reference names.
    fn campaign(&mut self, workspace: WorkspaceId, reference: &str) -> Result<Option<usize>> {
        let remembered = self
            .memory
            .references
            .get(&workspace.0)
            .and_then(|known| known.get(reference))
            .copied();
        if let Some(pk) = remembered {
            if let Some(place) = self.row(workspace, pk)? {
                return Ok(Some(place));
            }
            // Deleted since; another may have taken over its external id.
            if let Some(known) = self.memory.references.get_mut(&workspace.0) {
                known.remove(reference);
            }
        }
        let found: Option<i64> = self
            .tx
            .prepare_cached(
                "SELECT pk FROM campaign WHERE id = ?2 AND workspace = ?1
                 UNION ALL SELECT pk FROM campaign WHERE workspace = ?1 AND external_id = ?2
                 LIMIT 1",
            )?
            .query_row(params![workspace.0, reference], |row| row.get(0))
            .optional()?;
        let Some(pk) = found else { return Ok(None) };
        let known = self.memory.references.entry(workspace.0).or_default();
        if known.len() >= REFERENCES_MAX {
            known.clear();
        }
        known.insert(reference.to_owned(), pk);
        self.row(workspace, pk)
    }

    /// The place in `rows` of a campaign, read when it isn't there yet.
    fn row(&mut self, workspace: WorkspaceId, pk: i64) -> Result<Option<usize>> {
        if let Some(place) = self.campaigns.get(&pk) {
            return Ok(*place);
        }
        type Columns = (String, String, Option<i64>, Option<i64>);
        let columns: Option<Columns> = self
            .tx
            .prepare_cached(
                "SELECT kind, status, first_event_us, last_event_us FROM campaign WHERE pk = ?1",
            )?
            .query_row([pk], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let place = match columns {
            None => None,
            Some((kind, status, first_us, last_us)) => {
                let row = campaign_row(workspace, &kind, &status, first_us, last_us)?;
                self.rows.push((pk, row));
                Some(self.rows.len() - 1)
            }
        };
        self.campaigns.insert(pk, place);
        Ok(place)
    }

    /// Whether the id was never seen in this workspace; from now on it was.
    fn is_new(&mut self, workspace: i64, hash: Hash, day: i64) -> Result<bool> {
        let key = seen_key(workspace, hash);
        let may_be_old = {
            let mut seen = self
                .memory
                .seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let may_be_old = !seen.is_ready || seen.bloom.may_hold(key);
            // Not twice: the filter grows with what is added, and repetitions are free.
            if !may_be_old {
                seen.bloom.add(key);
            }
            may_be_old
        };
        if may_be_old {
            if self.memory.unsettled.contains(&(workspace, hash))
                || self.is_settled(workspace, hash, day)?
            {
                return Ok(false);
            }
            self.memory
                .seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .bloom
                .add(key);
        }
        self.memory.unsettled.insert((workspace, hash));
        Ok(true)
    }

    /// Looks the id up: under its own day, where a repetition nearly always is, then under all others, because the
    /// same id may have come with another time.
    fn is_settled(&self, workspace: i64, (h1, h2): Hash, day: i64) -> Result<bool> {
        let mut find = self.tx.prepare_cached(
            "SELECT 1 FROM dedupe WHERE workspace = ?1 AND day = ?2 AND h1 = ?3 AND h2 = ?4",
        )?;
        let Some(days) = self.memory.days.get(&workspace) else {
            return Ok(false);
        };
        let own = days.get(&day).into_iter();
        for day in own.chain(days.iter().rev().filter(|other| **other != day)) {
            if find.exists(params![workspace, day, h1, h2])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Appends what was found new to the journal, and writes the campaigns' rows back.
    pub(super) fn write(self, requests: &[Request]) -> Result<(Vec<Row>, Vec<Change>)> {
        let mut append = self
            .tx
            .prepare_cached("INSERT INTO journal (workspace, data) VALUES (?1, ?2)")?;
        let mut count = self.tx.prepare_cached(
            "UPDATE workspace SET seq = seq + 1, next_fact = ?2 WHERE id = ?1 RETURNING seq",
        )?;
        let mut save = self.tx.prepare_cached(
            "UPDATE campaign SET status = ?2, first_event_us = ?3, last_event_us = ?4, version = ?5,
                 was_live = MAX(was_live, ?2 = 'in_progress')
             WHERE pk = ?1",
        )?;
        let mut rows = Vec::new();
        let mut changes = Vec::new();
        for (workspace, (next, marks)) in self.workspaces {
            if marks.is_empty() {
                continue;
            }
            let facts = marks.iter().map(|mark| {
                (
                    mark.campaign,
                    mark.seq,
                    &requests[mark.request].1[mark.fact],
                )
            });
            append.execute(params![workspace, journal::encode(facts)])?;
            let id = self.tx.last_insert_rowid();
            let version: i64 = count.query_row([workspace, next], |row| row.get(0))?;
            let touched = || {
                self.rows
                    .iter()
                    .filter(|(_, row)| row.touched && row.workspace.0 == workspace)
            };
            for (pk, row) in touched() {
                save.execute(params![
                    pk,
                    row.status.as_str(),
                    row.first_us,
                    row.last_us,
                    version
                ])?;
            }
            changes.push(Change {
                workspace: WorkspaceId(workspace),
                version,
                campaigns: touched().map(|(pk, _)| *pk).collect(),
                is_removal: false,
            });
            rows.push(Row {
                id,
                workspace,
                marks,
            });
        }
        Ok((rows, changes))
    }
}

/// What the rows hold, for memory: the facts are moved out of the requests.
pub(super) fn entries(requests: Vec<Request>, rows: Vec<Row>) -> Entries {
    let mut entries = Entries::new();
    // By request: the entry its facts go to, and the marks in order.
    let mut ways: HashMap<i64, (i64, std::vec::IntoIter<Mark>)> = HashMap::new();
    for row in rows {
        let n = row.marks.len();
        ways.insert(row.workspace, (row.id, row.marks.into_iter()));
        entries.insert(
            row.id,
            Entry {
                workspace: row.workspace,
                facts: Vec::with_capacity(n),
            },
        );
    }
    for (request, (workspace, facts)) in requests.into_iter().enumerate() {
        let Some((id, marks)) = ways.get_mut(&workspace.0) else {
            continue;
        };
        let Some(entry) = entries.get_mut(id) else {
            continue;
        };
        for (at, fact) in facts.into_iter().enumerate() {
            let is_next = |mark: &Mark| mark.request == request && mark.fact == at;
            if marks.as_slice().first().is_some_and(is_next)
                && let Some(mark) = marks.next()
            {
                entry.facts.push(Admitted {
                    campaign: mark.campaign,
                    seq: mark.seq,
                    hash: mark.hash,
                    fact,
                });
            }
        }
    }
    entries
}
