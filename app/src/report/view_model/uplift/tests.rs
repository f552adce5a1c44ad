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
