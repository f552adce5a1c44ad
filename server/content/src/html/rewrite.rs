//! One pass over the marked HTML.

use std::{cell::RefCell, rc::Rc};

use domain::content::ContentProblem;
use lol_html::{
    HandlerResult, RewriteStrSettings, doc_comments, element,
    errors::RewritingError,
    html_content::{Comment, ContentType, Element, EndTag},
    rewrite_str, text,
};

use super::{
    Slots,
    address::address,
    body::{place, with_body},
    policy::{ADDRESSES, REMOVED, UNWRAPPED, clamped_span, is_removed},
    style::Sheets,
    unescape,
};
use crate::links::{LinkBook, is_web_address};

/// What the handlers share.
pub(super) struct Pass<'b, 'o> {
    pub(super) slots: Slots,
    pub(super) book: &'b mut LinkBook<'o>,
    problems: Vec<String>,
    /// Index of the link whose words are being read.
    pub(super) link: Option<usize>,
    sheets: Sheets,
    start: String,
    end: String,
}

impl Pass<'_, '_> {
    pub(super) fn problem(&mut self, message: impl Into<String>) {
        let message = message.into();
        if !self.problems.contains(&message) {
            self.problems.push(message);
        }
    }

    fn note_removed(&mut self, what: &str) {
        self.book.note(
            "html",
            format!("{what} was left out: mail programs don't run or show it."),
        );
    }
}

/// The cleaned HTML, still marked. `start` goes to the beginning of the body and `end` to its end.
pub(super) fn rewrite(
    marked: String,
    start: &str,
    end: &str,
    slots: Slots,
    book: &mut LinkBook<'_>,
) -> Result<(String, Slots), Vec<ContentProblem>> {
    let marked = with_body(marked);
    let pass = Rc::new(RefCell::new(Pass {
        slots,
        book,
        problems: Vec::new(),
        link: None,
        sheets: Sheets::default(),
        start: start.to_owned(),
        end: end.to_owned(),
    }));
    let result = run(&marked, &pass);
    let Ok(pass) = Rc::try_unwrap(pass) else {
        return Err(problems(vec!["The HTML can't be read.".to_owned()]));
    };
    let mut pass = pass.into_inner();
    pass.check_styles();
    pass.book.tidy_labels();
    let rewritten = match result {
        Ok(rewritten) => rewritten,
        Err(_) => {
            pass.problem(
                "The HTML can't be read for certain: tables, lists or texts are nested in a way that programs \
                 understand differently.",
            );
            String::new()
        }
    };
    if pass.problems.is_empty() {
        Ok((place(rewritten, start, end), pass.slots))
    } else {
        Err(problems(pass.problems))
    }
}

/// The pass itself.
fn run(marked: &str, pass: &Rc<RefCell<Pass<'_, '_>>>) -> Result<String, RewritingError> {
    let mut settings = RewriteStrSettings::new();
    settings.enable_esi_tags = false;
    settings.element_content_handlers = vec![
        element!("*", |found| element(found, pass)),
        text!("a", |chunk| {
            let mut pass = pass.borrow_mut();
            if let Some(index) = pass.link {
                let words = pass.slots.shown(&unescape(chunk.as_str()));
                pass.book.label(index, &words);
            }
            Ok(())
        }),
        text!("style", |chunk| {
            let mut pass = pass.borrow_mut();
            pass.sheets.push(chunk.as_str());
            if chunk.last_in_text_node() {
                let sheet = pass.sheets.finish();
                chunk.replace(&sheet, ContentType::Html);
            } else {
                chunk.remove();
            }
            Ok(())
        }),
        text!("title", |chunk| {
            if chunk.as_str().contains('<') {
                let safe = chunk.as_str().replace('<', "&lt;");
                chunk.replace(&safe, ContentType::Html);
            }
            Ok(())
        }),
    ];
    settings.document_content_handlers = vec![doc_comments!(|found| comment(found, pass))];
    rewrite_str(marked, settings)
}

fn problems(messages: Vec<String>) -> Vec<ContentProblem> {
    messages
        .into_iter()
        .map(|message| ContentProblem {
            field: "html".to_owned(),
            message,
        })
        .collect()
}

impl Pass<'_, '_> {
    fn check_styles(&mut self) {
        for address in self.sheets.unlinked_imports() {
            let note = format!(
                "@import of {address} was left out of a <style>; write <link rel=\"stylesheet\"> instead."
            );
            self.book.note("html", note);
        }
        if self.slots.is_marked(self.sheets.all()) {
            self.problem("Placeholders can't stand inside <style>.");
        }
        if self.sheets.is_active() {
            self.problem(
                "A <style> loads or runs something: leave expression(), behavior and the like out.",
            );
        }
    }
}

