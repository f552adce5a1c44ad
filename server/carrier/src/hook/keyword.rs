//! Words that people answer with.

use domain::Channel;

use super::Keyword;

/// What an answer by this channel asks for. The sender of an e-mail is whoever writes so (RFC 5322 proves nothing), so no word in
/// one opts in: by e-mail only the words that leave and the questions count.
#[must_use]
pub fn answer_word(channel: Channel, text: &str) -> Option<Keyword> {
    keyword(text).filter(|word| channel != Channel::Email || *word != Keyword::Start)
}

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
