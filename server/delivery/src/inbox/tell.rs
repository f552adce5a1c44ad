//! Facts made of what carriers posted.

use domain::{Event, Evidence, carrier::Protocol, event::VALUE_BYTES_MAX};
use ring::digest::{SHA256, digest};
use store::{InboxItem, Origin, Result};

use super::{Told, Understood};
use crate::engine::Engine;

/// Longest provider's key that stands in the id of a fact as it is.
const KEY_BYTES_MAX: usize = 90;

impl Engine {
    /// Adds a fact. Its id is made from the item's key and its place in it: told twice, it counts once.
    pub(super) async fn tell_of(
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

/// At most 128 characters. A provider's key may have 200 bytes: of a long one the end stands here, which tells most,
/// and what tells it from another with the same end. Made of nothing but the key, so that an item that comes again, even
/// after it was forgotten, tells nothing new.
fn fact_id(item: &InboxItem, n: usize) -> String {
    let key = &item.key;
    if key.len() <= KEY_BYTES_MAX {
        return format!("w:{}:{key}:{n}", item.account);
    }
    let mut begin = key.len() - KEY_BYTES_MAX + 16;
    while !key.is_char_boundary(begin) {
        begin += 1;
    }
    let digest = digest(&SHA256, key.as_bytes());
    let short = digest.as_ref().first_chunk().copied().unwrap_or_default();
    let head = u64::from_be_bytes(short);
    format!("w:{}:{head:016x}~{}:{n}", item.account, &key[begin..])
}

fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\0', " ")
}
