//! A campaign against its holdout, in words. Made on the server: the page gets sentences.

#[cfg(test)]
mod tests;

use domain::{
    EventKind,
    experiment::{Difference, PEOPLE_MIN},
    money::Amount,
    uplift::{Effect, NEGLIGIBLE, Outcome, Uplift, WorthUplift},
};
use serde::{Deserialize, Serialize};

use super::arms::{Compared, points};
use crate::number::{NONE, count, group, people, percent};

/// What the page says of the holdout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpliftShown {
    /// What stands in the way of saying more.
    pub notes: Vec<String>,
    /// A table for each thing people do.
    pub tables: Vec<Compared>,
}

/// What is said of a campaign; none for one that has neither a holdout nor several arms.
#[must_use]
pub fn uplift_shown(uplift: &Uplift) -> Option<UpliftShown> {
    if uplift.holdout.share == 0 {
        let text = "Nobody was held out of this campaign, so that nobody can say what would have happened without it. \
                    Hold some people back from the next one, in its step Personalize.";
        return (uplift.arms.len() > 1).then(|| UpliftShown {
            notes: vec![text.to_owned()],
            tables: Vec::new(),
        });
    }
    let tables = uplift.outcomes.iter().map(|outcome| table(uplift, outcome));
    Some(UpliftShown {
        notes: notes(uplift),
        tables: tables.collect(),
    })
}

fn notes(uplift: &Uplift) -> Vec<String> {
    let mut notes = Vec::new();
    if uplift.is_ratio_off {
        notes.push(
            "The parts of the audience are of other sizes than asked for, by more than chance. Don't rely on what stands \
             below before you know why."
                .to_owned(),
        );
    }
    let has_conversions = uplift
        .outcomes
        .iter()
        .any(|outcome| outcome.what == EventKind::Achieved);
    if !has_conversions {
        let text = if uplift.credited > 0 {
            format!(
                "{} converted from their message. Those held out have none, so that this can't be compared: also post \
                 what anybody buys as events of the kind achieved, with or without a message.",
                people(uplift.credited)
            )
        } else {
            format!(
                "No conversions yet. Post what anybody of the audience buys as events of the kind achieved, with or \
                 without a message: {} held out.",
                if uplift.holdout.people == 1 {
                    "1 person is".to_owned()
                } else {
                    format!("{} are", people(uplift.holdout.people))
                }
            )
        };
        notes.push(text);
    }
    if uplift.strangers > 0 {
        notes.push(format!(
            "Left out: what {} did who can't be found in this audience.",
            people(uplift.strangers)
        ));
    }
    notes
}

/// Names of an outcome: its title, and within a sentence.
fn names(what: EventKind) -> (&'static str, &'static str) {
    match what {
        EventKind::Visited => ("Visits", "visits"),
        _ => ("Conversions", "conversions"),
    }
}

