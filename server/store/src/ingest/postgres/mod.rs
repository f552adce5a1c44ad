//! The writer for PostgreSQL: every step one statement over arrays.
//!
//! Several servers may share a database: each commit first locks its workspace's row, so that writers take
//! turns and reading a roll-up and writing it back is safe. Changes of campaigns lock it first, too.

mod rollups;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{Fact, event::Dimension, message::MessageState};
use sqlx::{PgPool, Postgres, Row, Transaction};

use super::{
    CampaignRow, Committed, IngestOutcome, Job, Queue, Request, campaign_row, dedupe_hash,
    fold::{Messages, Placed, Touched, fold},
    message_hash, unknown_campaign,
};
use crate::{Change, Error, Result, WorkspaceId, state, transaction};

/// Rows a single statement carries.
const ROWS_PER_STATEMENT: usize = 5_000;

/// Starts the writer's task.
pub(super) fn start(pool: PgPool, mut queue: Queue) {
    tokio::spawn(async move {
        while let Some(first) = queue.commands.recv().await {
            let group = queue.fill(first).without_checks();
            if !group.jobs.is_empty() {
                let (requests, replies) = Job::apart(group.jobs);
                let committed = commit(&pool, &requests).await;
                queue.answer(replies, committed);
            }
            for done in group.settle.into_iter().chain(group.forget) {
                // Nothing is put off, and nothing is remembered between commits.
                let _gone = done.send(true);
            }
        }
    });
}

/// Writes a group of requests; one that can't be written fails alone.
async fn commit(pool: &PgPool, requests: &[Request]) -> Committed {
    match try_commit(pool, requests).await {
        Ok(committed) => committed,
        Err(error) if requests.len() <= 1 => Committed::failed(requests.len(), &error),
        Err(_) => {
            let mut all = Committed::default();
            for request in requests {
                let request = std::slice::from_ref(request);
                all.append(match try_commit(pool, request).await {
                    Ok(committed) => committed,
                    Err(error) => Committed::failed(1, &error),
                });
            }
            all
        }
    }
}

async fn try_commit(pool: &PgPool, jobs: &[Request]) -> Result<Committed> {
    let mut tx = transaction::write_postgres(pool).await?;
    let workspaces: BTreeSet<WorkspaceId> = jobs.iter().map(|(workspace, _)| *workspace).collect();
    let mut outcomes: Vec<IngestOutcome> = vec![IngestOutcome::default(); jobs.len()];
    let mut changes = Vec::new();
    // In one order everywhere, so that two servers cannot wait for each other.
    for workspace in workspaces {
        let mine: Vec<(usize, &Vec<Fact>)> = jobs
            .iter()
            .enumerate()
            .filter(|(_, (of, _))| *of == workspace)
            .map(|(job, (_, facts))| (job, facts))
            .collect();
        if let Some(change) = commit_workspace(&mut tx, workspace, &mine, &mut outcomes).await? {
            changes.push(change);
        }
    }
    tx.commit().await?;
    Ok(Committed {
        outcomes: outcomes.into_iter().map(Ok).collect(),
        changes,
    })
}

