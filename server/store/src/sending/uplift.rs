//! What people of a campaign did, by what they were assigned to: its holdout included.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    EventKind,
    money::Amount,
    uplift::{Did, Group, OUTCOMES, Part, Trial},
};
use futures::TryStreamExt;

use super::{SENDING, SendingRow};
use crate::{Result, Store, WorkspaceId, macros::seeing, snapshot::Snapshot};

/// People by arm, and those a message was handed over to. A person of several devices is one, in one arm.
const PEOPLE: &str = "SELECT variant, COUNT(*), CAST(SUM(written) AS BIGINT) FROM
         (SELECT contact, MAX(variant) AS variant, MAX(CASE WHEN state IN (2, 3) THEN 1 ELSE 0 END) AS written
          FROM outbox WHERE campaign = $1 GROUP BY contact) person
     GROUP BY variant";

/// Everything that counts as an outcome, or would if it were told by person: human-likely, since the launch. Whose it is,
/// is told by the message; else by the key: what was written to, or what the contact is known by elsewhere.
const ACTS: &str = "WITH acts AS MATERIALIZED (
         SELECT kind, m, currency, value FROM event
         WHERE campaign = $1 AND at >= $3 AND kind IN ($4, $5, $6) AND (kind <> $7 OR evidence IN (0, 1, 3))),
     keys AS (SELECT DISTINCT m FROM acts),
     who AS (SELECT k.m, COALESCE(
             (SELECT o.contact FROM outbox o WHERE o.message = k.message AND o.campaign = $1),
             (SELECT o.contact FROM outbox o WHERE o.campaign = $1 AND o.address = k.recipient),
             (SELECT o.contact FROM outbox o WHERE o.campaign = $1 AND o.address = LOWER(k.recipient)),
             (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.external_id = k.recipient),
             (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.id = k.recipient),
             (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.phone = k.recipient),
             (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.email = LOWER(k.recipient)),
             (SELECT d.contact FROM device d WHERE d.workspace = $2 AND d.address = k.recipient)) AS contact
         FROM keys JOIN message k ON k.campaign = $1 AND k.m = keys.m),
     person AS (SELECT contact, MAX(variant) AS variant FROM outbox WHERE campaign = $1 GROUP BY contact)
     SELECT acts.kind, acts.m, who.contact, person.variant, acts.currency, acts.value
     FROM acts JOIN who ON who.m = acts.m LEFT JOIN person ON person.contact = who.contact";

