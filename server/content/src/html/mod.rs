//! HTML of an e-mail: cleaned, with its links found, and made a template.
//!
//! The tags of the template would confuse an HTML parser, so they are taken out first and leave marks of letters and
//! digits, which mean nothing to it. [`rewrite`] then works on the marked text; afterwards each mark becomes what its
//! [`Slot`] says. A placeholder may stand in texts and in values of attributes, where escaping makes it harmless, and
//! nowhere else.

mod address;
mod body;
mod entity;
mod hidden;
mod policy;
mod rewrite;
mod style;
mod text;

use domain::content::ContentProblem;

use crate::{
    links::LinkBook,
    template::{Names, Piece, escape_braces, pieces},
};

pub(crate) use entity::{escape, unescape};
pub(crate) use hidden::with_hidden_link;
pub(crate) use text::from_html;

/// Deepest nesting of elements; designs of real newsletters have thirty or so.
const DEPTH_MAX: usize = 100;
/// Largest product of depth and opening tags: so many nodes can come of a text that leaves formatting open.
const NODES_MAX: usize = 300_000;
/// Elements that are never closed, or needn't be.
const UNCLOSED: [&str; 18] = [
    "area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "p", "li", "td",
    "th", "tr", "dd", "dt", "option",
];

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// In the HTML template.
    pub(crate) html: String,
    /// In the plain-text template made from it.
    pub(crate) text: String,
    /// What is inside, where it prints.
    pub(crate) inside: Option<String>,
}

/// Marks and what they stand for.
#[derive(Debug)]
pub(crate) struct Slots {
    prefix: String,
    slots: Vec<Slot>,
}

impl Slots {
    /// A prefix that the source doesn't hold.
    fn new(source: &str) -> Self {
        let lower = source.to_ascii_lowercase();
        let prefix = (0_u32..)
            .map(|seed| format!("vkq{seed}q"))
            .find(|prefix| !lower.contains(prefix))
            .unwrap_or_default();
        Self {
            prefix,
            slots: Vec::new(),
        }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A new mark.
    pub(crate) fn add(&mut self, html: String, text: String, inside: Option<String>) -> String {
        self.slots.push(Slot { html, text, inside });
        format!("{}{}z", self.prefix, self.slots.len() - 1)
    }

    pub(crate) fn is_marked(&self, text: &str) -> bool {
        text.contains(&self.prefix)
    }

    /// Calls `text` for what is between marks and `slot` for each mark.
    pub(crate) fn split<'s>(
        &'s self,
        marked: &str,
        into: &mut String,
        text: impl Fn(&str, &mut String),
        slot: impl Fn(&'s Slot, &mut String),
    ) {
        let mut rest = marked;
        while let Some(at) = rest.find(&self.prefix) {
            text(&rest[..at], into);
            rest = &rest[at + self.prefix.len()..];
            let digits = rest
                .find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(rest.len());
            if let Some(found) = rest[..digits]
                .parse::<usize>()
                .ok()
                .and_then(|index| self.slots.get(index))
            {
                slot(found, into);
            }
            rest = &rest[digits..];
            rest = rest.strip_prefix('z').unwrap_or(rest);
        }
        text(rest, into);
    }

    /// The template of a marked text.
    fn template(&self, marked: &str, slot: impl Fn(&Slot) -> &str) -> String {
        let mut template = String::with_capacity(marked.len() + 256);
        self.split(marked, &mut template, escape_braces, |found, into| {
            into.push_str(slot(found));
        });
        template
    }

    /// As its author wrote it.
    pub(crate) fn shown(&self, marked: &str) -> String {
        let mut shown = String::new();
        self.split(
            marked,
            &mut shown,
            |text, into| into.push_str(text),
            |found, into| into.push_str(&found.text),
        );
        shown
    }
}

/// Templates made from the HTML of an e-mail.
#[derive(Debug)]
pub(crate) struct HtmlTemplates {
    pub(crate) html: String,
    /// Of a plain-text part derived from the HTML.
    pub(crate) text: String,
    /// Whether the author placed `unsubscribe_url`.
    pub(crate) has_unsubscribe: bool,
}

/// Why HTML comes to no templates.
#[derive(Debug)]
pub(crate) enum HtmlError {
    /// What is to be mended in it.
    Problems(Vec<ContentProblem>),
    /// It takes more than a message may.
    Limit(String),
}

/// What is added to the HTML.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Additions<'a> {
    pub(crate) preheader: &'a str,
    pub(crate) has_pixel: bool,
    /// Whether a line with the unsubscribe link is wanted where the author placed none.
    pub(crate) has_footer: bool,
}