async fn commit_workspace(
    tx: &mut Transaction<'_, Postgres>,
    workspace: WorkspaceId,
    jobs: &[(usize, &Vec<Fact>)],
    outcomes: &mut [IngestOutcome],
) -> Result<Option<Change>> {
    let row =
        sqlx::query("SELECT next_recipient, next_fact FROM workspace WHERE id = $1 FOR UPDATE")
            .bind(workspace.0)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(row) = row else {
        turn_away(jobs, outcomes);
        return Ok(None);
    };
    let (mut next_recipient, mut next_fact): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let mut campaigns = load_campaigns(tx, workspace, jobs).await?;

    // Who is new: within the group the first of equal ids, then whatever the table doesn't hold yet.
    let mut hashes: HashMap<(i64, i64), ()> = HashMap::new();
    let mut candidates: Vec<(usize, i64, (i64, i64), &Fact)> = Vec::new();
    for (job, facts) in jobs {
        let outcome = &mut outcomes[*job];
        for (index, fact) in facts.iter().enumerate() {
            let Some((pk, _)) = campaigns.get(&fact.campaign) else {
                outcome
                    .rejected
                    .push((index, unknown_campaign(&fact.campaign)));
                continue;
            };
            let hash = dedupe_hash(&fact.id);
            if hashes.insert(hash, ()).is_some() {
                outcome.duplicate += 1;
            } else {
                candidates.push((*job, *pk, hash, fact));
            }
        }
    }
    let fresh = insert_keys(tx, workspace, candidates.iter().map(|c| c.2)).await?;
    candidates.retain(|(job, _, hash, _)| {
        let is_new = fresh.contains(hash);
        let outcome = &mut outcomes[*job];
        outcome.accepted += u64::from(is_new);
        outcome.duplicate += u64::from(!is_new);
        is_new
    });
    if candidates.is_empty() {
        return Ok(None);
    }

    let ords = give_ordinals(
        tx,
        workspace,
        candidates.iter().map(|c| c.3.recipient.as_str()),
        &mut next_recipient,
    )
    .await?;

    let mut placed = Vec::with_capacity(candidates.len());
    for (_, pk, _, fact) in candidates {
        if let Some((_, row)) = campaigns.get_mut(&fact.campaign) {
            row.see(fact);
        }
        let Some(ord) = ords.get(fact.recipient.as_str()) else {
            continue;
        };
        placed.push(Placed {
            workspace,
            campaign: pk,
            m: message_hash(&fact.message, &fact.recipient),
            ord: *ord,
            seq: next_fact,
            fact: fact.clone(),
        });
        next_fact += 1;
    }
    let mut messages = settle_messages(tx, &mut placed).await?;
    let deltas = fold(&placed, &mut messages);
    write_events(tx, &placed).await?;
    write_messages(tx, &placed, &messages).await?;
    rollups::write_rollups(tx, deltas).await?;

    let version: i64 = sqlx::query_scalar(
        "UPDATE workspace SET seq = seq + 1, next_recipient = $2, next_fact = $3 WHERE id = $1
         RETURNING seq",
    )
    .bind(workspace.0)
    .bind(next_recipient)
    .bind(next_fact)
    .fetch_one(&mut **tx)
    .await?;
    let touched = save_campaigns(tx, campaigns, version).await?;
    Ok(Some(Change {
        workspace,
        version,
        campaigns: touched.into(),
        is_removal: false,
    }))
}

/// Writes back what the facts changed of their campaigns; their keys.
async fn save_campaigns(
    tx: &mut Transaction<'_, Postgres>,
    campaigns: HashMap<String, (i64, CampaignRow)>,
    version: i64,
) -> Result<Vec<i64>> {
    // Two references may name one campaign: what they saw is united.
    let mut rows: BTreeMap<i64, CampaignRow> = BTreeMap::new();
    for (pk, row) in campaigns.into_values().filter(|(_, row)| row.touched) {
        match rows.get_mut(&pk) {
            None => {
                rows.insert(pk, row);
            }
            Some(held) => {
                held.first_us = [held.first_us, row.first_us].into_iter().flatten().min();
                held.last_us = held.last_us.max(row.last_us);
                if row.status != held.status && row.status == domain::CampaignStatus::InProgress {
                    held.status = row.status;
                }
            }
        }
    }
    for (pk, row) in &rows {
        sqlx::query(
            "UPDATE campaign SET status = $2, first_event_us = $3, last_event_us = $4, version = $5,
                 was_live = CASE WHEN $2 = 'in_progress' THEN 1 ELSE was_live END
             WHERE pk = $1",
        )
        .bind(pk)
        .bind(row.status.as_str())
        .bind(row.first_us)
        .bind(row.last_us)
        .bind(version)
        .execute(&mut **tx)
        .await?;
    }
    Ok(rows.into_keys().collect())
}

/// The workspace is gone, and its campaigns with it: the facts are turned away one by one.
fn turn_away(jobs: &[(usize, &Vec<Fact>)], outcomes: &mut [IngestOutcome]) {
    for (job, facts) in jobs {
        let all = facts.iter().enumerate();
        outcomes[*job].rejected = all
            .map(|(index, fact)| (index, unknown_campaign(&fact.campaign)))
            .collect();
    }
}

