//! How the arms of an A/B test compare, in words.

use domain::{
    EventKind,
    experiment::{Difference, PEOPLE_MIN, Verdict},
};
use serde::{Deserialize, Serialize};

use crate::{
    number::{count, percent},
    report::answer::Comparison,
};

/// A comparison as it is shown: of arms among each other, or with the holdout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What is compared, such as `Clicks`.
    pub title: String,
    /// What can be said by now.
    pub verdict: String,
    /// Whether there is something to go by.
    pub is_decided: bool,
    /// Sentences that follow from the verdict.
    pub notes: Vec<String>,
    /// Names of the columns.
    pub heads: Vec<String>,
    /// A row for each arm: its name, then figures.
    pub rows: Vec<Vec<String>>,
}

/// The tables of all comparisons.
#[must_use]
pub fn arms_tables(comparisons: &[Comparison]) -> Vec<Compared> {
    comparisons.iter().map(arms_table).collect()
}

fn arms_table(comparison: &Comparison) -> Compared {
    let (title, verb) = match comparison.what {
        EventKind::Opened => ("Opens", "opened"),
        EventKind::Read => ("Reads", "read"),
        EventKind::Replied => ("Replies", "replied to"),
        EventKind::Converted => ("Conversions", "converted from"),
        _ => ("Clicks", "clicked"),
    };
    let rows = comparison.arms.iter().map(|(arm, difference)| {
        let rate = domain::report::ratio(arm.successes, arm.people);
        vec![
            arm.name.clone(),
            count(arm.people),
            percent(rate),
            difference.map_or_else(|| "baseline".to_owned(), points),
        ]
    });
    Compared {
        title: title.to_owned(),
        verdict: sentence(&comparison.verdict, verb),
        is_decided: matches!(comparison.verdict, Verdict::Winner { .. } | Verdict::Equal),
        notes: Vec::new(),
        heads: ["Arm", "Delivered", "Rate", "Difference to the first"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    }
}

fn sentence(verdict: &Verdict, verb: &str) -> String {
    match verdict {
        Verdict::TooFew => {
            format!("Too early: an arm needs {PEOPLE_MIN} deliveries before anything can be said.")
        }
        Verdict::Open => "Not safe to stop yet: the difference may still be chance.".to_owned(),
        Verdict::Winner { arm } => {
            format!("Safe to stop: {arm} is {verb} more often than every other arm.")
        }
        Verdict::Equal => "Safe to stop: the arms differ by less than one point.".to_owned(),
    }
}

/// `+2.1 points (0.4 to 3.8)`.
pub(super) fn points(difference: Difference) -> String {
    let shown = |value: f64| format!("{:.1}", value * 100.0);
    let sign = if difference.observed > 0.0 { "+" } else { "" };
    format!(
        "{sign}{} points ({} to {})",
        shown(difference.observed),
        shown(difference.low),
        shown(difference.high)
    )
    .replace('-', "−")
}

#[cfg(test)]
mod tests {
    use domain::report::{Kpis, Tally};

    use super::*;

    fn kpis(delivered: u64, clicked: u64) -> Kpis {
        Kpis {
            delivered,
            clicked: Tally {
                total: clicked,
                unique: clicked,
            },
            ..Kpis::default()
        }
    }

    #[test]
    fn a_winner_is_named_with_the_interval_of_the_difference() {
        let arms = [
            ("A".to_owned(), kpis(2_000, 200)),
            ("B".to_owned(), kpis(2_000, 400)),
        ];
        let comparison = Comparison::of(EventKind::Clicked, &arms).unwrap();
        let table = arms_table(&comparison);
        assert!(table.is_decided);
        assert_eq!(
            table.verdict,
            "Safe to stop: B is clicked more often than every other arm."
        );
        assert_eq!(table.rows[0], ["A", "2,000", "10.0%", "baseline"]);
        assert!(
            table.rows[1][3].starts_with("+10.0 points ("),
            "{:?}",
            table.rows
        );
        assert_eq!(Comparison::of(EventKind::Opened, &arms), None);
    }

    #[test]
    fn without_enough_people_nothing_is_said() {
        let arms = [("A".to_owned(), kpis(50, 5)), ("B".to_owned(), kpis(50, 0))];
        let table = arms_table(&Comparison::of(EventKind::Clicked, &arms).unwrap());
        assert!(!table.is_decided);
        assert!(table.verdict.starts_with("Too early"));
        assert!(
            table.rows[1][3].starts_with("−10.0 points (−"),
            "{:?}",
            table.rows
        );
    }
}
