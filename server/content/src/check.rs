//! What is wrong with a content, before anybody gets it.

use std::collections::{BTreeMap, BTreeSet};

use domain::content::{Content, ContentProblem};

use crate::{CompileOptions, Compiled, build::Builder};

/// Placeholders by name; true for one that may be without a value, since there is a default or a condition.
pub type Placeholders = BTreeMap<String, bool>;

/// Everything wrong with a content; nothing when it can be sent.
#[must_use]
pub fn check(content: &Content) -> Vec<ContentProblem> {
    Compiled::new(content, &CompileOptions::default())
        .err()
        .unwrap_or_default()
}

/// What of a content takes more memory, stack or time than a message may; none where it can be looked at. Such a content
/// is not to be stored.
#[must_use]
pub fn limit(content: &Content) -> Option<ContentProblem> {
    let options = CompileOptions::default();
    let mut builder = Builder::new(&options);
    builder.parts(content);
    builder.limits.into_iter().next()
}

/// The placeholders a content uses, without those for our own pages; as far as it can be understood.
#[must_use]
pub fn placeholders(content: &Content) -> Placeholders {
    let options = CompileOptions::default();
    let mut builder = Builder::new(&options);
    builder.parts(content);
    builder.names
}

/// The placeholders that everybody needs a value for, without `campaign`, which every message has: whoever lacks one gets
/// no message. Those with a default, and those inside a condition, are left out.
#[must_use]
pub fn required(content: &Content) -> BTreeSet<String> {
    placeholders(content)
        .into_iter()
        .filter(|(name, is_optional)| !is_optional && name != "campaign")
        .map(|(name, _)| name)
        .collect()
}
