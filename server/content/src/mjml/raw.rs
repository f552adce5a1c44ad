//! Tags of the template between elements of MJML, where the compiler takes no text.

use crate::html::Slots;

/// Elements whose children are elements, `<mj-raw>` among them.
const CONTAINERS: [&str; 10] = [
    "mj-accordion",
    "mj-body",
    "mj-column",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-navbar",
    "mj-section",
    "mj-social",
    "mj-wrapper",
];

/// The source with `<mj-raw>` around each mark that stands right in one of [`CONTAINERS`], as in
/// `{% if vip %}<mj-text>…</mj-text>{% endif %}`. Everything else, and the number of lines, stays.
pub(super) fn with_raw(marked: &str, slots: &Slots) -> String {
    let mut wrapped = String::with_capacity(marked.len() + 256);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = marked;
    while let Some(start) = rest.find('<') {
        let (text, tail) = rest.split_at(start);
        push_text(text, open.last().copied(), slots, &mut wrapped);
        let tag = &tail[..tag_end(tail)];
        wrapped.push_str(tag);
        rest = &tail[tag.len()..];
        let name = name(tag);
        if tag.starts_with("</") {
            if let Some(at) = open.iter().rposition(|known| *known == name) {
                open.truncate(at);
            }
        } else if name.starts_with("mj") && !tag.ends_with("/>") {
            open.push(name);
        }
    }
    push_text(rest, open.last().copied(), slots, &mut wrapped);
    wrapped
}

fn push_text(text: &str, parent: Option<&str>, slots: &Slots, into: &mut String) {
    let is_between = parent.is_some_and(|name| CONTAINERS.contains(&name));
    let mut rest = text;
    while is_between && let Some(start) = rest.find(slots.prefix()) {
        let end = rest[start..]
            .find('z')
            .map_or(rest.len(), |end| start + end + 1);
        into.push_str(&rest[..start]);
        into.push_str("<mj-raw>");
        into.push_str(&rest[start..end]);
        into.push_str("</mj-raw>");
        rest = &rest[end..];
    }
    into.push_str(rest);
}

/// The name of an element's start or end tag; empty for comments and the like.
fn name(tag: &str) -> &str {
    let name = tag.trim_start_matches('<').trim_start_matches('/');
    let end = name
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
        .unwrap_or(name.len());
    &name[..end]
}

/// Length of the tag or comment that a text begins with.
fn tag_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |end| end + 3);
    }
    let is_tag = text[1..]
        .starts_with(|letter: char| letter.is_ascii_alphabetic() || "/!?".contains(letter));
    if !is_tag {
        return 1;
    }
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if letter == open => quote = None,
            _ => {}
        }
    }
    text.len()
}
