//! What a campaign brought about that would not have happened anyway: those it was for against its holdout.
//!
//! The base is whoever was *assigned* to an arm, written to or not (intention to treat). Who bounced, was blocked, or
//! was still waiting stays in it, because nobody knows who of the holdout would have bounced: with the written-to
//! alone, people with live addresses would be compared with all people. It understates what a message does to those
//! it reaches, and never invents anything.
//!
//! What is counted are things people do whether or not they got a message ([`OUTCOMES`]), since the launch, each person
//! once. Conversions and clicks *of a message* don't count: the holdout has no messages.
//!
//! The interval is that of [`crate::experiment`]: it holds however often one looks. People are assigned once and act
//! over time, so here the variance grows from nothing as they act, where it shrinks in a test that people enter one by
//! one. The boundary is the same: seen from its end, the path of a Brownian motion is one again (time inversion), so that the
//! boundary crosses it as likely from either side.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    EventKind,
    experiment::{Arm, Difference, PEOPLE_MIN, interval},
    money::Amount,
    report::Rate,
};

/// What is compared.
pub const OUTCOMES: [EventKind; 2] = [EventKind::Achieved, EventKind::Visited];
/// So many of the smaller side must be expected to have acted before anything is said: below, the normal approximation
/// is poor where the sides are of unequal size.
pub const EXPECTED_MIN: f64 = 5.0;
/// Smallest uplift that matters, as a part of the holdout's rate: an interval within it means "no difference". Not in
/// points: while few have acted yet, every difference is of few points.
pub const NEGLIGIBLE: f64 = 0.05;
/// Values of chi-square that chance exceeds once in a thousand times, by degrees of freedom from 1 (NIST/SEMATECH
/// e-Handbook of Statistical Methods, §1.3.6.7.4).
const CHI_SQUARE: [f64; 4] = [10.828, 13.816, 16.266, 18.467];

/// People of a campaign by what they were assigned to, and what they did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The arms.
    pub arms: Vec<Part>,
    /// Those who get nothing.
    pub holdout: Part,
    /// People whose conversions are known by their message alone; they don't count here.
    pub credited: u64,
    /// Keys of events that belong to nobody of the audience.
    pub strangers: u64,
}

/// A part of the audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Who they are.
    pub group: Group,
    /// What they did since the launch.
    pub did: Vec<Did>,
}

impl Part {
    fn people_who(&self, what: EventKind) -> u64 {
        let did = self.did.iter().filter(|did| did.what == what);
        did.map(|did| did.people).sum()
    }
}

/// Who belongs to a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name of the arm; empty for the holdout.
    pub name: String,
    /// Its part of the audience as it was asked for, in percent.
    pub share: u8,
    /// People assigned to it: the base of all rates.
    pub people: u64,
    /// Of these, to whom a message was handed over.
    pub written: u64,
}

/// What people of a part did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// What.
    pub what: EventKind,
    /// How many of them, each once.
    pub people: u64,
    /// What it was worth by currency; sums of different currencies are never mixed.
    pub worth: BTreeMap<String, Amount>,
}

/// What can be said of an outcome by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Too few people, or too few who acted, for any word.
    TooFew,
    /// It may have raised or lowered it.
    Open,
    /// It raised it.
    Raised,
    /// It lowered it.
    Lowered,
    /// It made no difference that matters.
    Negligible,
}

impl Effect {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TooFew,
        Self::Open,
        Self::Raised,
        Self::Lowered,
        Self::Negligible,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooFew => "too_few",
            Self::Open => "open",
            Self::Raised => "raised",
            Self::Lowered => "lowered",
            Self::Negligible => "negligible",
        }
    }

    /// Whether there is something to go by.
    #[must_use]
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::TooFew | Self::Open)
    }
}

/// A campaign against its holdout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Uplift {
    /// The arms.
    pub arms: Vec<Group>,
    /// Those who get nothing; nobody where none were held out.
    pub holdout: Group,
    /// Whether the parts are of other sizes than asked for, beyond chance: nothing below should be believed then.
    pub is_ratio_off: bool,
    /// By each thing that anybody did.
    pub outcomes: Vec<Outcome>,
    /// People whose conversions are known by their message alone; they don't count here.
    pub credited: u64,
    /// Keys of events that belong to nobody of the audience.
    pub strangers: u64,
}

