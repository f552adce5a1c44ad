//! Whose an address is that a provider names, and what follows for them.

use carrier::hook::Status;
use chrono::{DateTime, Utc};
use domain::{Channel, EventKind, contact::SuppressionSource};
use store::{ConsentChange, InboxItem, Origin, Result, Suppress};

use super::{Understood, channel_of};
use crate::engine::Engine;

impl Engine {
    /// Whose an address is that a provider names: of the person whose message it is about, where that is known. Else the
    /// last message to it, or the contact who has it, in its normal form or in one that providers write for it.
    pub(super) async fn owner(
        &self,
        item: &InboxItem,
        channel: Channel,
        named: &str,
        about: Option<&Origin>,
    ) -> Result<Owner> {
        if let Some(origin) = about.filter(|origin| origin.workspace == item.workspace) {
            return Ok(Owner::of(origin));
        }
        let forms = address::lookup_forms(channel, named);
        for form in &forms {
            let last = self.store().last_message_to(item.workspace, channel, form);
            if let Some(origin) = last.await? {
                return Ok(Owner::of(&origin));
            }
        }
        let held = self.store().known_address(item.workspace, channel, &forms);
        let held = held.await?;
        Ok(Owner {
            is_known: held.is_some(),
            address: held.or_else(|| forms.into_iter().next()),
            origin: None,
        })
    }
}

/// Whose an address is.
pub(super) struct Owner {
    /// The address in its normal form; none for what is no address of the channel.
    pub(super) address: Option<String>,
    /// The message it is about, or the last one to it.
    pub(super) origin: Option<Origin>,
    /// Whether a contact or a message has it.
    pub(super) is_known: bool,
}

impl Owner {
    /// The person a message went to.
    pub(super) fn of(origin: &Origin) -> Self {
        Self {
            address: Some(origin.address.clone()),
            origin: Some(origin.clone()),
            is_known: true,
        }
    }

    /// Nobody of the workspace.
    pub(super) fn nobody() -> Self {
        Self {
            address: None,
            origin: None,
            is_known: false,
        }
    }

    fn campaign(&self) -> Option<i64> {
        self.origin.as_ref().map(|origin| origin.campaign)
    }

    /// The person left: unsubscribed and blocked.
    pub(super) fn leaves(
        &self,
        item: &InboxItem,
        channel: Channel,
        source: SuppressionSource,
        at: DateTime<Utc>,
        understood: &mut Understood,
    ) {
        let Some(address) = &self.address else {
            return;
        };
        understood.effects.consents.push(ConsentChange {
            workspace: item.workspace,
            channel,
            address: address.clone(),
            is_subscribed: false,
            source,
            campaign: self.campaign(),
            at: at.min(item.received_at),
        });
    }

    /// What a status of a message means for the person: they left, or are not to be written to again.
    pub(super) fn follows(
        &self,
        item: &InboxItem,
        status: &Status,
        kind: EventKind,
        at: DateTime<Utc>,
        understood: &mut Understood,
    ) {
        let named = status.recipient.as_deref().unwrap_or_default();
        let channel = match &self.origin {
            Some(origin) => origin.channel,
            None => channel_of(item, named),
        };
        let source = status.suppress.or(match kind {
            EventKind::Unsubscribed => Some(SuppressionSource::User),
            EventKind::Complained => Some(SuppressionSource::Complaint),
            _ => None,
        });
        match source {
            Some(source) if kind == EventKind::Unsubscribed => {
                self.leaves(item, channel, source, at, understood);
            }
            Some(source) => {
                self.is_blocked(item, channel, source, status.reason.clone(), understood);
            }
            None => {}
        }
    }

    /// The person came back.
    pub(super) fn returns(
        &self,
        item: &InboxItem,
        channel: Channel,
        at: DateTime<Utc>,
        understood: &mut Understood,
    ) {
        let Some(address) = &self.address else {
            return;
        };
        understood.effects.consents.push(ConsentChange {
            workspace: item.workspace,
            channel,
            address: address.clone(),
            is_subscribed: true,
            source: SuppressionSource::User,
            campaign: None,
            at: at.min(item.received_at),
        });
    }

    /// The address is not to be written to any more; what its owner agreed to stays.
    pub(super) fn is_blocked(
        &self,
        item: &InboxItem,
        channel: Channel,
        source: SuppressionSource,
        reason: Option<String>,
        understood: &mut Understood,
    ) {
        let Some(address) = &self.address else {
            return;
        };
        understood.effects.suppress.push(Suppress {
            workspace: item.workspace,
            channel,
            address: address.clone(),
            source,
            reason,
            campaign: self.campaign(),
        });
    }
}