fn table(uplift: &Uplift, outcome: &Outcome) -> Compared {
    let (title, noun) = names(outcome.what);
    let written: u64 = uplift.arms.iter().map(|arm| arm.written).sum();
    let row = |name: &str, written, rate: domain::report::Rate, uplift: String| {
        let figures = [count(rate.d), count(written), count(rate.n)];
        let rest = [percent(rate.value), uplift];
        let cells = figures.into_iter().chain(rest);
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let shown = |difference: Option<Difference>| difference.map_or_else(|| NONE.to_owned(), points);
    let all = row(
        "Everyone it was for",
        written,
        outcome.assigned,
        shown(outcome.difference),
    );
    let arms = outcome.arms.iter().map(|arm| {
        let mut groups = uplift.arms.iter();
        let written = groups.find(|group| group.name == arm.name);
        row(
            &format!("Version {}", arm.name),
            written.map_or(0, |group| group.written),
            arm.rate,
            shown(arm.difference),
        )
    });
    let held_out = row("Held out", 0, outcome.holdout, "baseline".to_owned());
    Compared {
        title: title.to_owned(),
        verdict: verdict(outcome, noun),
        is_decided: outcome.effect.is_decided(),
        notes: outcome_notes(outcome, noun),
        heads: ["Part", "People", "Written to", title, "Rate", "Uplift"]
            .map(str::to_owned)
            .into(),
        rows: std::iter::once(all).chain(arms).chain([held_out]).collect(),
    }
}

/// What can be said, in a sentence.
fn verdict(outcome: &Outcome, noun: &str) -> String {
    let too_small = [
        (outcome.holdout.d, "a holdout"),
        (outcome.assigned.d, "the rest"),
    ]
    .into_iter()
    .find(|(people, _)| *people < PEOPLE_MIN);
    match (outcome.effect, outcome.difference, too_small) {
        (Effect::TooFew, _, Some((n, who))) => format!(
            "Too few people: {who} needs {PEOPLE_MIN} before anything can be said, and has {}.",
            count(n)
        ),
        (Effect::TooFew, ..) | (_, None, _) => {
            format!("Too early: there are too few {noun} for anything to be said.")
        }
        (Effect::Open, Some(difference), _) => format!(
            "No difference can be told yet: {noun} may have changed by anything from {} to {} points.",
            signed(difference.low),
            signed(difference.high)
        ),
        (Effect::Raised, Some(difference), _) => {
            format!("The campaign raised {noun} by {}.", range(difference, 1.0))
        }
        (Effect::Lowered, Some(difference), _) => {
            format!(
                "The campaign lowered {noun} by {}.",
                range(difference, -1.0)
            )
        }
        (Effect::Negligible, ..) => format!(
            "The campaign made no difference to {noun} that matters: less than {:.0}% either way.",
            NEGLIGIBLE * 100.0
        ),
    }
}

/// `0.7 points (0.4 to 1.0)`, seen from the side where it is more than nothing.
fn range(difference: Difference, sign: f64) -> String {
    let mut ends = [difference.low * sign, difference.high * sign];
    ends.sort_by(f64::total_cmp);
    let point = |value: f64| format!("{:.1}", value * 100.0);
    format!(
        "{} points ({} to {})",
        point(difference.observed * sign),
        point(ends[0]),
        point(ends[1])
    )
}

/// `+0.7`, `−0.2`, `0.0`.
fn signed(value: f64) -> String {
    let shown = format!("{:+.1}", value * 100.0);
    match shown.as_str() {
        "+0.0" | "-0.0" => "0.0".to_owned(),
        _ => shown.replace('-', "−"),
    }
}

fn outcome_notes(outcome: &Outcome, noun: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let is_changed = matches!(outcome.effect, Effect::Raised | Effect::Lowered);
    if let (true, Some(more)) = (is_changed, outcome.incremental) {
        let (sign, word) = if outcome.effect == Effect::Raised {
            (1.0, "more")
        } else {
            (-1.0, "fewer")
        };
        let mut ends = [more.low * sign, more.high * sign];
        ends.sort_by(f64::total_cmp);
        let whole = |value: f64| group(&format!("{value:.0}"));
        let relative = outcome.relative.map_or_else(String::new, |share| {
            format!(
                ", {}% of what would have happened anyway",
                whole(share * sign * 100.0)
            )
        });
        notes.push(format!(
            "That is about {} {noun} {word} than without it ({} to {}){relative}.",
            whole(more.observed * sign),
            whole(ends[0]),
            whole(ends[1]),
        ));
    }
    if outcome.effect != Effect::TooFew {
        notes.extend(outcome.worth.iter().map(worth));
    }
    notes
}

fn worth(worth: &WorthUplift) -> String {
    let amount = |amount: Amount| {
        let shown = money(amount);
        if worth.currency.is_empty() {
            shown
        } else {
            format!("{shown} {}", worth.currency)
        }
    };
    let direction = if worth.incremental.0 < 0 {
        "less"
    } else {
        "more"
    };
    format!(
        "{} a person, {} in the holdout: {} {direction} than without it. A few large purchases decide such sums, so that \
         they come without an interval.",
        amount(worth.assigned),
        amount(worth.holdout),
        amount(Amount(worth.incremental.0.saturating_abs()))
    )
}

/// To two places: `25,479.61`.
fn money(Amount(units): Amount) -> String {
    let cents = (i128::from(units).abs() + 50) / 100 * i128::from(units.signum());
    // Whole cents have two places.
    let rounded = i64::try_from(cents * 100).unwrap_or(i64::MAX);
    group(&Amount(rounded).to_string()).replace('-', "−")
}
