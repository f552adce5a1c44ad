//! Where numbers and mailboxes stand in a text.

/// Digits from which on a number may be somebody's.
const NUMBER_DIGITS: usize = 7;
/// Characters of a date, as `2026-11-30`.
const DATE_CHARS: usize = 10;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something with an `@` between its parts.
    Mailbox,
    /// The same, with the `@` as an address of the web writes it: `%40`.
    EncodedMailbox,
    /// At least seven digits, with what people write between them.
    Number,
}

/// A part of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: Kind,
}

/// Numbers and mailboxes in order; none overlaps another.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest_from = 0;
    let mut begin = 0;
    let ends = text
        .char_indices()
        .filter(|(_, c)| ends_mailbox(*c))
        .map(|(at, c)| (at, at + c.len_utf8()));
    for (end, next) in ends.chain([(text.len(), text.len())]) {
        if let Some(kind) = mailbox(&text[begin..end]) {
            numbers(text, rest_from, begin, &mut found);
            let (from, to) = (begin, end);
            found.push(Span { from, to, kind });
            rest_from = end;
        }
        begin = next;
    }
    numbers(text, rest_from, text.len(), &mut found);
    found
}

/// What neither the part before an `@` nor the host after it has inside, in texts as they come.
fn ends_mailbox(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '/' | '?' | '&' | '|'
        )
}

fn mailbox(run: &str) -> Option<Kind> {
    // A host alone, as in `@example.com`, is shown anyway.
    let has_local = |(local, _): (&str, &str)| !local.is_empty();
    if run.rsplit_once(['@', '＠']).is_some_and(has_local) {
        return Some(Kind::Mailbox);
    }
    run.rsplit_once("%40")
        .is_some_and(has_local)
        .then_some(Kind::EncodedMailbox)
}

/// Adds the numbers between two places.
fn numbers(text: &str, from: usize, to: usize, found: &mut Vec<Span>) {
    let mut at = from;
    while let Some(start) = text[at..to].find(|c: char| is_digit(c)) {
        let start = at + start;
        if let Some(end) = date(&text[start..to]) {
            at = start + end;
            continue;
        }
        let has_plus = text[at..start].ends_with(['+', '＋']);
        let (end, n_digits) = number(&text[start..to], has_plus);
        let end = start + end;
        if n_digits >= NUMBER_DIGITS {
            let plus = text[at..start].chars().next_back().filter(|_| has_plus);
            found.push(Span {
                from: start - plus.map_or(0, char::len_utf8),
                to: end,
                kind: Kind::Number,
            });
        }
        at = end;
    }
}

/// Length in bytes of the number that a text begins with, and its digits.
fn number(text: &str, has_plus: bool) -> (usize, usize) {
    let (mut end, mut n_digits, mut in_group, mut between) = (0, 0, 0, 0);
    for (at, c) in text.char_indices() {
        if is_digit(c) {
            n_digits += 1;
            in_group = if between == 0 { in_group + 1 } else { 1 };
            between = 0;
            end = at + c.len_utf8();
        } else if is_invisible(c) {
            // Counts as nothing.
        } else if is_between(c) && between < 3 {
            // The dots of 5.7.26 and of versions stand between single digits, those of numbers don't.
            if c == '.' && in_group < 2 && !has_plus {
                break;
            }
            between += 1;
        } else {
            break;
        }
    }
    (end, n_digits)
}

/// Length of the date that a text begins with: a year of our time, a month, a day.
fn date(text: &str) -> Option<usize> {
    let date = text.get(..DATE_CHARS)?;
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let within = |part: &str, len: usize, from: u16, to: u16| {
        let number = part.parse::<u16>().ok();
        part.len() == len && number.is_some_and(|number| (from..=to).contains(&number))
    };
    let is_date = within(year, 4, 1900, 2100) && within(month, 2, 1, 12) && within(day, 2, 1, 31);
    let goes_on = text[DATE_CHARS..].starts_with(|c: char| is_digit(c) || c == '-');
    (is_date && !goes_on).then_some(DATE_CHARS)
}

/// A digit of any script.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

/// What people write between the digits of a number.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '/' | '_' | '+' | '·' | '‐'..='―' | '−' | '－' | '．'
        )
}

/// What nobody sees, and what would hide a number from a plain search.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
