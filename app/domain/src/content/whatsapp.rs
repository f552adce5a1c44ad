//! What WhatsApp templates leave open: `{{1}}`, `{{2}}` … in their texts and at the end of a button's address. Meta numbers
//! each text of its own; Twilio numbers through the whole template, and may use names.

use super::{WhatsAppHeader, WhatsAppTemplate};

/// The first placeholder of a text: what is before it, its name, and what is after it. Braces without a name in them are
/// text.
fn cut(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("{{")?;
        let inside = text.get(start + 2..)?;
        let end = inside.find("}}")?;
        let name = inside.get(..end)?.trim();
        if !name.is_empty() && !name.contains(['{', '}']) {
            return Some((text.get(..start)?, name, inside.get(end + 2..)?));
        }
        from = start + 2;
    }
}

/// Names of the placeholders of a text, each once, in the order in which values are given for them: numbers by size, then
/// names as they come.
#[must_use]
pub fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = cut(rest) {
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    // Stable: names, which are no numbers, stay in their order, behind.
    names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    names
}

/// A text with its placeholders filled in. `value` is asked by the value's place among [`placeholders`]; what it gives none
/// for stays as it is written.
pub fn filled(text: &str, value: impl Fn(usize) -> Option<String>) -> String {
    let names = placeholders(text);
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = cut(rest) {
        filled.push_str(before);
        let place = names.iter().position(|known| *known == name);
        match place.and_then(&value) {
            Some(value) => filled.push_str(&value),
            None => {
                let written = rest.len() - after.len();
                filled.push_str(rest.get(before.len()..written).unwrap_or_default());
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The beginning of a button's address whose end is left open; none where it leads to one place only. No other place of an
/// address can be left open.
#[must_use]
pub fn link_start(url: &str) -> Option<&str> {
    let (before, _, after) = cut(url)?;
    after.is_empty().then_some(before)
}

/// Whether the header is a text that leaves something open. Meta allows one placeholder there.
#[must_use]
pub fn has_header_value(template: &WhatsAppTemplate) -> bool {
    matches!(&template.header, WhatsAppHeader::Text { text } if cut(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_in_the_order_of_their_values() {
        for (text, names) in [
            ("Hi {{1}}", vec!["1"]),
            ("{{2}} of {{1}}, {{ 2 }}", vec!["1", "2"]),
            ("{{10}} {{9}}", vec!["9", "10"]),
            ("{{city}}, {{name}} {{1}}", vec!["1", "city", "name"]),
            ("no {{}} and {{ }} and {{", vec![]),
            ("{{{{1}}}}", vec!["1"]),
            ("ü {{1", vec![]),
        ] {
            assert_eq!(placeholders(text), names, "{text}");
        }
    }

    #[test]
    fn values_stand_for_their_placeholders_and_are_not_read_again() {
        let values = ["{{2}}".to_owned(), "two".to_owned()];
        let value = |place: usize| values.get(place).cloned();
        assert_eq!(
            filled("a {{1}}, é{{ 2 }}{{}} {{1}}", value),
            "a {{2}}, étwo{{}} {{2}}"
        );
        // Twilio's numbers go through the whole template.
        assert_eq!(filled("{{4}} then {{3}}", value), "two then {{2}}");
        assert_eq!(filled("{{1}} {{2}} {{3}}", value), "{{2}} two {{3}}");
        assert_eq!(filled("plain }} {{", value), "plain }} {{");
    }

    #[test]
    fn an_address_is_open_at_its_end_only() {
        assert_eq!(
            link_start("https://a.example/{{1}}"),
            Some("https://a.example/")
        );
        assert_eq!(
            link_start("https://a.example/?x={{ 12 }}"),
            Some("https://a.example/?x=")
        );
        assert_eq!(link_start("https://a.example/{{1}}/x"), None);
        assert_eq!(link_start("https://a.example/{{1}}{{2}}"), None);
        assert_eq!(link_start("https://a.example/"), None);
    }
}
