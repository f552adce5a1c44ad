//! What a failure says of the address: by codes, and by words only beside a reply to `RCPT`.
//!
//! A wrong block loses a customer, a missing one costs a mail. So a code has to say that the address is wrong, and nothing beside
//! it may say that it is about something else.

use crate::hook::{
    text,
    words::{self, Word},
};

/// Reasons that are not the address, whatever the code: large hosts use 5.1.1 and 5.1.3 for rates, blocklists, the sender and
/// full mailboxes (public corpus sisimai/set-of-emails: GoDaddy, Facebook, X3, Sendmail).
const NOT_THE_ADDRESS: [&str; 21] = [
    "spamhaus",
    "spamcop",
    "barracuda",
    "block list",
    "blocklist",
    "blacklist",
    "black list",
    "too many",
    "rate limit",
    "sender",
    "mail from",
    "spf",
    "dkim",
    "dmarc",
    "quota",
    "mailbox full",
    "is full",
    "preferences",
    "reputation",
    "relaying denied",
    "relay access denied",
];
/// Words by which servers say that nobody has a mailbox of this name.
const UNKNOWN_USER: [&str; 16] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "no such user",
    "no such mailbox",
    "no such recipient",
    "no mailbox here",
    "does not exist",
    "doesn't exist",
    "user not found",
    "recipient not found",
    "mailbox not found",
    "invalid recipient",
    "recipient address rejected: access denied",
    "doesn't have a",
];

/// The code that says most: what the other server wrote is more exact than the status of the one that reports it (RFC 3464
/// §2.3.6), and a general code before a specific one is a wrapper. Empty when there is none.
pub(super) fn code(status: &str, said: Option<&str>) -> String {
    let quoted = said.map(text::status_codes).unwrap_or_default();
    quoted
        .iter()
        .find(|code| !is_general(code))
        .cloned()
        .or_else(|| Some(status.to_owned()).filter(|code| !code.is_empty()))
        .or_else(|| quoted.into_iter().next())
        .unwrap_or_default()
}

/// X.0.0 and X.1.0 say that something failed, and not what.
fn is_general(code: &str) -> bool {
    code.ends_with(".0.0") || code.ends_with(".1.0")
}

/// A failure for good, by its code and what the server said.
pub(super) fn failure(status: &str, said: &str) -> Word {
    let said = said.to_lowercase();
    let word = words::smtp(status);
    let is_other = NOT_THE_ADDRESS.iter().any(|words| said.contains(words));
    match word.suppress {
        Some(_) if is_other => Word {
            suppress: None,
            ..word
        },
        Some(_) => word,
        None if !is_other && is_unknown_user(status, &said) => words::smtp("5.1.1"),
        None => word,
    }
}

/// Whether the answer to `RCPT` says so in words. After `DATA` the same words are policy (RFC 5321 §4.3.2).
fn is_unknown_user(status: &str, said: &str) -> bool {
    let has_reply = |reply: &str| {
        said.split(|c: char| !c.is_ascii_digit())
            .any(|word| word == reply)
    };
    let is_weak = status.is_empty()
        || is_general(status)
        || matches!(status, "5.5.0" | "5.2.1" | "5.4.1" | "5.7.1");
    let is_after_data = ["data command", "end of data", "(data)", "\"data\""]
        .iter()
        .any(|words| said.contains(words));
    is_weak
        && !is_after_data
        && ["550", "551", "553", "554"].into_iter().any(has_reply)
        && UNKNOWN_USER.iter().any(|words| said.contains(words))
}

#[cfg(test)]
mod tests {
    use domain::contact::SuppressionSource;

    use super::*;

    fn is_blocked(status: &str, said: &str) -> bool {
        let code = code(status, Some(said));
        failure(&code, said).suppress == Some(SuppressionSource::HardFailure)
    }

    #[test]
    fn a_code_that_says_the_address_is_wrong_blocks_it() {
        for (status, said) in [
            ("5.1.1", "550 5.1.1 <a@x.example>: user unknown"),
            ("5.0.0", "550 5.1.1 no such user"),
            ("5.1.0", "550 5.1.1 no such user"),
            ("", "550 5.1.2 host unknown"),
            ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
            ("5.5.0", "550 Requested action not taken: mailbox not found"),
            (
                "5.0.0",
                "554 delivery error: dd This user doesn't have a yahoo.com account",
            ),
            (
                "5.4.1",
                "550 5.4.1 Recipient address rejected: Access denied",
            ),
            (
                "5.1.351",
                "550 5.1.351 Remote server returned unknown recipient",
            ),
        ] {
            assert!(is_blocked(status, said), "{status} {said}");
        }
    }

    #[test]
    fn what_is_about_something_else_blocks_nobody() {
        for (status, said) in [
            // The reporting server's status contradicts what the other one said.
            ("5.1.1", "550 5.7.1 Service unavailable; client host listed"),
            ("5.1.1", "552 5.2.2 over quota"),
            // About the sender.
            ("5.1.0", "550 5.1.0 sender rejected"),
            ("5.1.0", "550 5.1.0 SPF validation failed"),
            ("5.1.0", "550 5.1.0 address rejected"),
            // A wrapper's code first.
            ("5.0.0", "550 5.1.0 Message rejected: 550 5.7.1 denied"),
            (
                "5.0.0",
                "5.1.0 - Unknown address error 552-'5.2.2 mailbox full'",
            ),
            // A large host's own use of 5.1.x.
            ("5.1.1", "550 5.1.1 too many recipients this hour"),
            ("5.1.3", "554 5.1.3 see https://www.spamhaus.example/query"),
            (
                "5.1.1",
                "550 5.1.1 rejected due to the recipient's preferences",
            ),
            // Words without a refusal of RCPT.
            ("5.0.0", "user unknown"),
            (
                "5.5.0",
                "550 user unknown (in reply to end of DATA command)",
            ),
            ("4.1.1", "450 4.1.1 user unknown"),
            ("", "no idea"),
        ] {
            assert!(!is_blocked(status, said), "{status} {said}");
        }
    }
}