/// A row of [`ACTS`]: kind, message, contact, arm, currency, worth.
type Act = (
    i64,
    i64,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// What those of one arm did of one kind.
#[derive(Default)]
struct Sum {
    people: HashSet<i64>,
    worth: BTreeMap<String, i128>,
}

/// What everybody did, as it comes in.
#[derive(Default)]
struct Acts {
    /// By kind and arm.
    sums: HashMap<(i64, String), Sum>,
    /// People of the audience who converted, by message.
    credited: HashSet<i64>,
    /// Keys that belong to nobody of the audience.
    strangers: HashSet<i64>,
}

impl Acts {
    fn take(&mut self, (kind, m, contact, variant, currency, value): Act) {
        let is_outcome = OUTCOMES.iter().any(|known| i64::from(known.code()) == kind);
        match (contact.zip(variant), is_outcome) {
            (Some((contact, variant)), true) => {
                let sum = self.sums.entry((kind, variant)).or_default();
                sum.people.insert(contact);
                if let Some(units) = value {
                    *sum.worth.entry(currency.unwrap_or_default()).or_insert(0) +=
                        i128::from(units);
                }
            }
            (Some((contact, _)), false) => _ = self.credited.insert(contact),
            (None, true) => _ = self.strangers.insert(m),
            (None, false) => {}
        }
    }

    fn of(&self, variant: &str) -> Vec<Did> {
        let found = OUTCOMES.into_iter().filter_map(|what| {
            let key = (i64::from(what.code()), variant.to_owned());
            let sum = self.sums.get(&key)?;
            let amount = |units: i128| Amount(i64::try_from(units).unwrap_or(i64::MAX));
            let worth = sum.worth.iter();
            Some(Did {
                what,
                people: sum.people.len() as u64,
                worth: worth
                    .map(|(currency, units)| (currency.clone(), amount(*units)))
                    .collect(),
            })
        });
        found.collect()
    }

    /// People whose conversions are known by message alone.
    fn credited_alone(&self) -> u64 {
        let achieved = i64::from(EventKind::Achieved.code());
        let told: Vec<_> = self
            .sums
            .iter()
            .filter(|((kind, _), _)| *kind == achieved)
            .map(|(_, sum)| &sum.people)
            .collect();
        let is_alone = |contact: &&i64| !told.iter().any(|people| people.contains(*contact));
        self.credited.iter().filter(is_alone).count() as u64
    }
}

impl Store {
    /// People of a campaign by what they were assigned to, and what they did since its launch, each counted once; over
    /// its whole life, whatever order, batches or repetitions the events came in. None for a campaign that another
    /// platform sends, or that wasn't launched.
    ///
    /// # Errors
    /// [`domain::Refusal::NotFound`] when the workspace has no such campaign.
    pub async fn trial(&self, ws: WorkspaceId, reference: &str) -> Result<Option<Trial>> {
        let mut snapshot = self.snapshot().await?;
        let pk = snapshot.campaign_row(ws, reference).await?.pk;
        let row: Option<SendingRow> = seeing!(&mut snapshot, conn => {
            sqlx::query_as(SENDING).bind(pk).fetch_optional(conn).await?
        });
        let Some((row, launched_us)) = row.and_then(|row| {
            let at = row.launched_us.filter(|_| row.launched.is_some())?;
            Some((row, at))
        }) else {
            return Ok(None);
        };
        let draft = row.draft()?;
        let people: Vec<(String, i64, i64)> = seeing!(&mut snapshot, conn => {
            sqlx::query_as(PEOPLE).bind(pk).fetch_all(conn).await?
        });
        // Without a holdout there is nothing to compare with, and the facts needn't be read.
        let acts = if draft.holdout > 0 {
            acts(&mut snapshot, ws, pk, launched_us).await?
        } else {
            Acts::default()
        };
        let part = |name: &str, share: u8| {
            let counts = people.iter().find(|(variant, ..)| variant == name);
            let count = |n: i64| n.unsigned_abs();
            Part {
                group: Group {
                    name: name.to_owned(),
                    share,
                    people: counts.map_or(0, |(_, n, _)| count(*n)),
                    written: counts.map_or(0, |(.., n)| count(*n)),
                },
                did: acts.of(name),
            }
        };
        Ok(Some(Trial {
            arms: draft
                .variants
                .iter()
                .map(|variant| part(&variant.name, variant.share))
                .collect(),
            holdout: part("", draft.holdout),
            credited: acts.credited_alone(),
            strangers: acts.strangers.len() as u64,
        }))
    }
}

/// Reads what everybody did, row by row.
async fn acts(
    snapshot: &mut Snapshot,
    ws: WorkspaceId,
    campaign: i64,
    launched_us: i64,
) -> Result<Acts> {
    let [first, second] = OUTCOMES.map(|kind| i64::from(kind.code()));
    let mut acts = Acts::default();
    seeing!(snapshot, conn => {
        let mut rows = sqlx::query_as::<_, Act>(ACTS)
            .bind(campaign)
            .bind(ws.0)
            .bind(launched_us)
            .bind(first)
            .bind(second)
            .bind(i64::from(EventKind::Converted.code()))
            // Of these, what a machine can do.
            .bind(i64::from(EventKind::Visited.code()))
            .fetch(conn);
        while let Some(act) = rows.try_next().await? {
            acts.take(act);
        }
    });
    Ok(acts)
}
