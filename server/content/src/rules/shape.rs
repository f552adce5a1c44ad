//! What addresses and names look like.

use url::Url;

use crate::links::starts_with_web;

/// Whether it is a web address, or begins as one and goes on with a placeholder.
pub(super) fn is_web_start(link: &str) -> bool {
    starts_with_web(link)
        || matches!(
            link.trim_matches(['{', '}', ' ']),
            "unsubscribe_url" | "preferences_url"
        )
}

/// A place inside an app: a path, or an address with the app's scheme.
pub(super) fn is_app_place(link: &str) -> bool {
    const NO_APP: [&str; 8] = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "about",
        "blob",
        "intent",
        "view-source",
    ];
    let fixed = link.split("{{").next().unwrap_or_default();
    if fixed.starts_with('/') {
        return !fixed.starts_with("//");
    }
    Url::parse(fixed).is_ok_and(|url| !NO_APP.contains(&url.scheme()))
}

pub(super) fn is_number(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Whether this looks like a mailbox; the carrier has the last word.
pub(crate) fn is_mailbox(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && name.len() <= 64
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.len() <= 254
            && !text.chars().any(|letter| {
                letter.is_whitespace() || letter.is_control() || ",;<>()[]\\\"".contains(letter)
            })
    })
}
