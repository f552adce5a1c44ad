//! What is heard of a message after it was taken: receipts, opens, clicks, answers.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Channel;

use super::{
    dice::Dice,
    fate::{Config, Fate},
    item::{Wire, WireStatus},
    tale::{DAY, HOUR, MINUTE, Tale},
};
use crate::{Settings, SettingsError, hook::Item};

/// A message that the simulator has taken.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Our key of it.
    pub message: &'a str,
    /// Channel.
    pub channel: Channel,
    /// Sender.
    pub from: &'a str,
    /// Recipient.
    pub to: &'a str,
    /// How many links it has.
    pub links: u32,
}

/// What the simulator posts about a message, by the time it is posted: the same whenever it is asked. Nothing for a
/// message that it refuses. With `wild`, some of it comes late, twice, out of order, or in a word nobody knows.
/// The times inside of the items are when it happened, by the simulator's clock. Items are understood by
/// [`super::read`].
///
/// # Errors
/// The first setting that can't be read.
pub fn receipts(
    settings: &Settings,
    facts: Facts<'_>,
    submitted_at: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, Item)>, SettingsError> {
    let config = Config::new(settings)?;
    let mut tale = Tale::new(config.seed, facts);
    match Fate::of(&config, facts.message, facts.channel) {
        Fate::Unsent(_) | Fate::FailedAtOnce(_) => return Ok(Vec::new()),
        Fate::Failed(word) => tale.failed(word),
        Fate::Pending(word) => tale.pending(word),
        Fate::Delivered => tale.delivered(),
    }
    let mut posts = tale.posts(submitted_at);
    if config.is_wild {
        let dice = Dice::new(config.seed, facts.message, "wild");
        posts = wild(posts, dice, facts, submitted_at);
    }
    posts.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    Ok(posts)
}

/// What goes wrong between a carrier and a webhook.
fn wild(
    posts: Vec<(DateTime<Utc>, Item)>,
    mut dice: Dice,
    facts: Facts<'_>,
    submitted_at: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, Item)> {
    let mut all = Vec::with_capacity(posts.len() + 2);
    for (mut at, item) in posts {
        let roll = dice.unit();
        if roll < 0.1 {
            at += TimeDelta::milliseconds(dice.wait(5.0 * HOUR, 1.0, 3.0 * DAY));
        } else if roll < 0.25 {
            // Overtaken by what happened after it. Never posted before it happened.
            at += TimeDelta::milliseconds(dice.wait(2.0 * MINUTE, 1.5, HOUR));
        }
        if dice.happens(0.12) {
            let again = at + TimeDelta::milliseconds(dice.wait(MINUTE, 1.5, DAY));
            all.push((again, item.clone()));
            if dice.happens(0.3) && !item.body.windows(7).any(|part| part == b"inbound") {
                // The same event under another number, as some carriers do after a failover.
                let key = format!("{}-again", item.key);
                all.push((
                    again,
                    Item {
                        key,
                        ..item.clone()
                    },
                ));
            }
        }
        all.push((at, item));
    }
    if dice.happens(0.02) {
        let unknown = WireStatus {
            message: facts.message.to_owned(),
            to: facts.to.to_owned(),
            kind: None,
            raw: "BUFFERED_AT_HUB".to_owned(),
            at: submitted_at,
            reason: None,
            carrier: None,
            link: None,
            user_agent: None,
            ip: None,
            evidence: None,
            suppress: None,
        };
        if let Ok(body) = serde_json::to_vec(&Wire::Status(Box::new(unknown))) {
            let key = format!("{}-hub", facts.message);
            all.push((submitted_at, Item { key, body }));
        }
    }
    all
}
