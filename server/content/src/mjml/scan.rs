//! What is looked for in the source itself, before and after the compiler.

use crate::html::Slots;

/// Elements of MJML 4 that begin with `mj-`, and the one of MJML 3 that it converts.
const ELEMENTS: [&str; 37] = [
    "mj-accordion",
    "mj-accordion-element",
    "mj-accordion-text",
    "mj-accordion-title",
    "mj-all",
    "mj-attributes",
    "mj-body",
    "mj-breakpoint",
    "mj-button",
    "mj-carousel",
    "mj-carousel-image",
    "mj-class",
    "mj-column",
    "mj-container",
    "mj-divider",
    "mj-font",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-html-attribute",
    "mj-html-attributes",
    "mj-image",
    "mj-include",
    "mj-navbar",
    "mj-navbar-link",
    "mj-preview",
    "mj-raw",
    "mj-section",
    "mj-selector",
    "mj-social",
    "mj-social-element",
    "mj-spacer",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
    "mj-wrapper",
];

/// The first element that MJML doesn't have, or that can't be used here, in a sentence. The compiler leaves such an
/// element out with everything in it.
pub(super) fn unusable(marked: &str) -> Option<String> {
    let source = without_comments(marked);
    source.match_indices("<mj-").find_map(|(at, _)| {
        let rest = &source[at + 1..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let line = line(&source, at);
        if name == "mj-include" {
            let text = "includes can't be used; paste what is to be included";
            return Some(format!("Line {line}: {text}."));
        }
        (!ELEMENTS.contains(&name)).then(|| format!("Line {line}: there is no <{name}> in MJML."))
    })
}

/// The first tag of the template that the compiler dropped, in a sentence: text between its elements is no content.
pub(super) fn lost(marked: &str, html: &str, slots: &Slots) -> Option<String> {
    let source = without_comments(marked);
    source
        .match_indices(slots.prefix())
        .filter(|(at, _)| is_text(&source[..*at]))
        .find_map(|(at, _)| {
            let rest = &source[at..];
            let mark = &rest[..=rest.find('z')?];
            (!html.contains(mark)).then(|| {
                format!(
                    "Line {}: “{}” stands where MJML takes no text. Put it into <mj-raw>, or into the text of an element.",
                    line(&source, at),
                    slots.shown(mark)
                )
            })
        })
}

/// Whether what follows stands outside of tags.
fn is_text(before: &str) -> bool {
    before.rfind('<') <= before.rfind('>')
}

fn line(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

/// The source with comments blanked out, each line and byte where it was.
fn without_comments(source: &str) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("<!--") {
        let (before, comment) = rest.split_at(start);
        let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
        plain.push_str(before);
        plain.extend(
            comment[..end]
                .bytes()
                .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
        );
        rest = &comment[end..];
    }
    plain.push_str(rest);
    plain
}
