//! What people of a campaign did, by what they were assigned to: its holdout included.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    EventKind,
    money::Amount,
    uplift::{Did, Group, OUTCOMES, Part, Trial},
};
use futures::TryStreamExt;

use super::{SENDING, SendingRow, rows};
use crate::{Result, Store, WorkspaceId, macros::seeing, snapshot::Snapshot};

/// People by arm, and those a message was handed over to. A person of several devices is one, in one arm.
const PEOPLE: &str = "SELECT variant, COUNT(*), CAST(SUM(written) AS BIGINT) FROM
         (SELECT contact, MAX(variant) AS variant, MAX(CASE WHEN state IN (2, 3) THEN 1 ELSE 0 END) AS written
          FROM outbox WHERE campaign = $1 GROUP BY contact) person
     GROUP BY variant";

/// Everything that counts as an outcome, or would if it were told by person: human-likely, since the launch. Whose it is,
/// is told by the message; else by the key: what was written to, or what the contact is known by elsewhere.
const ACTS: &str = "SELECT e.kind, e.m, COALESCE(
         (SELECT o.contact FROM outbox o WHERE o.message = k.message AND o.campaign = $1),
         (SELECT o.contact FROM outbox o WHERE o.campaign = $1 AND o.address = k.recipient),
         (SELECT o.contact FROM outbox o WHERE o.campaign = $1 AND o.address = LOWER(k.recipient)),
         (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.external_id = k.recipient),
         (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.id = k.recipient),
         (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.phone = k.recipient),
         (SELECT c.pk FROM contact c WHERE c.workspace = $2 AND c.email = LOWER(k.recipient)),
         (SELECT d.contact FROM device d WHERE d.workspace = $2 AND d.address = k.recipient)) AS contact,
         e.currency, e.value
     FROM event e JOIN message k ON k.campaign = e.campaign AND k.m = e.m
     WHERE e.campaign = $1 AND e.at >= $3 AND e.kind IN ($4, $5, $6) AND (e.kind <> $7 OR e.evidence IN (0, 1, 3))";

/// The arms of some people.
const ARMS_SQLITE: &str = "SELECT DISTINCT contact, variant FROM outbox
     WHERE campaign = $1 AND contact IN (SELECT value FROM json_each($2))";
const ARMS_POSTGRES: &str = "SELECT DISTINCT contact, variant FROM outbox
     WHERE campaign = $1 AND contact IN (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST($2 AS JSONB)))";

/// A row of [`ACTS`]: kind, message, contact, currency, worth.
type Act = (i64, i64, Option<i64>, Option<String>, Option<i64>);

/// Worth by currency.
type Worth = BTreeMap<String, i128>;

/// What everybody did, as it comes in.
#[derive(Default)]
struct Acts {
    /// By kind, then by person: what it was worth.
    people: HashMap<i64, HashMap<i64, Worth>>,
    /// Keys that belong to nobody we know, but for conversions of messages.
    unknown: HashSet<i64>,
    /// A key of each person.
    keys: HashMap<i64, HashSet<i64>>,
}

impl Acts {
    fn take(&mut self, (kind, m, contact, currency, value): Act) {
        let Some(contact) = contact else {
            if is_outcome(kind) {
                self.unknown.insert(m);
            }
            return;
        };
        if is_outcome(kind) {
            self.keys.entry(contact).or_default().insert(m);
        }
        let worth = self
            .people
            .entry(kind)
            .or_default()
            .entry(contact)
            .or_default();
        if let Some(units) = value {
            *worth.entry(currency.unwrap_or_default()).or_insert(0) += i128::from(units);
        }
    }

    /// Everybody who did anything.
    fn contacts(&self) -> Vec<i64> {
        let all: HashSet<i64> = self
            .people
            .values()
            .flat_map(HashMap::keys)
            .copied()
            .collect();
        all.into_iter().collect()
    }

    /// What those of an arm did.
    fn of(&self, variant: &str, arms: &HashMap<i64, String>) -> Vec<Did> {
        let is_of = |contact: &i64| arms.get(contact).is_some_and(|arm| arm == variant);
        let found = OUTCOMES.into_iter().filter_map(|what| {
            let people = self.people.get(&i64::from(what.code()))?;
            let mut did = Did {
                what,
                people: 0,
                worth: BTreeMap::new(),
            };
            let mut sums = Worth::new();
            for (_, worth) in people.iter().filter(|(contact, _)| is_of(contact)) {
                did.people += 1;
                for (currency, units) in worth {
                    *sums.entry(currency.clone()).or_insert(0) += units;
                }
            }
            did.worth = sums
                .into_iter()
                .map(|(currency, units)| (currency, amount(units)))
                .collect();
            (did.people > 0).then_some(did)
        });
        found.collect()
    }

    /// People of the audience whose conversions are known by message alone.
    fn credited(&self, arms: &HashMap<i64, String>) -> u64 {
        let of = |kind: EventKind| self.people.get(&i64::from(kind.code()));
        let told = of(EventKind::Achieved);
        let is_alone = |contact: &&i64| {
            arms.contains_key(*contact) && !told.is_some_and(|told| told.contains_key(*contact))
        };
        let converted = of(EventKind::Converted).into_iter().flat_map(HashMap::keys);
        converted.filter(is_alone).count() as u64
    }

    /// Keys that belong to nobody of the audience.
    fn strangers(&self, arms: &HashMap<i64, String>) -> u64 {
        let elsewhere = self
            .keys
            .iter()
            .filter(|(contact, _)| !arms.contains_key(*contact));
        let keys: usize = elsewhere.map(|(_, keys)| keys.len()).sum();
        (self.unknown.len() + keys) as u64
    }
}

fn is_outcome(kind: i64) -> bool {
    OUTCOMES.iter().any(|known| i64::from(known.code()) == kind)
}

/// The nearest amount there is.
fn amount(units: i128) -> Amount {
    let end = if units < 0 { i64::MIN } else { i64::MAX };
    Amount(i64::try_from(units).unwrap_or(end))
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
        let arms = self.arms_of(&mut snapshot, pk, &acts.contacts()).await?;
        let part = |name: &str, share: u8| {
            let counts = people.iter().find(|(variant, ..)| variant == name);
            let (people, written) = counts.map_or((0, 0), |(_, n, written)| (*n, *written));
            Part {
                group: Group {
                    name: name.to_owned(),
                    share,
                    people: people.unsigned_abs(),
                    written: written.unsigned_abs(),
                },
                did: acts.of(name, &arms),
            }
        };
        Ok(Some(Trial {
            arms: draft
                .variants
                .iter()
                .map(|variant| part(&variant.name, variant.share))
                .collect(),
            holdout: part("", draft.holdout),
            credited: acts.credited(&arms),
            strangers: acts.strangers(&arms),
        }))
    }

    /// The arms of these contacts, as far as they belong to the audience.
    async fn arms_of(
        &self,
        snapshot: &mut Snapshot,
        campaign: i64,
        contacts: &[i64],
    ) -> Result<HashMap<i64, String>> {
        let contacts = rows(contacts)?;
        let sql = self.either(ARMS_SQLITE, ARMS_POSTGRES);
        let arms: Vec<(i64, String)> = seeing!(snapshot, conn => {
            sqlx::query_as(sql).bind(campaign).bind(&contacts).fetch_all(conn).await?
        });
        Ok(arms.into_iter().collect())
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
