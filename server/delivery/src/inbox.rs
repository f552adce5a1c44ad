//! What carriers posted, understood: facts for the reports, and what follows for addresses and messages.

use std::collections::{BTreeMap, HashMap};

use carrier::{
    hook::{self, Inbound, Keyword, Notice, Status},
    send::sandbox,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Channel, Event, EventKind, Evidence, Fact, carrier::Protocol, contact::SuppressionSource,
    event::VALUE_BYTES_MAX,
};
use store::{
    ConsentChange, InboxEffects, InboxItem, NewReply, Origin, Proof, Result, Suppress, WorkspaceId,
};

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

    async fn understand_inbound(
        &self,
        item: &InboxItem,
        inbound: &Inbound,
        known: &Known,
        understood: &mut Understood,
    ) -> Result<()> {
        let answered = inbound.answers.clone();
        let answered = answered.and_then(|id| known.by_reference.get(&(item.account, id)));
        let origin = match answered.filter(|origin| origin.workspace == item.workspace) {
            Some(origin) => Some(origin.clone()),
            None => {
                self.store()
                    .last_message_to(item.workspace, inbound.channel, &inbound.from)
                    .await?
            }
        };
        let at = inbound.at.unwrap_or(item.received_at);
        let keyword = inbound.keyword.map(|keyword| match keyword {
            Keyword::Stop => "stop",
            Keyword::Start => "start",
            Keyword::Help => "help",
        });
        understood.effects.replies.push(NewReply {
            workspace: item.workspace,
            campaign: origin.as_ref().map(|origin| origin.campaign),
            channel: inbound.channel,
            sender: inbound.from.clone(),
            text: inbound.text.clone(),
            keyword,
            at,
        });
        let (kind, reason) = match inbound.keyword {
            Some(Keyword::Stop) => {
                let change = (
                    inbound.channel,
                    inbound.from.as_str(),
                    false,
                    SuppressionSource::Stop,
                );
                change_consent(item, change, origin.as_ref(), &mut understood.effects);
                (EventKind::Unsubscribed, Some("Answered STOP".to_owned()))
            }
            Some(Keyword::Start) => {
                let change = (
                    inbound.channel,
                    inbound.from.as_str(),
                    true,
                    SuppressionSource::Stop,
                );
                change_consent(item, change, origin.as_ref(), &mut understood.effects);
                return Ok(());
            }
            Some(Keyword::Help) => return Ok(()),
            None => (EventKind::Replied, None),
        };
        let Some(origin) = &origin else {
            return Ok(());
        };
        let told = Told {
            origin,
            kind,
            at,
            status: None,
            reason,
        };
        self.tell_of(item, told, understood).await
    }

    async fn understand_consent(
        &self,
        item: &InboxItem,
        change: Change<'_>,
        at: DateTime<Utc>,
        understood: &mut Understood,
    ) -> Result<()> {
        let (channel, address, is_subscribed, _) = change;
        let origin = self
            .store()
            .last_message_to(item.workspace, channel, address)
            .await?;
        change_consent(item, change, origin.as_ref(), &mut understood.effects);
        let Some(origin) = origin.as_ref().filter(|_| !is_subscribed) else {
            return Ok(());
        };
        let told = Told {
            origin,
            kind: EventKind::Unsubscribed,
            at,
            status: None,
            reason: None,
        };
        self.tell_of(item, told, understood).await
    }

    /// Adds a fact. Its id is made from the item's key and its place in it: told twice, it counts once.
    async fn tell_of(
        &self,
        item: &InboxItem,
        told: Told<'_>,
        understood: &mut Understood,
    ) -> Result<()> {
        let Told {
            origin,
            kind,
            at,
            status,
            reason,
        } = told;
        let (url, position) = match status.and_then(|status| status.link.as_deref()) {
            Some(link) => self.link(origin, item, link).await?,
            None => (None, None),
        };
        let event = Event {
            id: fact_id(item, understood.facts.len()),
            campaign: origin.campaign_id.clone(),
            message: origin.message.clone(),
            recipient: origin.address.clone(),
            kind,
            // A provider's clock that runs ahead doesn't take a message into the future.
            at: at.min(item.received_at + domain::event::CLOCK_AHEAD_MAX),
            raw_status: status.map(|status| cut(&status.raw, VALUE_BYTES_MAX)),
            link: url,
            user_agent: status
                .and_then(|status| Some(cut(status.user_agent.as_ref()?, VALUE_BYTES_MAX))),
            ip: status.and_then(|status| status.ip.clone()),
            country: None,
            carrier: status.and_then(|status| Some(cut(status.carrier.as_ref()?, VALUE_BYTES_MAX))),
            device: None,
            os: None,
            reason: reason.map(|reason| cut(&reason, VALUE_BYTES_MAX)),
            value: None,
            currency: None,
            variant: Some(origin.variant.clone()).filter(|name| !name.is_empty()),
            props: position.map(|position| format!("{{\"position\":{position}}}")),
        };
        let facts = &self.options().facts;
        let mut fact = facts.fact(item.workspace, event, item.received_at).await?;
        if let Some(evidence) = status.and_then(|status| status.evidence) {
            let machine_seen = fact.evidence != Evidence::default();
            // What the provider knows beats what a user agent suggests, unless that is worse.
            if !machine_seen || !evidence.is_human_likely() {
                fact.evidence = evidence;
            }
        }
        understood.facts.push(fact);
        Ok(())
    }

    /// The address and position of a link. The simulator tells its place among the tracked links, carriers an address.
    async fn link(
        &self,
        origin: &Origin,
        item: &InboxItem,
        link: &str,
    ) -> Result<(Option<String>, Option<i64>)> {
        let place = link
            .parse::<usize>()
            .ok()
            .filter(|_| item.protocol == Some(Protocol::Sandbox));
        let Some(place) = place else {
            return Ok((Some(cut(link, domain::event::LINK_BYTES_MAX)), None));
        };
        let arms = self.arms(origin.campaign, 0, origin.channel).await?;
        let arm = arms.by_name.get(&origin.variant);
        let tracked = arm.and_then(|arm| arm.tracked.get(place.saturating_sub(1)));
        let Some((position, _)) = tracked else {
            return Ok((None, None));
        };
        let position = i64::from(*position);
        let url = arms.urls.get(&(origin.variant.clone(), position)).cloned();
        Ok((url, Some(position)))
    }
}

