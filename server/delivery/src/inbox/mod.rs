//! What carriers posted, understood: facts for the reports, and what follows for addresses and messages.

mod answer;
mod owner;
mod prune;
mod tell;

use std::collections::{BTreeMap, HashMap};

use carrier::{
    hook::{self, Notice, Status},
    send::sandbox,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, EventKind, Fact, carrier::Protocol, channel::AddressKind};
use store::{InboxEffects, InboxItem, Origin, Proof, Result, WorkspaceId};

use self::owner::Owner;
use crate::engine::Engine;

/// The problem of an item about a message that isn't known, or not yet: a receipt can be faster than the answer that
/// tells the carrier's id.
const UNMATCHED: &str = "No message of ours is known by this id.";
/// How long such an item is looked at again.
const MATCHED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// How far a provider's clock and ours may be apart.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);
/// How long after a message a report of its address is still told of it.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::days(7);

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

impl Understood {
    /// Says that the item, or a part of it, reached nobody.
    fn miss(&mut self, problem: &str) {
        self.effects.is_understood = false;
        self.effects.problem = Some(problem.to_owned());
    }
}

/// The channel of an account that an address belongs to. An account that only posts events sends by none.
fn channel_of(item: &InboxItem, address: &str) -> Channel {
    if address.contains('@') {
        return Channel::Email;
    }
    let protocol = item.protocol;
    let channels = protocol.map(Protocol::channels).unwrap_or_default();
    let is_phone = |channel: &&Channel| channel.address_kind() == AddressKind::Phone;
    match channels.iter().find(is_phone) {
        Some(channel) => *channel,
        None if protocol == Some(Protocol::RbmEvents) => Channel::Rcs,
        None => Channel::Sms,
    }
}

/// Whether a status is about the person, whatever the message: they left, complained, or are not to be written to again.
fn is_about_address(status: &Status) -> bool {
    status.suppress.is_some()
        || matches!(
            status.kind,
            Some(EventKind::Unsubscribed | EventKind::Complained)
        )
}

/// Whether what a provider reports of an address can be about this message to it: it came after it, and not weeks later.
fn is_recent(origin: &Origin, at: DateTime<Utc>) -> bool {
    let sent = origin
        .submitted_us
        .and_then(DateTime::from_timestamp_micros);
    sent.is_some_and(|sent| sent <= at + CLOCKS_APART && at - sent <= ANSWERED_WITHIN)
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
                    Notice::Consent(notice) => (notice.message.clone(), notice.reference.clone()),
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
                Notice::Consent(notice) => {
                    self.understand_consent(item, notice, known, &mut understood)
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
        let of_message = known.of_status(item, status);
        let owner = match (of_message, &status.recipient) {
            (Some(origin), _) => Owner::of(origin),
            // Whoever left, complained or can't be reached is known by their address where no message matches: providers
            // leave ids out, or put their own in the place of ours.
            (None, Some(recipient)) if is_about_address(status) => {
                let channel = channel_of(item, recipient);
                self.owner(item, channel, recipient, None).await?
            }
            _ => Owner::nobody(),
        };
        if !owner.is_known {
            understood.miss(UNMATCHED);
        }
        let Some(kind) = status.kind else {
            if owner.is_known {
                // Shown; it moves nothing.
                let word: String = status.raw.chars().take(100).collect();
                understood.effects.problem = Some(format!("Unknown status {word}"));
            }
            return Ok(());
        };
        let at = status.at.unwrap_or(item.received_at);
        if let Some(origin) = of_message.filter(|_| kind.implies_sent()) {
            understood.effects.proofs.push(Proof {
                message: origin.message.clone(),
            });
        }
        owner.follows(item, status, kind, at, understood);
        let is_unmatched = of_message.is_none();
        let origin = owner.origin.as_ref();
        let Some(origin) = origin.filter(|origin| !is_unmatched || is_recent(origin, at)) else {
            return Ok(());
        };
        let told = Told {
            origin,
            kind,
            at,
            status: Some(status),
            reason: status.reason.clone(),
        };
        self.tell_of(item, told, understood).await
    }
}