/// One outcome, of those the campaign was for against the holdout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What people did.
    pub what: EventKind,
    /// Of everyone assigned to an arm.
    pub assigned: Rate,
    /// Of the holdout.
    pub holdout: Rate,
    /// What can be said by now.
    pub effect: Effect,
    /// How much more of the assigned did it, as a part of one; none as long as a side has nobody.
    pub difference: Option<Difference>,
    /// The observed difference as a part of the holdout's rate; none where nobody of the holdout did it.
    pub relative: Option<f64>,
    /// People who would not have done it without the campaign: the difference times the assigned.
    pub incremental: Option<Difference>,
    /// Each arm against the holdout, where there are several. The intervals hold together.
    pub arms: Vec<ArmUplift>,
    /// What it was worth, by currency. Without an interval: a few large purchases decide such sums.
    pub worth: Vec<WorthUplift>,
}

/// An arm against the holdout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmUplift {
    /// Its name.
    pub name: String,
    /// Of those assigned to it.
    pub rate: Rate,
    /// How many more did it than of the holdout.
    pub difference: Option<Difference>,
}

/// Worth in one currency, to four places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorthUplift {
    /// ISO 4217 code; empty when none was named.
    pub currency: String,
    /// For each person assigned to an arm.
    pub assigned: Amount,
    /// For each person of the holdout.
    pub holdout: Amount,
    /// What would not have come without the campaign: the difference of the two, times the assigned.
    pub incremental: Amount,
}

impl Uplift {
    /// Compares.
    #[must_use]
    pub fn of(trial: &Trial) -> Self {
        let parts = || trial.arms.iter().chain([&trial.holdout]);
        let is_done = |what: &EventKind| parts().any(|part| part.people_who(*what) > 0);
        let done = OUTCOMES.into_iter().filter(is_done);
        Self {
            arms: trial.arms.iter().map(|part| part.group.clone()).collect(),
            holdout: trial.holdout.group.clone(),
            is_ratio_off: is_ratio_off(parts().map(|part| &part.group)),
            outcomes: done.map(|what| Outcome::of(what, trial)).collect(),
            credited: trial.credited,
            strangers: trial.strangers,
        }
    }
}

