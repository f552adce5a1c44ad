//! Web addresses inside a text.

use std::ops::Range;

use super::{BLOCK, PRINT};

pub(super) fn ends_url(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '<' | '>'
                | '"'
                | '`'
                | '{'
                | '}'
                | '|'
                | '\\'
                | '^'
                | BLOCK
                | '«'
                | '»'
                | '“'
                | '”'
                | '„'
        )
}

pub(super) fn is_closing(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\''
            | '*'
            | '_'
            | '~'
            | '…'
            | '。'
            | '，'
            | '’'
            | '！'
            | '？'
            | '、'
            | '）'
            | ')'
            | ']'
    )
}

/// Where web addresses stand in a text: from `http://` or `https://` to the next space, without the punctuation of the
/// sentence around it.
pub(super) fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find("://") {
        let colon = at + next;
        let start = ["https", "http"].iter().find_map(|scheme| {
            let start = colon.checked_sub(scheme.len())?;
            text.get(start..colon)
                .is_some_and(|word| word.eq_ignore_ascii_case(scheme))
                .then_some(start)
        });
        at = colon + 3;
        let Some(start) = start else { continue };
        let is_word_before = text[..start]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || before == PRINT);
        if is_word_before {
            continue;
        }
        let rest = &text[colon + 3..];
        let end = rest.find(ends_url).unwrap_or(rest.len());
        let length = trim_sentence(&rest[..end]);
        if length > 0 {
            found.push(start..colon + 3 + length);
            at = colon + 3 + length;
        }
    }
    found
}

/// Length of an address without the punctuation after it. A bracket belongs to it if it was opened in it.
fn trim_sentence(address: &str) -> usize {
    let mut kept = address;
    while let Some(last) = kept.chars().next_back() {
        let is_opened = |open: char, close: char| {
            last == close && kept.matches(open).count() >= kept.matches(close).count()
        };
        if !is_closing(last) || is_opened('(', ')') || is_opened('[', ']') {
            break;
        }
        // A placeholder's closing underscore or tilde may be part of the address; a sentence rarely ends in one.
        kept = &kept[..kept.len() - last.len_utf8()];
    }
    kept.len()
}