async fn load_campaigns(
    tx: &mut Transaction<'_, Postgres>,
    workspace: WorkspaceId,
    jobs: &[(usize, &Vec<Fact>)],
) -> Result<HashMap<String, (i64, CampaignRow)>> {
    let references: Vec<&str> = jobs
        .iter()
        .flat_map(|(_, facts)| facts.iter().map(|fact| fact.campaign.as_str()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // Locked, so that a status set at the same time isn't overwritten with what was read before. The
    // platform id comes last and wins over another campaign's external id of the same text.
    let rows = sqlx::query(
        "SELECT CASE WHEN id = ANY($2) THEN 1 ELSE 0 END AS by_id, id, external_id, pk, kind, status,
                first_event_us, last_event_us
         FROM campaign
         WHERE workspace = $1 AND (id = ANY($2) OR external_id = ANY($2))
         ORDER BY pk FOR UPDATE",
    )
    .bind(workspace.0)
    .bind(&references)
    .fetch_all(&mut **tx)
    .await?;
    let wanted: HashSet<&str> = references.into_iter().collect();
    let mut campaigns = HashMap::new();
    for by_id in [0, 1] {
        for row in &rows {
            let name: Option<String> = if by_id == 1 {
                Some(row.try_get("id")?)
            } else {
                row.try_get("external_id")?
            };
            let Some(name) = name.filter(|name| wanted.contains(name.as_str())) else {
                continue;
            };
            let campaign = campaign_row(
                workspace,
                row.try_get("kind")?,
                row.try_get("status")?,
                row.try_get("first_event_us")?,
                row.try_get("last_event_us")?,
            )?;
            campaigns.insert(name, (row.try_get("pk")?, campaign));
        }
    }
    Ok(campaigns)
}

async fn insert_keys(
    tx: &mut Transaction<'_, Postgres>,
    workspace: WorkspaceId,
    hashes: impl Iterator<Item = (i64, i64)>,
) -> Result<HashSet<(i64, i64)>> {
    let mut hashes: Vec<(i64, i64)> = hashes.collect();
    hashes.sort_unstable();
    let (h1, h2): (Vec<i64>, Vec<i64>) = hashes.into_iter().unzip();
    let rows = sqlx::query(
        "INSERT INTO dedupe (workspace, h1, h2)
         SELECT $1, a, b FROM unnest($2::bigint[], $3::bigint[]) AS t (a, b)
         ON CONFLICT DO NOTHING RETURNING h1, h2",
    )
    .bind(workspace.0)
    .bind(h1)
    .bind(h2)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

async fn give_ordinals<'k>(
    tx: &mut Transaction<'_, Postgres>,
    workspace: WorkspaceId,
    keys: impl Iterator<Item = &'k str>,
    next: &mut i64,
) -> Result<HashMap<String, u32>> {
    let read = |ord: i64| u32::try_from(ord).map_err(|_| Error::Corrupt("recipient counter"));
    let wanted: BTreeSet<&str> = keys.collect();
    let list: Vec<&str> = wanted.iter().copied().collect();
    let rows = sqlx::query("SELECT key, ord FROM recipient WHERE workspace = $1 AND key = ANY($2)")
        .bind(workspace.0)
        .bind(&list)
        .fetch_all(&mut **tx)
        .await?;
    let mut ords = HashMap::with_capacity(wanted.len());
    for row in rows {
        ords.insert(row.try_get::<String, _>(0)?, read(row.try_get(1)?)?);
    }
    let missing: Vec<&str> = list
        .into_iter()
        .filter(|key| !ords.contains_key(*key))
        .collect();
    let mut new_ords = Vec::with_capacity(missing.len());
    for key in &missing {
        ords.insert((*key).to_owned(), read(*next)?);
        new_ords.push(*next);
        *next += 1;
    }
    if !missing.is_empty() {
        sqlx::query(
            "INSERT INTO recipient (workspace, key, ord)
             SELECT $1, k, o FROM unnest($2::text[], $3::bigint[]) AS t (k, o)",
        )
        .bind(workspace.0)
        .bind(&missing)
        .bind(new_ords)
        .execute(&mut **tx)
        .await?;
    }
    Ok(ords)
}

/// Reads the rows of the messages touched and settles their keys past collisions.
async fn settle_messages(
    tx: &mut Transaction<'_, Postgres>,
    placed: &mut [Placed],
) -> Result<Messages> {
    type Held = Option<(String, String, Vec<u8>)>;
    let mut read: HashMap<(i64, i64), Held> = HashMap::new();
    let mut owners: HashMap<(i64, i64), (String, String)> = HashMap::new();
    let mut messages = Messages::default();
    let mut open: Vec<usize> = (0..placed.len()).collect();
    while !open.is_empty() {
        let unread: BTreeSet<(i64, i64)> = open
            .iter()
            .map(|i| (placed[*i].campaign, placed[*i].m))
            .filter(|key| !read.contains_key(key))
            .collect();
        let (pks, ms): (Vec<i64>, Vec<i64>) = unread.iter().copied().unzip();
        let rows = sqlx::query(
            "SELECT campaign, m, message, recipient, state FROM message
             JOIN unnest($1::bigint[], $2::bigint[]) AS t (c, k) ON campaign = c AND m = k",
        )
        .bind(pks)
        .bind(ms)
        .fetch_all(&mut **tx)
        .await?;
        read.extend(unread.into_iter().map(|key| (key, None)));
        for row in rows {
            let key = (row.try_get(0)?, row.try_get(1)?);
            read.insert(
                key,
                Some((row.try_get(2)?, row.try_get(3)?, row.try_get(4)?)),
            );
        }
        let mut still_open = Vec::new();
        for i in open {
            let p = &mut placed[i];
            let key = (p.campaign, p.m);
            if let std::collections::hash_map::Entry::Vacant(slot) = owners.entry(key) {
                slot.insert(match read.get(&key).and_then(Option::as_ref) {
                    Some((message, recipient, _)) => (message.clone(), recipient.clone()),
                    None => (p.fact.message.clone(), p.fact.recipient.clone()),
                });
            }
            let is_mine = owners.get(&key).is_some_and(|(message, recipient)| {
                *message == p.fact.message && *recipient == p.fact.recipient
            });
            if !is_mine {
                p.m = p.m.wrapping_add(1);
                still_open.push(i);
            } else if let std::collections::hash_map::Entry::Vacant(slot) = messages.entry(key) {
                let held = read.get(&key).and_then(Option::as_ref);
                let before = match held {
                    Some((_, _, bytes)) => state::decode(bytes)?,
                    None => MessageState::default(),
                };
                slot.insert(Touched {
                    ord: p.ord,
                    after: before.clone(),
                    before,
                });
            }
        }
        open = still_open;
    }
    Ok(messages)
}

async fn write_events(tx: &mut Transaction<'_, Postgres>, placed: &[Placed]) -> Result<()> {
    for rows in placed.chunks(ROWS_PER_STATEMENT) {
        let numbers = |get: &dyn Fn(&Placed) -> i64| rows.iter().map(get).collect::<Vec<i64>>();
        let dimension = |d: Dimension| {
            rows.iter()
                .map(|p| p.fact.dimensions[d as usize].as_deref())
                .collect::<Vec<Option<&str>>>()
        };
        let texts = |get: &dyn Fn(&Fact) -> Option<&str>| {
            rows.iter()
                .map(|p| get(&p.fact).map(str::to_owned))
                .collect::<Vec<Option<String>>>()
        };
        sqlx::query(
            "INSERT INTO event (campaign, at, seq, kind, evidence, m, ord, received, id, raw, link,
                 country, os, device, carrier, reason, variant, value, currency, user_agent, ip, props)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                 $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[],
                 $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
                 $18::bigint[], $19::text[], $20::text[], $21::text[], $22::text[])",
        )
        .bind(numbers(&|p| p.campaign))
        .bind(numbers(&|p| p.fact.at_us))
        .bind(numbers(&|p| p.seq))
        .bind(numbers(&|p| i64::from(p.fact.kind.code())))
        .bind(numbers(&|p| i64::from(p.fact.evidence.code())))
        .bind(numbers(&|p| p.m))
        .bind(numbers(&|p| i64::from(p.ord)))
        .bind(numbers(&|p| p.fact.received_us))
        .bind(rows.iter().map(|p| p.fact.id.as_str()).collect::<Vec<_>>())
        .bind(texts(&|fact| fact.raw_status.as_deref()))
        .bind(dimension(Dimension::Link))
        .bind(dimension(Dimension::Country))
        .bind(dimension(Dimension::Os))
        .bind(dimension(Dimension::Device))
        .bind(dimension(Dimension::Carrier))
        .bind(dimension(Dimension::Reason))
        .bind(dimension(Dimension::Variant))
        .bind(
            rows.iter()
                .map(|p| p.fact.value.as_ref().map(|(amount, _)| amount.0))
                .collect::<Vec<Option<i64>>>(),
        )
        .bind(texts(&|fact| fact.value.as_ref().map(|(_, currency)| currency.as_str())))
        .bind(texts(&|fact| fact.user_agent.as_deref()))
        .bind(texts(&|fact| fact.ip.as_deref()))
        .bind(texts(&|fact| fact.props.as_deref()))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn write_messages(
    tx: &mut Transaction<'_, Postgres>,
    placed: &[Placed],
    messages: &Messages,
) -> Result<()> {
    let mut written = HashSet::new();
    let rows: Vec<(&Placed, &Touched)> = placed
        .iter()
        .filter_map(|p| {
            let key = (p.campaign, p.m);
            let touched = messages.get(&key)?;
            written.insert(key).then_some((p, touched))
        })
        .collect();
    for rows in rows.chunks(ROWS_PER_STATEMENT) {
        sqlx::query(
            "INSERT INTO message (campaign, m, message, recipient, ord, state)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[],
                 $6::bytea[])
             ON CONFLICT (campaign, m) DO UPDATE SET state = excluded.state",
        )
        .bind(rows.iter().map(|(p, _)| p.campaign).collect::<Vec<_>>())
        .bind(rows.iter().map(|(p, _)| p.m).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|(p, _)| p.fact.message.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|(p, _)| p.fact.recipient.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|(p, _)| i64::from(p.ord))
                .collect::<Vec<_>>(),
        )
        .bind(
            rows.iter()
                .map(|(_, touched)| state::encode(&touched.after))
                .collect::<Vec<_>>(),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
