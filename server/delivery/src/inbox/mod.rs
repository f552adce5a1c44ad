//! What carriers posted, understood: facts for the reports, and what follows for addresses and messages.

mod answer;
mod prune;
mod tell;

use std::collections::{BTreeMap, HashMap};

use carrier::{
    hook::{self, Notice, Status},
    send::sandbox,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{EventKind, Fact, carrier::Protocol, contact::SuppressionSource};
use store::{InboxEffects, InboxItem, Origin, Proof, Result, WorkspaceId};

use self::answer::{consent, suppress};
use crate::engine::Engine;

/// The problem of an item about a message that isn't known, or not yet: a receipt can be faster than the answer that
/// tells the carrier's id.
const UNMATCHED: &str = "No message of ours is known by this id.";
/// How long such an item is looked at again.
const MATCHED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Messages that a group of items is about.
#[derive(Default)]
struct Known {
    by_key: HashMap<String, Origin>,
    by_reference: HashMap<(i64, String), Origin>,
}

/// What one item comes to.
struct Understood {
    effects: InboxEffects,
    facts: Vec<Fact>,
}

/// Something to tell of a message.
struct Told<'a> {
    origin: &'a Origin,
    kind: EventKind,
    at: DateTime<Utc>,
    status: Option<&'a Status>,
    reason: Option<String>,
}

fn notices(item: &InboxItem) -> std::result::Result<Vec<Notice>, String> {
    match item.protocol {
        None => Err("The account was deleted.".to_owned()),
        Some(Protocol::Sandbox) => sandbox::read(&item.body),
        Some(protocol) => hook::read(protocol, &item.body),
    }
}

impl Known {
    /// The message a status is about, in the item's workspace.
    fn of_status(&self, item: &InboxItem, status: &Status) -> Option<&Origin> {
        let by_key = status.message.as_ref().and_then(|key| self.by_key.get(key));
        let by_reference = || {
            let reference = status.reference.clone()?;
            self.by_reference.get(&(item.account, reference))
        };
        by_key
            .or_else(by_reference)
            .filter(|origin| origin.workspace == item.workspace)
    }
}

impl Engine {
    /// Understands what lies in the inbox. Returns how many items it looked at.
    pub(crate) async fn read_inbox(&self) -> Result<usize> {
        let now = self.now();
        let items = self.store().inbox_new(self.options().inbox, now).await?;
        if items.is_empty() {
            self.store()
                .inbox_retry(UNMATCHED, now - MATCHED_WITHIN)
                .await?;
            return Ok(0);
        }
        let read: Vec<_> = items.iter().map(|item| (item, notices(item))).collect();
        let known = self.known(&read).await?;
        let mut facts: BTreeMap<i64, Vec<Fact>> = BTreeMap::new();
        let mut effects = Vec::with_capacity(items.len());
        for (item, notices) in read {
            let understood = match notices {
                Ok(notices) => self.understand(item, &notices, &known).await?,
                Err(problem) => Understood {
                    effects: InboxEffects {
                        pk: item.pk,
                        problem: Some(problem),
                        ..InboxEffects::default()
                    },
                    facts: Vec::new(),
                },
            };
            facts
                .entry(item.workspace.0)
                .or_default()
                .extend(understood.facts);
            effects.push(understood.effects);
        }
        for (workspace, facts) in facts {
            self.store().ingest(WorkspaceId(workspace), facts).await?;
        }
        self.store().inbox_apply(&effects, now).await?;
        Ok(items.len())
    }

    async fn known(
        &self,
        read: &[(&InboxItem, std::result::Result<Vec<Notice>, String>)],
    ) -> Result<Known> {
        let mut keys = Vec::new();
        let mut references: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (item, notices) in read {
            for notice in notices.iter().flatten() {
                let (key, reference) = match notice {
                    Notice::Status(status) => (status.message.clone(), status.reference.clone()),
                    Notice::Inbound(inbound) => (None, inbound.answers.clone()),
                    Notice::Consent { .. } => (None, None),
                };
                match (key, reference) {
                    (Some(key), _) => keys.push(key),
                    (None, Some(reference)) => {
                        references.entry(item.account).or_default().push(reference);
                    }
                    (None, None) => {}
                }
            }
        }
        let mut known = Known::default();
        if !keys.is_empty() {
            let found = self.store().messages_by_key(&keys).await?;
            known.by_key = found
                .into_iter()
                .map(|origin| (origin.message.clone(), origin))
                .collect();
        }
        for (account, references) in references {
            let found = self
                .store()
                .messages_by_reference(account, &references)
                .await?;
            known.by_reference.extend(
                found
                    .into_iter()
                    .filter_map(|origin| Some(((account, origin.reference.clone()?), origin))),
            );
        }
        Ok(known)
    }

    async fn understand(
        &self,
        item: &InboxItem,
        notices: &[Notice],
        known: &Known,
    ) -> Result<Understood> {
        let mut understood = Understood {
            effects: InboxEffects {
                pk: item.pk,
                is_understood: true,
                ..InboxEffects::default()
            },
            facts: Vec::new(),
        };
        for notice in notices {
            match notice {
                Notice::Status(status) => {
                    self.understand_status(item, status, known, &mut understood)
                        .await?;
                }
                Notice::Inbound(inbound) => {
                    self.understand_inbound(item, inbound, known, &mut understood)
                        .await?;
                }
                Notice::Consent {
                    channel,
                    address,
                    is_subscribed,
                    source,
                    at,
                } => {
                    let change = (*channel, address.as_str(), *is_subscribed, *source);
                    let at = at.unwrap_or(item.received_at);
                    self.understand_consent(item, change, at, &mut understood)
                        .await?;
                }
            }
        }
        Ok(understood)
    }

    async fn understand_status(
        &self,
        item: &InboxItem,
        status: &Status,
        known: &Known,
        understood: &mut Understood,
    ) -> Result<()> {
        let Some(origin) = known.of_status(item, status) else {
            understood.effects.is_understood = false;
            understood.effects.problem = Some(UNMATCHED.to_owned());
            return Ok(());
        };
        let Some(kind) = status.kind else {
            // Kept and shown; it moves nothing.
            let word: String = status.raw.chars().take(100).collect();
            understood.effects.problem = Some(format!("Unknown status {word}"));
            return Ok(());
        };
        let effects = &mut understood.effects;
        if kind.implies_sent() {
            effects.proofs.push(Proof {
                message: origin.message.clone(),
            });
        }
        let source = status.suppress.or(match kind {
            EventKind::Unsubscribed => Some(SuppressionSource::User),
            EventKind::Complained => Some(SuppressionSource::Complaint),
            _ => None,
        });
        if let Some(source) = source {
            effects
                .suppress
                .push(suppress(origin, source, status.reason.clone()));
        }
        if kind == EventKind::Unsubscribed {
            effects.consents.push(consent(origin, false));
        }
        let told = Told {
            origin,
            kind,
            at: status.at.unwrap_or(item.received_at),
            status: Some(status),
            reason: status.reason.clone(),
        };
        self.tell_of(item, told, understood).await
    }
}
