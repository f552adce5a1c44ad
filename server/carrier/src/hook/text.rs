//! Texts of providers, made fit to be kept: short, in one line, without contact data.

/// Longest word of a provider, in characters.
const WORD_CHARS_MAX: usize = 64;

/// A reason in one line of at most 300 characters, without mailboxes and long numbers: they are shown to people who may
/// not see addresses.
pub(super) fn reason(text: &str) -> Option<String> {
    domain::masking::clean_reason(text)
}

/// A provider's word in capitals, blanks and dots as `_`.
pub(super) fn word(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(WORD_CHARS_MAX)
        .map(|c| if c == ' ' || c == '.' { '_' } else { c })
        .flat_map(char::to_uppercase)
        .collect()
}

/// A text as it came, without control characters except line breaks (PostgreSQL keeps no NUL), of at most `limit` bytes;
/// none when blank.
pub(super) fn clip(text: &str, limit: usize) -> Option<String> {
    let mut out = String::new();
    let is_kept = |c: &char| !c.is_control() || *c == '\n';
    for c in text.trim().chars().filter(is_kept) {
        if out.len() + c.len_utf8() > limit {
            break;
        }
        out.push(c);
    }
    Some(out).filter(|text| !text.is_empty())
}

/// Whether a text can be a key of ours: letters and digits, 6 to 64 of them.
pub(super) fn is_key(text: &str) -> bool {
    (6..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Our key in a `Message-ID` that we made: `<KEY@domain>`.
pub(super) fn key_of_message_id(id: &str) -> Option<String> {
    let local = id.trim().trim_start_matches('<').split('@').next()?;
    (id.contains('@') && is_key(local)).then(|| local.to_owned())
}

/// A `Message-ID` without its angle brackets.
pub(super) fn bare(id: &str) -> String {
    id.trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
        .to_owned()
}

/// Our key in an envelope address that we made: `bounce+KEY@domain`.
pub(super) fn key_of_envelope(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'))
        .filter_map(|word| word.split_once('@'))
        .filter_map(|(local, _)| local.rsplit_once('+'))
        .map(|(_, key)| key)
        .find(|key| is_key(key))
        .map(str::to_owned)
}

/// A number with its leading `+`, from whatever precedes or separates its digits; none without digits.
pub(super) fn number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| format!("+{digits}"))
}

/// The first enhanced status code (RFC 3463) in what a server said: `5.1.1` of `550 5.1.1 no such user`.
pub(super) fn status_code(said: &str) -> Option<String> {
    codes(said).next().map(str::to_owned)
}

/// Every enhanced status code in what servers said, in order.
pub(super) fn status_codes(said: &str) -> Vec<String> {
    codes(said).map(str::to_owned).collect()
}

fn codes(said: &str) -> impl Iterator<Item = &str> {
    said.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| {
            let numbers: Vec<&str> = word.split('.').collect();
            numbers.len() == 3
                && matches!(numbers[0], "2" | "4" | "5")
                && numbers[1..]
                    .iter()
                    .all(|number| (1..=3).contains(&number.len()))
        })
}
