//! Obstacles as the pages show them.

use domain::sending::{Obstacle, Step};

use crate::editor::given::Problem;

impl From<Obstacle> for Problem {
    fn from(obstacle: Obstacle) -> Self {
        problem(obstacle)
    }
}

/// An obstacle with its arm and field apart, `B.subject` being the subject of arm B, at the step and field where the
/// pages have it: the design and the shares of an e-mail stand with its text, later versions' subjects too.
pub(in crate::editor) fn problem(obstacle: Obstacle) -> Problem {
    let Obstacle {
        step,
        field,
        message,
    } = obstacle;
    let is_arm = |arm: &str| matches!(arm, "A" | "B" | "C" | "D");
    let (arm, field) = match field.split_once('.') {
        Some((arm, rest)) if is_arm(arm) => (arm.to_owned(), rest.to_owned()),
        _ => (String::new(), field),
    };
    let is_later = !matches!(arm.as_str(), "" | "A");
    let step = match (step, field.as_str()) {
        (Step::Template, _) => Step::Personalize,
        (Step::Detail, "subject" | "preheader") if is_later => Step::Personalize,
        _ => step,
    };
    let field = match field.strip_prefix("suggestions.") {
        Some(row) => match row.split_once('.') {
            Some((n, "url" | "number")) => format!("suggestions.{n}.target"),
            Some(_) => field,
            None => format!("suggestions.{row}.text"),
        },
        None => field,
    };
    Problem {
        step,
        arm,
        field,
        message,
    }
}
