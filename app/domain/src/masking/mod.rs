//! Contact data as people see them who may not see contacts: the one place that hides numbers and addresses.
//!
//! | Way out | Hidden by |
//! |---|---|
//! | Recipient Search, `results.csv`, `results.xlsx` | [`RecipientRow`]: recipient, message key, provider's word |
//! | History of a message | [`HistoryEntry`]: provider's word, reason, link |
//! | Report (page, API): reasons, links, raw statuses and every other breakdown | [`Report`] |
//! | Contacts, single and listed | [`Contact`]: phone, email, id, name, attributes |
//! | Blocklist | [`SuppressionPage`]: address, reason |
//! | Imports: file name, header, sample, errors, problem; `errors.csv` | [`ImportInfo`], [`RowError`] |
//! | Drafts: typed audience, values of conditions | [`Editing`], by way of [`Audience`] |
//! | Progress: trouble | [`Progress`] |
//! | Held messages, replies, outcomes of tests | [`HeldMessage`], [`Reply`], [`TestOutcome`] |
//! | Previews, test mails, click maps | [`Contact`], whose values they are made with, and [`Preview`] |
//! | Placeholders without a value: whom | [`MissingValue`](crate::audience::MissingValue) |
//! | Links by position | [`PositionClicks`] |
//! | `events.ndjson`, audit log, people, tokens, provider accounts | not shown below admin at all |
//!
//! Reasons and providers' words are also cleaned when they are taken in ([`clean_reason`], [`clean_word`]): what is kept
//! holds no contact data, and what an older release kept is hidden here.
//!
//! [`RecipientRow`]: crate::recipient::RecipientRow
//! [`HistoryEntry`]: crate::recipient::HistoryEntry
//! [`Report`]: crate::Report
//! [`Contact`]: crate::contact::Contact
//! [`SuppressionPage`]: crate::contact::SuppressionPage
//! [`ImportInfo`]: crate::import::ImportInfo
//! [`RowError`]: crate::import::RowError
//! [`Editing`]: crate::sending::Editing
//! [`Audience`]: crate::audience::Audience
//! [`Progress`]: crate::sending::Progress
//! [`HeldMessage`]: crate::sending::HeldMessage
//! [`Reply`]: crate::sending::Reply
//! [`Preview`]: crate::content::Preview
//! [`PositionClicks`]: crate::sending::PositionClicks
//! [`TestOutcome`]: crate::sending::TestOutcome

mod audience;
mod shapes;
mod span;
#[cfg(test)]
mod tests;

pub use audience::{check_comparisons, restore};

use std::borrow::Cow;

use span::{Kind, spans};

/// Longest reason that is kept, in characters.
const REASON_CHARS_MAX: usize = 300;

/// Something shown to people that may hold contact data.
pub trait Mask {
    /// Hides numbers and addresses, wherever they stand in it.
    fn mask(&mut self);
}

/// Hides most of a key that is a phone number, a mailbox or a device: `+34…89`, `a…@example.com`.
#[must_use]
pub fn mask_key(key: &str) -> String {
    let head = |text: &str, n: usize| text.chars().take(n).collect::<String>();
    if let Some((local, host)) = key.rsplit_once(['@', '＠']) {
        return format!("{}…@{host}", head(local, 1));
    }
    let count = key.chars().count();
    if count <= 4 {
        return "…".to_owned();
    }
    let tail: String = key.chars().skip(count - 2).collect();
    format!("{}…{tail}", head(key, 3.min(count - 4)))
}

/// Hides numbers and addresses inside a text that may say anything: people and programs write them into any field.
#[must_use]
pub fn mask_text(text: &str) -> String {
    replaced(text, |kind, part| match kind {
        Kind::EncodedMailbox => mask_key(&part.replace("%40", "@")).into(),
        Kind::Mailbox | Kind::Number => mask_key(part).into(),
    })
}

/// A reason as it is kept: in one line of at most 300 characters, mailboxes as `[address]` and long numbers as `[number]`,
/// because servers like to quote the address they refuse. None for a text that says nothing.
#[must_use]
pub fn clean_reason(text: &str) -> Option<String> {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    // A text is read no further than it can be kept, four times over: replacements may be shorter than what they replace.
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > REASON_CHARS_MAX * 16 {
            break;
        }
    }
    let clean = clean_word(&line);
    let clipped: String = clean.chars().take(REASON_CHARS_MAX).collect();
    Some(clipped).filter(|text| !text.is_empty())
}

/// A provider's word as it is kept: as it came, but for mailboxes and long numbers.
#[must_use]
pub fn clean_word(text: &str) -> String {
    let clean = replaced(text, |kind, _| match kind {
        Kind::Mailbox | Kind::EncodedMailbox => "[address]".into(),
        Kind::Number => "[number]".into(),
    });
    // Servers write `<ada@example.com>:`.
    clean
        .replace("<[address]>:", "[address]")
        .replace("<[address]>", "[address]")
}

/// The text with each number and mailbox replaced.
fn replaced(text: &str, with: impl Fn(Kind, &str) -> Cow<'static, str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for span in spans(text) {
        out.push_str(&text[end..span.from]);
        out.push_str(&with(span.kind, &text[span.from..span.to]));
        end = span.to;
    }
    out.push_str(&text[end..]);
    out
}
