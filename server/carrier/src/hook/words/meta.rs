//! Statuses and error codes of Meta's WhatsApp Cloud API.

use domain::{Channel, contact::SuppressionSource};

use super::{Word, error_text};

/// A message status, with the code of its first error. `played` (a voice message was listened to) counts as read.
pub(in crate::hook) fn meta(status: &str, code: Option<&str>) -> Word {
    let status = status.trim().to_ascii_lowercase();
    let raw = match (status.as_str(), code) {
        ("failed", Some("131026")) => "UNDELIVERED",
        ("played", _) => "READ",
        (other, _) => other,
    };
    Word::new(Channel::WhatsApp, raw)
}

/// What an error code means: a reason, and whether the address is not to be written to again.
pub(in crate::hook) fn meta_error(
    code: &str,
    said: Option<&str>,
) -> (Option<String>, Option<SuppressionSource>) {
    let meaning = match code {
        "368" => Some("the account is blocked for breaking rules"),
        "80007" | "130429" => Some("over the account's limit"),
        "130472" => Some("number is part of an experiment of Meta's"),
        "131026" => Some("message undeliverable: no WhatsApp, or too old a version"),
        "131031" => Some("the account is locked"),
        "131042" => Some("the account has no means of payment"),
        "131045" => Some("the sender is not registered"),
        "131047" => Some("outside the 24 hours in which free text may go"),
        "131048" => Some("held back: too many people reported the sender"),
        "131049" => Some("held back for a healthy ecosystem"),
        "131050" => Some("the recipient has stopped marketing messages"),
        "131051" => Some("this type of message is not supported"),
        "131052" | "131053" => Some("the picture or file could not be used"),
        "131056" => Some("too many messages to this number at once"),
        "132000" => Some("number of placeholders differs from the template"),
        "132001" => Some("no such template in this language"),
        "132005" => Some("too long once the placeholders were filled in"),
        "132007" => Some("the template breaks WhatsApp's rules"),
        "132012" => Some("a placeholder has the wrong form"),
        "132015" => Some("the template is paused for its quality"),
        "132016" => Some("the template is disabled for its quality"),
        _ => None,
    };
    let suppress = (code == "131050").then_some(SuppressionSource::Carrier);
    (error_text(code, meaning, said), suppress)
}