impl Outcome {
    fn of(what: EventKind, trial: &Trial) -> Self {
        let side = |part: &Part| Arm {
            name: part.group.name.clone(),
            people: part.group.people,
            successes: part.people_who(what),
        };
        let arms: Vec<Arm> = trial.arms.iter().map(side).collect();
        let holdout = side(&trial.holdout);
        let assigned = Arm {
            name: String::new(),
            people: arms.iter().map(|arm| arm.people).sum(),
            successes: arms.iter().map(|arm| arm.successes).sum(),
        };
        let rate = |arm: &Arm| Rate::new(arm.successes, arm.people);
        let difference = against(&holdout, &assigned, 1);
        let several = arms.iter().filter(|_| arms.len() > 1);
        Self {
            what,
            assigned: rate(&assigned),
            holdout: rate(&holdout),
            effect: effect(&holdout, &assigned, difference),
            difference,
            relative: difference
                .zip(holdout.rate().filter(|rate| *rate > 0.0))
                .map(|(difference, rate)| difference.observed / rate),
            incremental: difference.map(|difference| times(difference, assigned.people)),
            arms: several
                .map(|arm| ArmUplift {
                    name: arm.name.clone(),
                    rate: rate(arm),
                    difference: against(&holdout, arm, arms.len()),
                })
                .collect(),
            worth: worth(what, trial, assigned.people),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people")]
fn times(difference: Difference, people: u64) -> Difference {
    let people = people as f64;
    Difference {
        observed: difference.observed * people,
        low: difference.low * people,
        high: difference.high * people,
    }
}

/// The difference with the larger of two variances: that of two rates, and that of one rate in both. A small holdout in
/// which nobody has acted yet is nearly certain of its zero by the first; by the second it is not.
#[expect(clippy::cast_precision_loss, reason = "counts of people")]
fn against(holdout: &Arm, other: &Arm, comparisons: usize) -> Option<Difference> {
    let observed = other.rate()? - holdout.rate()?;
    let apart = holdout.variance() + other.variance();
    let (n, m) = (holdout.people as f64, other.people as f64);
    let together = Arm {
        name: String::new(),
        people: holdout.people + other.people,
        successes: holdout.successes + other.successes,
    };
    let pooled = together.variance() * (n + m) * (1.0 / n + 1.0 / m);
    Some(interval(observed, apart.max(pooled), comparisons))
}

#[expect(clippy::cast_precision_loss, reason = "counts of people")]
fn effect(holdout: &Arm, assigned: &Arm, difference: Option<Difference>) -> Effect {
    let smaller = holdout.people.min(assigned.people);
    let acted = (holdout.successes + assigned.successes) as f64;
    let expected = acted * smaller as f64 / (holdout.people + assigned.people).max(1) as f64;
    let small = NEGLIGIBLE * holdout.rate().unwrap_or(0.0);
    match difference {
        _ if smaller < PEOPLE_MIN || expected < EXPECTED_MIN => Effect::TooFew,
        None => Effect::TooFew,
        Some(difference) if difference.low > 0.0 => Effect::Raised,
        Some(difference) if difference.high < 0.0 => Effect::Lowered,
        Some(difference) if difference.low > -small && difference.high < small => {
            Effect::Negligible
        }
        Some(_) => Effect::Open,
    }
}

/// Worth for each person. None where a side has nobody.
fn worth(what: EventKind, trial: &Trial, assigned: u64) -> Vec<WorthUplift> {
    let (mut in_arms, mut held) = (BTreeMap::new(), BTreeMap::new());
    for part in &trial.arms {
        add_worth(&mut in_arms, part, what);
    }
    add_worth(&mut held, &trial.holdout, what);
    let mut currencies: Vec<&String> = in_arms.keys().chain(held.keys()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let people = (i128::from(assigned), i128::from(trial.holdout.group.people));
    if people.0 == 0 || people.1 == 0 {
        return Vec::new();
    }
    let of =
        |sums: &BTreeMap<String, i128>, currency: &str| sums.get(currency).copied().unwrap_or(0);
    let amount = |units: i128| Amount(i64::try_from(units).unwrap_or(i64::MAX));
    let row = |currency: &String| {
        let (mine, theirs) = (of(&in_arms, currency), of(&held, currency));
        WorthUplift {
            currency: currency.clone(),
            assigned: amount(divided(mine, people.0)),
            holdout: amount(divided(theirs, people.1)),
            incremental: amount(mine - divided(theirs * people.0, people.1)),
        }
    };
    currencies.into_iter().map(row).collect()
}

fn add_worth(sums: &mut BTreeMap<String, i128>, part: &Part, what: EventKind) {
    for did in part.did.iter().filter(|did| did.what == what) {
        for (currency, Amount(units)) in &did.worth {
            *sums.entry(currency.clone()).or_insert(0) += i128::from(*units);
        }
    }
}

/// Rounded half away from zero.
fn divided(sum: i128, by: i128) -> i128 {
    (sum.abs() + by / 2) / by * sum.signum()
}

/// Whether the sizes of the parts are off from their shares: chi-square, at one in a thousand. People are assigned once,
/// so that one look is all there is.
#[expect(clippy::cast_precision_loss, reason = "counts of people")]
fn is_ratio_off<'a>(groups: impl Iterator<Item = &'a Group> + Clone) -> bool {
    let groups = || groups.clone().filter(|g| g.share > 0 || g.people > 0);
    let people: u64 = groups().map(|group| group.people).sum();
    if groups().count() < 2 || people < PEOPLE_MIN {
        return false;
    }
    let chi_square: f64 = groups()
        .map(|group| {
            let expected = people as f64 * f64::from(group.share) / 100.0;
            (group.people as f64 - expected).powi(2) / expected
        })
        .sum();
    let degrees = groups().count() - 1;
    chi_square > CHI_SQUARE[(degrees - 1).min(CHI_SQUARE.len() - 1)]
}
