//! Why there is no report, in words, and the next step.

use domain::Refusal;

use crate::error::AppError;

/// What helps after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing on this page.
    None,
    /// The same question once more.
    Retry,
    /// A question without what was refused.
    Reset,
    /// Signing in.
    SignIn,
}

/// A failure as the page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Heading of the page.
    pub title: &'static str,
    /// What happened, and what is safe.
    pub text: String,
    /// The next step.
    pub remedy: Remedy,
}

/// Tells a failure. A refusal speaks for itself: only it knows which part of the question can't be answered.
#[must_use]
pub fn failure(error: &AppError) -> Failure {
    let (title, text, remedy) = match error {
        AppError::Refused(Refusal::NotFound { .. }) => (
            "There is no such campaign",
            "It may have been deleted, or the address is mistyped.".to_owned(),
            Remedy::None,
        ),
        AppError::Refused(Refusal::Unauthenticated) => (
            "Your session ended",
            "Sign in again to go on where you were.".to_owned(),
            Remedy::SignIn,
        ),
        AppError::Refused(Refusal::Forbidden) => (
            "This report is not for you",
            Refusal::Forbidden.to_string(),
            Remedy::None,
        ),
        AppError::Refused(Refusal::Invalid { message, .. }) => (
            "This report can’t be shown like this",
            sentence(message),
            Remedy::Reset,
        ),
        _ => (
            "The report could not be loaded",
            format!("{error} Events keep being recorded; nothing is lost."),
            Remedy::Retry,
        ),
    };
    Failure {
        title,
        text,
        remedy,
    }
}

/// The second half of a sentence as a sentence.
fn sentence(text: &str) -> String {
    let mut sentence = super::breakdowns::capitalised(text);
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
