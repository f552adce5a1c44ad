//! MJML by its own compiler, with the template's tags hidden from it, and designs to begin with.

mod engine;
mod pool;
mod raw;
mod scan;
mod starters;
#[cfg(test)]
mod tests;

use domain::content::{ContentProblem, HTML_BYTES_MAX};

use self::engine::{EngineError, Remark, TIME_MAX};
use crate::html::{Slots, mark};

pub use starters::{Starter, starters};

/// The HTML of an MJML source, with what the compiler remarked on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mjml {
    /// As npm's compiler makes it, with the template's tags in it.
    pub html: String,
    /// What its author should know, though it can be sent: attributes MJML doesn't know, elements it left out.
    pub notes: Vec<ContentProblem>,
}

/// Why there is no HTML of an MJML source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MjmlError {
    /// Something in it is to be mended.
    Invalid(ContentProblem),
    /// It takes more memory, stack or time than a message may, or is too long.
    Limit(ContentProblem),
    /// Too many others are being compiled: to be tried again.
    Busy,
}

impl MjmlError {
    fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(problem(message))
    }

    fn limit(message: impl Into<String>) -> Self {
        Self::Limit(problem(message))
    }

    /// The problem in a sentence, whichever it is.
    #[must_use]
    pub fn into_problem(self) -> ContentProblem {
        match self {
            Self::Invalid(problem) | Self::Limit(problem) => problem,
            Self::Busy => problem("Too many designs are being prepared. Try again in a moment."),
        }
    }
}

impl From<&EngineError> for MjmlError {
    fn from(error: &EngineError) -> Self {
        match error {
            EngineError::Malformed => {
                Self::invalid("The MJML has to begin with <mjml> and have an <mj-body>.")
            }
            EngineError::Refused(message) => Self::invalid(format!(
                "The MJML can't be made into HTML: {}.",
                message.trim_end_matches('.')
            )),
            EngineError::Memory => Self::limit(
                "The MJML takes too much memory. Use fewer elements, or fewer pictures in a carousel.",
            ),
            EngineError::Stack => Self::limit("Elements are nested too deep, or are not closed."),
            EngineError::Time => Self::limit(format!(
                "The MJML takes more than {} seconds to be made into HTML. Use fewer elements, or fewer pictures in a carousel.",
                TIME_MAX.as_secs()
            )),
            EngineError::Length => Self::limit(format!(
                "The HTML made of this MJML is longer than {} kB. Use fewer elements.",
                2 * HTML_BYTES_MAX / 1024
            )),
            EngineError::Broken | EngineError::Busy => Self::Busy,
        }
    }
}

fn problem(message: impl Into<String>) -> ContentProblem {
    ContentProblem {
        field: "mjml".to_owned(),
        message: message.into(),
    }
}

/// The HTML of an MJML source. Waits for one of two compilers, at most half a minute: not for a thread that others wait
/// for. Includes are refused, nothing is fetched, and the same source comes to the same HTML.
///
/// # Errors
/// [`MjmlError`], with the line where it is known.
pub fn mjml(source: &str) -> Result<Mjml, MjmlError> {
    if source.len() > HTML_BYTES_MAX {
        return Err(MjmlError::limit(format!(
            "The MJML is longer than {} kB.",
            HTML_BYTES_MAX / 1024
        )));
    }
    // Tags of the template would break elements and attributes they stand in: the compiler sees letters instead.
    let (marked, slots) =
        mark(source, &mut crate::template::Names::new()).map_err(MjmlError::invalid)?;
    if let Some(message) = scan::unusable(&marked) {
        return Err(MjmlError::invalid(message));
    }
    let marked = raw::with_raw(&marked, &slots);
    let outcome = pool::compile(&marked);
    let made = outcome
        .as_ref()
        .as_ref()
        .map_err(|error| match MjmlError::from(error) {
            MjmlError::Invalid(found) => MjmlError::invalid(slots.shown(&found.message)),
            other => other,
        })?;
    if let Some(message) = scan::lost(&marked, &made.html, &slots) {
        return Err(MjmlError::invalid(message));
    }
    Ok(Mjml {
        html: slots.shown(&made.html),
        notes: made
            .remarks
            .iter()
            .filter_map(|remark| note(remark, &slots))
            .collect(),
    })
}

/// A remark of the compiler for people. None on values that hold a placeholder, which the compiler can't judge.
fn note(remark: &Remark, slots: &Slots) -> Option<ContentProblem> {
    if slots.is_marked(&remark.message) {
        return None;
    }
    let message = remark.message.trim_end_matches('.');
    let mut sentence = match remark.line {
        0 => String::new(),
        line => format!("Line {line}: "),
    };
    if !remark.element.is_empty() {
        sentence.push_str(&format!("<{}>: ", remark.element));
    }
    sentence.push_str(&format!("MJML remarks “{message}”."));
    Some(problem(sentence))
}