/// Channel, address, whether they may be written to, and why not.
type Change<'a> = (Channel, &'a str, bool, SuppressionSource);

fn change_consent(
    item: &InboxItem,
    (channel, address, is_subscribed, source): Change<'_>,
    origin: Option<&Origin>,
    effects: &mut InboxEffects,
) {
    effects.consents.push(ConsentChange {
        workspace: item.workspace,
        channel,
        address: address.to_owned(),
        is_subscribed,
    });
    if !is_subscribed {
        effects.suppress.push(Suppress {
            workspace: item.workspace,
            channel,
            address: address.to_owned(),
            source,
            reason: None,
            campaign: origin.map(|origin| origin.campaign),
        });
    }
}

fn suppress(origin: &Origin, source: SuppressionSource, reason: Option<String>) -> Suppress {
    Suppress {
        workspace: origin.workspace,
        channel: origin.channel,
        address: origin.address.clone(),
        source,
        reason,
        campaign: Some(origin.campaign),
    }
}

fn consent(origin: &Origin, is_subscribed: bool) -> ConsentChange {
    ConsentChange {
        workspace: origin.workspace,
        channel: origin.channel,
        address: origin.address.clone(),
        is_subscribed,
    }
}

/// At most 128 characters: a provider's key may have 200 bytes, of which the end tells most.
fn fact_id(item: &InboxItem, n: usize) -> String {
    let key = &item.key;
    let mut begin = key.len().saturating_sub(90);
    while !key.is_char_boundary(begin) {
        begin += 1;
    }
    // Two long keys with the same end are still told apart by the row of the inbox.
    let head = if begin == 0 {
        String::new()
    } else {
        format!("{}~", item.pk)
    };
    format!("w:{}:{head}{}:{n}", item.account, &key[begin..])
}

fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\0', " ")
}
