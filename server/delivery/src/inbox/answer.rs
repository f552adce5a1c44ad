//! What people wrote back, and changes of consent.

use carrier::{
    answers,
    hook::{ConsentAct, ConsentNotice, Inbound, Keyword},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, EventKind, contact::SuppressionSource};
use store::{InboxItem, Lift, NewAnswer, NewReply, Result};

use super::{Known, Told, Understood, owner::Owner};
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
        let owner = self
            .owner(item, inbound.channel, &inbound.from, answered)
            .await?;
        let origin = owner.origin.clone();
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
            sender: owner
                .address
                .clone()
                .unwrap_or_else(|| inbound.from.clone()),
            text: inbound.text.clone(),
            keyword,
            at,
        });
        if !owner.is_known {
            understood.miss(NOBODY);
        }
        let Some((kind, reason)) = follow(item, inbound, &owner, at, understood) else {
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
        notice: &ConsentNotice,
        known: &Known,
        understood: &mut Understood,
    ) -> Result<()> {
        let by_key = notice
            .message
            .as_ref()
            .and_then(|key| known.by_key.get(key));
        let by_reference = || {
            let reference = notice.reference.clone()?;
            known.by_reference.get(&(item.account, reference))
        };
        let about = by_key.or_else(by_reference);
        let owner = self
            .owner(item, notice.channel, &notice.address, about)
            .await?;
        let at = notice.at.unwrap_or(item.received_at);
        if !owner.is_known {
            understood.miss(NOBODY);
        }
        match notice.act {
            ConsentAct::Left(source) => {
                owner.leaves(item, notice.channel, source, at, understood);
                let Some(origin) = &owner.origin else {
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
            ConsentAct::Returned => {
                owner.returns(item, notice.channel, at, understood);
                Ok(())
            }
            ConsentAct::Blocked(source) => {
                owner.is_blocked(item, notice.channel, source, None, understood);
                Ok(())
            }
            ConsentAct::Reactivated => {
                understood
                    .effects
                    .lifts
                    .extend(owner.address.map(|address| Lift {
                        workspace: item.workspace,
                        channel: notice.channel,
                        address,
                        at,
                    }));
                Ok(())
            }
        }
    }
}

/// The problem of an item about an address that no contact and no message of the workspace has. What it asks for is done for
/// the address all the same, and somebody should look.
const NOBODY: &str = "No contact and no message has the address it is about.";

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
    owner: &Owner,
    at: DateTime<Utc>,
    understood: &mut Understood,
) -> Option<(EventKind, Option<String>)> {
    match inbound.keyword {
        None => Some((EventKind::Replied, None)),
        Some(Keyword::Help) => None,
        Some(Keyword::Start) => {
            owner.returns(item, inbound.channel, at, understood);
            None
        }
        Some(Keyword::Stop) => {
            owner.leaves(
                item,
                inbound.channel,
                SuppressionSource::Stop,
                at,
                understood,
            );
            Some((EventKind::Unsubscribed, Some("Answered STOP".to_owned())))
        }
    }
}
