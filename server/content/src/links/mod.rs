//! The links of a content, numbered as they stand in it, and the links inside plain texts.

mod scan;
#[cfg(test)]
mod tests;

use domain::content::{ContentLink, ContentProblem};
use url::Url;

use scan::{ends_url, is_closing, urls};

use crate::{
    CompileOptions,
    template::{Names, Piece, escape_braces, pieces},
};

/// Longest label of a link, in characters.
const LABEL_CHARS_MAX: usize = 200;
/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 2_000;
/// Stands for a placeholder while links are looked for.
const PRINT: char = '\u{e000}';
/// Stands for `if` and the like.
const BLOCK: char = '\u{e001}';

/// Links found so far, and what their author should know.
pub(crate) struct LinkBook<'a> {
    options: &'a CompileOptions,
    pub(crate) links: Vec<ContentLink>,
    pub(crate) notes: Vec<ContentProblem>,
}

impl<'a> LinkBook<'a> {
    pub(crate) fn new(options: &'a CompileOptions) -> Self {
        Self {
            options,
            links: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a link; its position if its clicks are followed. `url` is written as its author wrote it.
    pub(crate) fn add(&mut self, url: &str, label: &str, is_fixed: bool) -> Option<u32> {
        let is_web = starts_with_web(url);
        let is_tracked = is_web
            && is_fixed
            && self.options.tracks_links
            && !self.options.untracked.contains(url);
        let position = u32::try_from(self.links.len()).ok()? + 1;
        self.links.push(ContentLink {
            variant: self.options.variant.clone(),
            position,
            url: url.to_owned(),
            label: tidy(label),
            is_tracked,
        });
        is_tracked.then_some(position)
    }

    /// Words for a link that was added before its words were known.
    pub(crate) fn label(&mut self, index: usize, more: &str) {
        if let Some(link) = self.links.get_mut(index)
            && link.label.len() < LABEL_CHARS_MAX
        {
            link.label.push_str(more);
        }
    }

    /// Trims all labels.
    pub(crate) fn tidy_labels(&mut self) {
        for link in &mut self.links {
            link.label = tidy(&link.label);
        }
    }

    pub(crate) fn note(&mut self, field: &str, message: impl Into<String>) {
        let note = ContentProblem {
            field: field.to_owned(),
            message: message.into(),
        };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Says that a link's clicks aren't followed because its address isn't the same for all.
    pub(crate) fn note_unfixed(&mut self, field: &str, url: &str) {
        if self.options.tracks_links {
            self.note(
                field,
                format!(
                    "Clicks on {url} are not followed: its address differs from person to person."
                ),
            );
        }
    }
}

/// In one line, and not too long.
fn tidy(label: &str) -> String {
    let words: Vec<_> = label.split_whitespace().collect();
    words.join(" ").chars().take(LABEL_CHARS_MAX).collect()
}

pub(crate) fn starts_with_web(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Whether this is a whole web address with a host.
pub(crate) fn is_web_address(url: &str) -> bool {
    starts_with_web(url)
        && url.len() <= URL_BYTES_MAX
        && !url
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
        && Url::parse(url).is_ok_and(|parsed| {
            parsed.host_str().is_some_and(|host| !host.is_empty()) && parsed.username().is_empty()
        })
}

/// Whether scheme and host stand before the first placeholder, which `mark` begins.
pub(crate) fn has_fixed_host(url: &str, mark: &str) -> bool {
    let fixed = url.split(mark).next().unwrap_or_default();
    let Some((_, rest)) = fixed.split_once("://") else {
        return false;
    };
    let host_ends = rest.find(['/', '?', '#']).is_some_and(|end| end > 0);
    starts_with_web(fixed) && host_ends && is_web_address(fixed)
}

/// A text template with its links replaced by their tracked addresses, ready for the engine.
pub(crate) fn compile_text(
    field: &str,
    source: &str,
    book: &mut LinkBook<'_>,
    names: &mut Names,
) -> Result<String, ContentProblem> {
    let problem = |message| ContentProblem {
        field: field.to_owned(),
        message,
    };
    let found = pieces(source, names).map_err(|trouble| problem(trouble.sentence()))?;
    let (flat, tags) = flatten(&found);
    let mut compiled = String::with_capacity(source.len() + 64);
    let mut tags = tags.into_iter();
    let mut at = 0;
    for range in urls(&flat) {
        restore(&flat[at..range.start], &mut tags, &mut compiled);
        let url = &flat[range.clone()];
        let is_fixed = !url.contains(PRINT) && !is_glued(&flat[range.end..]);
        let mut shown = String::new();
        let mut own_tags = tags.clone();
        restore(url, &mut own_tags, &mut shown);
        if !is_web_address(&url.replace(PRINT, "x")) {
            return Err(problem(format!("{shown} is no web address.")));
        }
        if !is_fixed && url.contains(PRINT) && !has_fixed_host(url, "\u{e000}") {
            return Err(problem(format!(
                "{shown}: the host has to be written out; a placeholder can only follow it."
            )));
        }
        if let Some(position) = book.add(&shown, &shown, is_fixed) {
            compiled.push_str(&format!("{{{{ __t{position} }}}}"));
        } else {
            if !is_fixed {
                book.note_unfixed(field, &shown);
            }
            restore_url(url, &mut tags.clone(), &mut compiled);
        }
        tags = own_tags;
        at = range.end;
    }
    restore(&flat[at..], &mut tags, &mut compiled);
    Ok(compiled)
}

/// A tag, and what is inside it when it prints.
type Tag<'a> = (&'a str, Option<&'a str>);

/// The text with one letter for each tag, and the tags.
fn flatten<'a>(pieces: &[Piece<'a>]) -> (String, Vec<Tag<'a>>) {
    let mut flat = String::new();
    let mut tags = Vec::new();
    for piece in pieces {
        match *piece {
            Piece::Text(text) => flat.extend(text.chars().map(|letter| match letter {
                PRINT | BLOCK => char::REPLACEMENT_CHARACTER,
                other => other,
            })),
            Piece::Print { tag, inside } => {
                flat.push(PRINT);
                tags.push((tag, Some(inside)));
            }
            Piece::Block(tag) => {
                flat.push(BLOCK);
                tags.push((tag, None));
            }
        }
    }
    (flat, tags)
}

fn restore<'a>(flat: &str, tags: &mut impl Iterator<Item = Tag<'a>>, into: &mut String) {
    restore_with(flat, tags, into, |(tag, _)| tag.to_owned());
}

/// As [`restore`]; what is printed becomes a part of an address.
fn restore_url<'a>(flat: &str, tags: &mut impl Iterator<Item = Tag<'a>>, into: &mut String) {
    restore_with(flat, tags, into, |(tag, inside)| {
        inside.map_or_else(|| tag.to_owned(), as_url_part)
    });
}

fn restore_with<'a>(
    flat: &str,
    tags: &mut impl Iterator<Item = Tag<'a>>,
    into: &mut String,
    write: impl Fn(Tag<'a>) -> String,
) {
    let mut rest = flat;
    while let Some(at) = rest.find([PRINT, BLOCK]) {
        escape_braces(&rest[..at], into);
        if let Some(tag) = tags.next() {
            into.push_str(&write(tag));
        }
        rest = &rest[at + PRINT.len_utf8()..];
    }
    escape_braces(rest, into);
}

/// A tag that prints an expression as a part of an address.
pub(crate) fn as_url_part(inside: &str) -> String {
    format!("{{{{ ({inside}) | {} }}}}", crate::template::URL_FILTER)
}

/// Whether what follows an address may belong to it: letters directly after an `if`.
fn is_glued(rest: &str) -> bool {
    rest.starts_with(BLOCK)
        && rest
            .trim_start_matches(BLOCK)
            .chars()
            .next()
            .is_some_and(|next| !ends_url(next) && !is_closing(next))
}
