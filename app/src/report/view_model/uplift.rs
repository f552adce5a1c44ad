//! A campaign against its holdout, in words. Made on the server: the page gets sentences.

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::uplift::{Did, Group, Part, Trial};

    use super::*;

    fn part(name: &str, share: u8, people: u64, did: u64, cents: i64) -> Part {
        Part {
            group: Group {
                name: name.to_owned(),
                share,
                people,
                written: if name.is_empty() { 0 } else { people / 2 },
            },
            did: vec![Did {
                what: EventKind::Achieved,
                people: did,
                worth: BTreeMap::from([("EUR".to_owned(), Amount(cents * 100))]),
            }],
        }
    }

    fn shown(arms: Vec<Part>, holdout: Part) -> UpliftShown {
        let trial = Trial {
            arms,
            holdout,
            ..Trial::default()
        };
        uplift_shown(&Uplift::of(&trial)).unwrap()
    }

    #[test]
    fn what_a_campaign_raised_is_said_with_its_interval() {
        let shown = shown(
            vec![part("A", 50, 21_307, 267, 3_031_169)],
            part("", 50, 21_306, 122, 1_390_833),
        );
        assert!(shown.notes.is_empty(), "{shown:?}");
        let table = &shown.tables[0];
        assert!(table.is_decided);
        assert_eq!(
            table.verdict,
            "The campaign raised conversions by 0.7 points (0.4 to 1.0)."
        );
        assert!(
            table.notes[0].starts_with("That is about 145 conversions more than without it ("),
            "{table:?}"
        );
        assert!(
            table.notes[0].ends_with("), 119% of what would have happened anyway."),
            "{table:?}"
        );
        assert!(
            table.notes[1].starts_with(
                "1.42 EUR a person, 0.65 EUR in the holdout: 16,402.71 EUR more than without it."
            ),
            "{table:?}"
        );
        assert_eq!(
            table.rows[0][..5],
            ["Everyone it was for", "21,307", "10,653", "267", "1.3%"]
        );
        assert_eq!(
            table.rows[1],
            ["Held out", "21,306", "0", "122", "0.6%", "baseline"]
        );
    }

    #[test]
    fn versions_stand_between_everyone_and_the_holdout() {
        let shown = shown(
            vec![part("A", 45, 4_500, 450, 0), part("B", 45, 4_500, 460, 0)],
            part("", 10, 1_000, 100, 0),
        );
        let table = &shown.tables[0];
        let names: Vec<_> = table.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(
            names,
            ["Everyone it was for", "Version A", "Version B", "Held out"]
        );
        assert!(!table.is_decided);
        assert!(
            table.verdict.starts_with(
                "No difference can be told yet: conversions may have changed by anything from −"
            ),
            "{table:?}"
        );
    }

    #[test]
    fn a_campaign_that_did_harm_is_said_to() {
        let shown = shown(
            vec![part("A", 90, 9_000, 360, 9_000)],
            part("", 10, 1_000, 90, 9_000),
        );
        let table = &shown.tables[0];
        assert!(
            table
                .verdict
                .starts_with("The campaign lowered conversions by 5.0 points ("),
            "{table:?}"
        );
        assert!(
            table.notes[0].starts_with("That is about 450 conversions fewer than without it ("),
            "{table:?}"
        );
        assert!(
            table.notes[1].contains(": 720.00 EUR less than without it."),
            "{table:?}"
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let few = shown(vec![part("A", 90, 900, 50, 0)], part("", 10, 99, 1, 0));
        assert_eq!(
            few.tables[0].verdict,
            "Too few people: a holdout needs 100 before anything can be said, and has 99."
        );
        let early = shown(vec![part("A", 90, 900, 9, 0)], part("", 10, 100, 0, 0));
        assert_eq!(
            early.tables[0].verdict,
            "Too early: there are too few conversions for anything to be said."
        );
        let none = shown(vec![part("A", 90, 900, 0, 0)], part("", 10, 100, 0, 0));
        assert!(none.tables.is_empty());
        assert!(none.notes[0].starts_with("No conversions yet."), "{none:?}");
        let mut trial = Trial {
            arms: vec![part("A", 50, 900, 0, 0)],
            holdout: part("", 50, 100, 0, 0),
            credited: 12,
            strangers: 1,
        };
        let by_message = uplift_shown(&Uplift::of(&trial)).unwrap();
        assert!(
            by_message.notes[0].starts_with("The parts"),
            "{by_message:?}"
        );
        assert!(
            by_message.notes[1].starts_with("12 people converted from their message."),
            "{by_message:?}"
        );
        assert!(by_message.notes[2].contains("1 person"), "{by_message:?}");
        // Without a holdout, only an A/B test is told what it misses.
        trial.holdout = Part::default();
        assert_eq!(uplift_shown(&Uplift::of(&trial)), None);
        trial.arms.push(part("B", 50, 900, 0, 0));
        let unheld = uplift_shown(&Uplift::of(&trial)).unwrap();
        assert!(
            unheld.notes[0].starts_with("Nobody was held out"),
            "{unheld:?}"
        );
    }
}