/// Cleans the HTML, finds its links, and makes templates of it.
pub(crate) fn compile_html(
    source: &str,
    additions: Additions<'_>,
    book: &mut LinkBook<'_>,
    names: &mut Names,
) -> Result<HtmlTemplates, HtmlError> {
    let one = |field: &str, message| {
        HtmlError::Problems(vec![ContentProblem {
            field: field.to_owned(),
            message,
        }])
    };
    let mut own_names = Names::new();
    let (marked, mut slots) = mark(source, &mut own_names).map_err(|m| one("html", m))?;
    let (depth, tags) = nesting(&marked);
    if depth > DEPTH_MAX || depth.saturating_mul(tags) > NODES_MAX {
        return Err(HtmlError::Limit(format!(
            "Elements are nested too deep ({depth} levels), or are not closed."
        )));
    }
    let has_unsubscribe = own_names.contains_key("unsubscribe_url");
    merge(names, own_names);
    let preheader = preheader_html(additions.preheader, names).map_err(|m| one("preheader", m))?;
    let start = slots.add(preheader, String::new(), None);
    let end = end_html(
        additions.has_pixel,
        additions.has_footer && !has_unsubscribe,
    );
    let end = slots.add(end, String::new(), None);
    let (rewritten, slots) =
        rewrite::rewrite(marked, &start, &end, slots, book).map_err(HtmlError::Problems)?;
    let text = from_html(&rewritten).map_err(|error| HtmlError::Limit(error.to_string()))?;
    Ok(HtmlTemplates {
        html: slots.template(&rewritten, |slot| &slot.html),
        text: slots.template(&text, |slot| &slot.text),
        has_unsubscribe,
    })
}

/// The source with a mark for each tag.
pub(crate) fn mark(source: &str, names: &mut Names) -> Result<(String, Slots), String> {
    let mut slots = Slots::new(source);
    let mut marked = String::with_capacity(source.len() + 1024);
    for piece in pieces(source, names).map_err(|trouble| trouble.sentence())? {
        match piece {
            Piece::Text(text) => marked.push_str(text),
            Piece::Print { tag, inside } => {
                let inside = Some(inside.to_owned());
                marked.push_str(&slots.add(tag.to_owned(), tag.to_owned(), inside));
            }
            Piece::Block(tag) => marked.push_str(&slots.add(tag.to_owned(), tag.to_owned(), None)),
        }
    }
    Ok((marked, slots))
}

/// How deep elements are nested, or more where some aren't closed; and how many opening tags there are.
fn nesting(source: &str) -> (usize, usize) {
    let (mut depth, mut deepest, mut tags) = (0_usize, 0, 0);
    for part in source.split('<').skip(1) {
        let is_end = part.starts_with('/');
        let part = part.trim_start_matches('/');
        let end = part
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
            .unwrap_or(part.len());
        let name = part[..end].to_ascii_lowercase();
        tags += usize::from(!is_end);
        if name.is_empty() || UNCLOSED.contains(&name.as_str()) {
            continue;
        }
        if is_end {
            depth = depth.saturating_sub(1);
        } else if !name.starts_with("mj-") || !is_closed(part) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    (deepest, tags)
}

/// Whether a tag of MJML, which is XML, closes itself.
fn is_closed(tag: &str) -> bool {
    tag.split('>').next().is_some_and(|tag| tag.ends_with('/'))
}

/// Adds names to names: what must have a value in one must have it in both.
pub(crate) fn merge(names: &mut Names, others: Names) {
    for (name, is_optional) in others {
        let known = names.entry(name).or_insert(true);
        *known = *known && is_optional;
    }
}

/// The hidden line that inboxes show after the subject, padded so that they show nothing else.
fn preheader_html(source: &str, names: &mut Names) -> Result<String, String> {
    if source.trim().is_empty() {
        return Ok(String::new());
    }
    let mut line = String::new();
    for piece in pieces(source, names).map_err(|trouble| trouble.sentence())? {
        match piece {
            Piece::Text(text) => escape_braces(&escape(text), &mut line),
            Piece::Print { tag, .. } | Piece::Block(tag) => line.push_str(tag),
        }
    }
    let padding = "&#847;&zwnj;&nbsp;".repeat(60);
    Ok(format!(
        "<div style=\"display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;\
         mso-hide:all\">{line}{padding}</div>"
    ))
}

fn end_html(has_pixel: bool, has_footer: bool) -> String {
    let mut end = String::new();
    if has_footer {
        end.push_str(
            "<div style=\"padding:24px 16px;text-align:center;font-family:Helvetica,Arial,sans-serif;font-size:12px;\
             line-height:18px;color:#666666\">You get this message because you agreed to. \
             <a href=\"{{ __u }}\" style=\"color:#666666;text-decoration:underline\">Unsubscribe</a></div>",
        );
    }
    if has_pixel {
        end.push_str(
            "{% if __p %}<img src=\"{{ __p }}\" width=\"1\" height=\"1\" alt=\"\" \
             style=\"display:block;width:1px;height:1px;border:0\">{% endif %}",
        );
    }
    end
}
