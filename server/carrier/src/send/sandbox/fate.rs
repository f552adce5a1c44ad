//! How a simulated account behaves, and what becomes of a message: the same for the same seed and message.

use domain::Channel;

use super::{
    dice::Dice,
    words::{self, Word},
};
use crate::{Settings, SettingsError};

/// How the simulator behaves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Config {
    pub(super) seed: u64,
    /// Part of the messages that ends badly, 0 to 1.
    pub(super) loss: f64,
    pub(super) latency_ms: u64,
    /// Part of the submissions whose answer is lost, 0 to 1.
    pub(super) uncertain: f64,
    pub(super) per_second: Option<u32>,
    /// Whether receipts come late, twice and out of order.
    pub(super) is_wild: bool,
}

impl Config {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            seed: number(settings, "seed", u64::MAX)?.unwrap_or(1),
            loss: percent(settings, "loss")?.unwrap_or(0.04),
            latency_ms: number(settings, "latency_ms", 60_000)?.unwrap_or(20),
            uncertain: percent(settings, "uncertain")?.unwrap_or(0.0),
            per_second: match number(settings, "per_second", u32::MAX)? {
                Some(0) => return Err(SettingsError::new("per_second", "has to be 1 or more")),
                limit => limit,
            },
            is_wild: match settings.get("receipts") {
                None | Some("orderly") => false,
                Some("wild") => true,
                Some(_) => {
                    return Err(SettingsError::new(
                        "receipts",
                        "has to be `orderly` or `wild`",
                    ));
                }
            },
        })
    }
}

fn number<T>(settings: &Settings, name: &'static str, most: T) -> Result<Option<T>, SettingsError>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let Some(text) = settings.get(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number <= most => Ok(Some(number)),
        _ => Err(SettingsError::new(
            name,
            format!("has to be a whole number up to {most}"),
        )),
    }
}

fn percent(settings: &Settings, name: &'static str) -> Result<Option<f64>, SettingsError> {
    let Some(text) = settings.get(name) else {
        return Ok(None);
    };
    match text.trim_end_matches(['%', ' ']).parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Some(percent / 100.0)),
        _ => Err(SettingsError::new(name, "has to be a number from 0 to 100")),
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// Not taken.
    Unsent(&'static Word),
    /// Fails in the answer to its submission.
    FailedAtOnce(&'static Word),
    /// Taken; a receipt says that it failed.
    Failed(&'static Word),
    /// Taken, and never heard of the end; the word, where there is one, is posted.
    Pending(Option<&'static Word>),
    /// Arrives.
    Delivered,
}

impl Fate {
    pub(super) fn of(config: &Config, message: &str, channel: Channel) -> Self {
        let mut dice = Dice::new(config.seed, message, "fate");
        let roll = dice.unit();
        if roll >= config.loss {
            // Half as many as are lost get stuck: none in a world without loss.
            return if roll < (config.loss * 1.5).min(1.0) {
                Self::Pending(weighted(&mut dice, words::pending(channel)))
            } else {
                Self::Delivered
            };
        }
        let part = dice.unit();
        let (table, fate): (_, fn(&'static Word) -> Self) = if part < 0.15 {
            (words::unsent(channel), Self::Unsent)
        } else if part < 0.3 || channel == Channel::Push {
            (words::failed_at_once(channel), Self::FailedAtOnce)
        } else {
            (words::failed_later(channel), Self::Failed)
        };
        weighted(&mut dice, table).map_or(Self::Delivered, fate)
    }
}

/// What happens to the answer of a message's first submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Clear,
    /// The message arrives, the answer is lost.
    AnswerLost,
    /// The message itself is lost.
    MessageLost,
}

impl Line {
    pub(super) fn of(config: &Config, message: &str) -> Self {
        let mut dice = Dice::new(config.seed, message, "line");
        if !dice.happens(config.uncertain) {
            Self::Clear
        } else if dice.happens(0.7) {
            Self::AnswerLost
        } else {
            Self::MessageLost
        }
    }
}

fn weighted(dice: &mut Dice, table: &'static [Word]) -> Option<&'static Word> {
    let total: u32 = table.iter().map(|word| word.weight).sum();
    let mut left = dice.below(usize::try_from(total).unwrap_or_default());
    table.iter().find(|word| {
        let weight = usize::try_from(word.weight).unwrap_or_default();
        let is_it = left < weight;
        left = left.saturating_sub(weight);
        is_it
    })
}
