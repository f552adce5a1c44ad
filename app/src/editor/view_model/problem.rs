//! Obstacles as the pages show them.

use domain::sending::Obstacle;

use crate::editor::given::Problem;

/// An obstacle with its arm and field apart: `B.subject` is the subject of arm B.
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
    Problem {
        step,
        arm,
        field,
        message,
    }
}
