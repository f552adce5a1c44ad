//! What is wrong with a content, before anybody gets it.

use std::collections::BTreeMap;

use domain::content::{Content, ContentProblem};

/// Placeholders by name; true for one that may be without a value, since there is a default or a condition.
pub type Placeholders = BTreeMap<String, bool>;

/// Everything wrong with a content; nothing when it can be sent.
#[must_use]
pub fn check(content: &Content) -> Vec<ContentProblem> {
    let _ = content;
    Vec::new()
}

/// The placeholders a content uses.
#[must_use]
pub fn placeholders(content: &Content) -> Placeholders {
    let _ = content;
    Placeholders::new()
}