fn element(found: &mut Element<'_, '_>, pass: &Rc<RefCell<Pass<'_, '_>>>) -> HandlerResult {
    let mut pass = pass.borrow_mut();
    let name = found.tag_name();
    if pass.slots.is_marked(&name) {
        pass.problem("Placeholders can't be part of the name of an HTML element.");
        found.remove();
        return Ok(());
    }
    if REMOVED.contains(&name.as_str()) || is_removed_head(found, &name) {
        if name != "meta" && name != "link" {
            pass.note_removed(&format!("<{name}>"));
        }
        found.remove();
        return Ok(());
    }
    if UNWRAPPED.contains(&name.as_str()) {
        found.remove_and_keep_content();
        return Ok(());
    }
    attributes(found, &name, &mut pass)?;
    match name.as_str() {
        "body" => body(found, &mut pass)?,
        "link" => pass.sheets.link(found.get_attribute("href")),
        "img" => {
            if let Some(index) = pass.link
                && let Some(alt) = found.get_attribute("alt")
            {
                let words = pass.slots.shown(&unescape(&alt));
                pass.book.label(index, &format!(" {words} "));
            }
        }
        _ => {}
    }
    Ok(())
}

/// Of what stands in the head, only what describes the text and loads fonts and styles stays.
fn is_removed_head(found: &Element<'_, '_>, name: &str) -> bool {
    let value = |attribute: &str| {
        found
            .get_attribute(attribute)
            .map(|value| unescape(&value).trim().to_ascii_lowercase())
    };
    match name {
        "meta" => value("http-equiv")
            .is_some_and(|kind| kind != "content-type" && kind != "x-ua-compatible"),
        "link" => {
            value("rel").as_deref() != Some("stylesheet")
                || !value("href").is_some_and(|href| is_web_address(&href))
        }
        _ => false,
    }
}

fn body(found: &mut Element<'_, '_>, pass: &mut Pass<'_, '_>) -> HandlerResult {
    // A second <body> is no body: browsers take it for attributes of the first.
    let start = std::mem::take(&mut pass.start);
    if start.is_empty() {
        found.remove_and_keep_content();
        return Ok(());
    }
    found.prepend(&start, ContentType::Html);
    let end = std::mem::take(&mut pass.end);
    if let Some(handlers) = found.end_tag_handlers() {
        handlers.push(Box::new(move |tag: &mut EndTag<'_>| {
            tag.before(&end, ContentType::Html);
            Ok(())
        }));
    }
    Ok(())
}

fn attributes(
    found: &mut Element<'_, '_>,
    element: &str,
    pass: &mut Pass<'_, '_>,
) -> HandlerResult {
    let all: Vec<_> = found
        .attributes()
        .iter()
        .map(|attribute| (attribute.name(), attribute.value()))
        .collect();
    for (name, value) in all {
        if pass.slots.is_marked(&name) {
            pass.problem(format!(
                "<{element}>: placeholders can stand in the value of an attribute, in quotes, but not between attributes."
            ));
        } else if is_removed(&name, &value) {
            if name.starts_with("on") || name == "style" {
                pass.note_removed(&format!("“{name}” of <{element}>"));
            }
            found.remove_attribute(&name);
        } else if ADDRESSES.contains(&name.as_str()) {
            if let Some(value) = address(element, &name, &value, pass) {
                found.set_attribute(&name, &value)?;
            } else {
                found.remove_attribute(&name);
            }
        } else if let ("colspan" | "rowspan", Some(span)) = (name.as_str(), clamped_span(&value)) {
            found.set_attribute(&name, &span.to_string())?;
        } else if pass.slots.is_marked(&value) {
            // Written anew, it stands in quotes.
            found.set_attribute(&name, &value)?;
        }
    }
    Ok(())
}

/// Conditional comments are Outlook's; all others go.
fn comment(found: &mut Comment<'_>, pass: &Rc<RefCell<Pass<'_, '_>>>) -> HandlerResult {
    let text = found.text().to_ascii_lowercase();
    let trimmed = text.trim();
    let is_conditional = trimmed.starts_with("[if") || trimmed.ends_with("[endif]");
    let is_active = ["<script", "javascript:", "vbscript:", "<object", "<iframe"]
        .iter()
        .any(|word| text.contains(word));
    if pass.borrow().slots.is_marked(&text) && is_conditional && !is_active {
        pass.borrow_mut()
            .problem("Placeholders can't stand inside comments for Outlook.");
    }
    if !is_conditional || is_active {
        found.remove();
    }
    Ok(())
}
