//! Bounces in plain text: qmail's (QSBMF), Exim's with `X-Failed-Recipients`, and the few lines that other servers write.
//!
//! Only what is above the returned copy is read: the copy holds words of our own mail.

use domain::Channel;
use mail_parser::{Message, PartType};

use super::{Status, text, verdict};
use crate::hook::words::Word;

/// Longest text that is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 16_384;
/// Beginnings of the line below which a returned copy is.
const COPY_BEGINS: [&str; 14] = [
    "--- below this line is a copy",
    "--- original message",
    "------ this is a copy",
    "----- original message",
    "----- unsent message",
    "----- message header",
    "--- the header of the original message",
    "--- returned message",
    "original message headers:",
    "original message follows",
    "message header:",
    "return-path: <",
    "received: from",
    "dkim-signature:",
];
/// Words of a server that still tries.
const DELAYED: [&str; 8] = [
    "will be retried",
    "will keep trying",
    "will continue to try",
    "still being attempted",
    "delivery is delayed",
    "has been delayed",
    "warning message only",
    "do not need to resend",
];
/// Words of failure, for finding the line that says why.
const FAILURE: [&str; 7] = [
    "unknown",
    "not found",
    "rejected",
    "sorry",
    "full",
    "refused",
    "unable",
];

/// One status for each recipient that failed; one without an address where our key is known and none is named.
pub(super) fn read(mail: &Message<'_>, base: &Status) -> Vec<Status> {
    let said = own_text(mail);
    let mut recipients = recipients(mail, &said);
    let is_ours = base.message.is_some() || base.reference.is_some();
    if recipients.is_empty() && is_ours && !said.trim().is_empty() {
        recipients.push(None);
    }
    let code = verdict::code("", Some(&said));
    let lower = said.to_lowercase();
    let word = if DELAYED.iter().any(|words| lower.contains(words)) {
        Word::new(Channel::Email, "BOUNCED")
    } else {
        verdict::failure(&code, &said)
    };
    let reason = reason_line(&said, &code);
    recipients
        .into_iter()
        .map(|recipient| Status {
            recipient,
            kind: word.kind,
            raw: word.raw.clone(),
            suppress: word.suppress,
            reason: text::reason(reason),
            ..base.clone()
        })
        .collect()
}

/// The text of the server itself.
fn own_text(mail: &Message<'_>) -> String {
    let first = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let text = first.or_else(|| mail.body_text(0).map(std::borrow::Cow::into_owned));
    let mut out = String::new();
    for line in text.unwrap_or_default().lines() {
        let lower = line.trim_start().to_lowercase();
        let is_copy = COPY_BEGINS.iter().any(|begin| lower.starts_with(begin));
        if is_copy || out.len() > TEXT_BYTES_MAX {
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Whom it is about: the header, else an address on a line of its own, as `<ada@example.org>:`.
fn recipients(mail: &Message<'_>, said: &str) -> Vec<Option<String>> {
    if let Some(failed) = mail.header_raw("X-Failed-Recipients") {
        return failed
            .split(',')
            .map(str::trim)
            .filter(|address| address.contains('@'))
            .map(|address| Some(address.to_owned()))
            .collect();
    }
    said.lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix('<')?.split_once('>'))
        .filter(|(address, after)| address.contains('@') && matches!(after.trim(), "" | ":"))
        .map(|(address, _)| Some(address.to_owned()))
        .take(1)
        .collect()
}

/// The line that says why: the one with the code, else one with a reply of a server, else one with words of failure.
fn reason_line<'a>(said: &'a str, code: &str) -> &'a str {
    let find = |is_it: &dyn Fn(&str) -> bool| {
        said.lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && is_it(line))
    };
    let is_reply = |word: &str| word.len() == 3 && word.starts_with(['4', '5']);
    find(&|line| !code.is_empty() && line.contains(code))
        .or_else(|| find(&|line| line.split(|c: char| !c.is_ascii_digit()).any(is_reply)))
        .or_else(|| {
            find(&|line| {
                let lower = line.to_lowercase();
                FAILURE.iter().any(|word| lower.contains(word))
            })
        })
        .unwrap_or("not delivered")
}
