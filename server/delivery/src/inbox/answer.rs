//! What people wrote back, and changes of consent.

use carrier::{
    answers,
    hook::{Inbound, Keyword},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, EventKind, contact::SuppressionSource};
use store::{
    ConsentChange, InboxEffects, InboxItem, NewAnswer, NewReply, Origin, Result, Suppress,
};

use super::{Known, Told, Understood};
use crate::{engine::Engine, seams::Unusable};

/// How old a word may be that is answered.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::days(1);

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
        let keyword = inbound.keyword.map(word);
        if let Some(keyword) = inbound.keyword
            && let Some(answer) = self.answer_to(item, inbound, keyword).await?
        {
            understood.effects.answers.push(NewAnswer {
                origin: origin.as_ref().map(|origin| origin.message.clone()),
                ..answer
            });
        }
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

    /// What the account answers to a word by itself; nothing where it doesn't, by other channels than SMS, or so late that
    /// nobody would know what it is about.
    async fn answer_to(
        &self,
        item: &InboxItem,
        inbound: &Inbound,
        keyword: Keyword,
    ) -> Result<Option<NewAnswer>> {
        let is_late = self.now() - item.received_at > ANSWERED_WITHIN;
        if inbound.channel != Channel::Sms || is_late {
            return Ok(None);
        }
        let account = match self.account(item.account).await {
            Ok(account) => account,
            // Who can't be sent by answers nothing.
            Err(Unusable::Lasting(_)) => return Ok(None),
            Err(Unusable::Passing(error)) => return Err(error),
        };
        let text = answers::answer(account.protocol, &account.settings, keyword);
        Ok(text.map(|text| NewAnswer {
            workspace: item.workspace,
            account: item.account,
            address: inbound.from.clone(),
            sender: inbound.to.clone(),
            keyword: word(keyword),
            text,
            origin: None,
        }))
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

/// The stored word of a keyword.
fn word(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Stop => "stop",
        Keyword::Start => "start",
        Keyword::Help => "help",
    }
}

/// Does what a keyword asks for; says what is told of the message it answers.
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
