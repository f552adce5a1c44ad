//! What people wrote back, and changes of consent.

use carrier::hook::{Inbound, Keyword};
use chrono::{DateTime, Utc};
use domain::{Channel, EventKind, contact::SuppressionSource};
use store::{ConsentChange, InboxEffects, InboxItem, NewReply, Origin, Result, Suppress};

use super::{Known, Told, Understood};
use crate::engine::Engine;

impl Engine {
    pub(super) async fn understand_inbound(
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
        let Some((kind, reason)) = follow(item, inbound, origin.as_ref(), &mut understood.effects)
        else {
            return Ok(());
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

    pub(super) async fn understand_consent(
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
}

/// Does what a keyword asks for; says what is told of the message it answers. Whoever carries STOP, START and HELP also
/// answers them: no confirmation is sent from here.
fn follow(
    item: &InboxItem,
    inbound: &Inbound,
    origin: Option<&Origin>,
    effects: &mut InboxEffects,
) -> Option<(EventKind, Option<String>)> {
    let (channel, from) = (inbound.channel, inbound.from.as_str());
    match inbound.keyword {
        None => Some((EventKind::Replied, None)),
        Some(Keyword::Help) => None,
        Some(Keyword::Start) => {
            let change = (channel, from, true, SuppressionSource::Stop);
            change_consent(item, change, origin, effects);
            None
        }
        Some(Keyword::Stop) => {
            let change = (channel, from, false, SuppressionSource::Stop);
            change_consent(item, change, origin, effects);
            Some((EventKind::Unsubscribed, Some("Answered STOP".to_owned())))
        }
    }
}

/// Channel, address, whether they may be written to, and why not.
pub(super) type Change<'a> = (Channel, &'a str, bool, SuppressionSource);

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

pub(super) fn suppress(
    origin: &Origin,
    source: SuppressionSource,
    reason: Option<String>,
) -> Suppress {
    Suppress {
        workspace: origin.workspace,
        channel: origin.channel,
        address: origin.address.clone(),
        source,
        reason,
        campaign: Some(origin.campaign),
    }
}

pub(super) fn consent(origin: &Origin, is_subscribed: bool) -> ConsentChange {
    ConsentChange {
        workspace: origin.workspace,
        channel: origin.channel,
        address: origin.address.clone(),
        is_subscribed,
    }
}
