//! Words that people answer with.

use super::Keyword;

/// What a message asks for, if the whole of it is one of the words that mean something on every channel: CTIA's and
/// Twilio's defaults, and `OPTOUT` and `REVOKE` (FCC, 2025: any reasonable means). Case, blanks, punctuation and
/// pictures don't matter: `Stop!`, `opt out` and `STOP 🛑` count, `please stop` doesn't.
#[must_use]
pub fn keyword(text: &str) -> Option<Keyword> {
    const LONGEST: usize = 16;
    let letters: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .collect();
    match letters.as_str() {
        "stop" | "stopall" | "unsubscribe" | "cancel" | "end" | "quit" | "optout" | "revoke" => {
            Some(Keyword::Stop)
        }
        "start" | "unstop" | "yes" => Some(Keyword::Start),
        "help" | "info" => Some(Keyword::Help),
        _ => None,
    }
}
