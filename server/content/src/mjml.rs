//! MJML, and designs to begin with.

use domain::content::{ContentProblem, HTML_BYTES_MAX};
use mrml::prelude::{
    parser::{Error, ParserOptions, noop_loader::NoopIncludeLoader},
    render::RenderOptions,
};

use crate::html::{nesting, with_marks};

/// Deepest nesting of elements. The parser calls itself for each level.
const DEPTH_MAX: usize = 64;
/// Elements of MJML that are understood. The parser would pass any other on as if it were HTML.
const ELEMENTS: [&str; 33] = [
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
    "mj-divider",
    "mj-font",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-image",
    "mj-include",
    "mj-navbar",
    "mj-navbar-link",
    "mj-preview",
    "mj-raw",
    "mj-section",
    "mj-social",
    "mj-social-element",
    "mj-spacer",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
    "mj-wrapper",
];

/// A design to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starter {
    /// Wire name.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// The MJML.
    pub mjml: &'static str,
}

/// The designs to begin with, in menu order.
#[must_use]
pub fn starters() -> &'static [Starter] {
    &[
        Starter {
            id: "newsletter",
            label: "Newsletter",
            mjml: include_str!("starters/newsletter.mjml"),
        },
        Starter {
            id: "offer",
            label: "Offer",
            mjml: include_str!("starters/offer.mjml"),
        },
        Starter {
            id: "letter",
            label: "Plain letter",
            mjml: include_str!("starters/letter.mjml"),
        },
    ]
}

/// The HTML of an MJML source. Includes are refused, nothing is fetched.
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn mjml(source: &str) -> Result<String, ContentProblem> {
    let problem = |message: String| ContentProblem {
        field: "mjml".to_owned(),
        message,
    };
    if source.len() > HTML_BYTES_MAX {
        return Err(problem(format!(
            "The MJML is longer than {} kB.",
            HTML_BYTES_MAX / 1024
        )));
    }
    // Tags of the template would break elements and attributes they stand in: the parser sees letters instead.
    with_marks(source, |marked| {
        if nesting(marked).0 > DEPTH_MAX {
            return Err(problem(format!(
                "Elements are nested more than {DEPTH_MAX} deep, or not closed."
            )));
        }
        unknown(marked)
            .map_or_else(|| render(marked), Err)
            .map_err(problem)
    })
    .map_err(problem)?
}

fn render(marked: &str) -> Result<String, String> {
    let options = ParserOptions {
        include_loader: Box::new(NoopIncludeLoader),
    };
    let parsed =
        mrml::parse_with_options(marked, &options).map_err(|error| sentence(marked, &error))?;
    let options = RenderOptions {
        // Comments of the author are nobody's business, and fonts are not loaded from elsewhere.
        disable_comments: true,
        fonts: std::collections::HashMap::new(),
        ..RenderOptions::default()
    };
    parsed.element.render(&options).map_err(|_| {
        "The MJML can't be made into HTML; check widths, paddings and colours.".to_owned()
    })
}

fn sentence(source: &str, error: &Error) -> String {
    let (at, what) = match error {
        Error::UnexpectedElement { position, .. } => {
            (Some(position.start), "this element can't stand here")
        }
        Error::UnexpectedToken { position, .. } => (
            Some(position.start),
            "this can't stand here; is an element not closed?",
        ),
        Error::MissingAttribute { position, .. } => {
            (Some(position.start), "this element lacks an attribute")
        }
        Error::InvalidAttribute { position, .. } => {
            (Some(position.start), "this attribute isn't known here")
        }
        Error::InvalidFormat { position, .. } => (
            Some(position.start),
            "this value isn't written as it should be",
        ),
        Error::IncludeLoaderError { position, .. } => (
            Some(position.start),
            "includes can't be used; paste what is to be included",
        ),
        Error::EndOfStream { .. } => (None, "the MJML ends too early: an element is not closed"),
        Error::SizeLimit { .. } => (None, "the MJML is too long"),
        Error::ParserError { source, .. } => {
            return format!("Line {}: the MJML isn't well-formed.", source.pos().row);
        }
        Error::NoRootNode => (None, "the MJML has to begin with <mjml>"),
    };
    match at {
        Some(at) => {
            let lines = source
                .bytes()
                .take(at)
                .filter(|byte| *byte == b'\n')
                .count();
            format!("Line {}: {what}.", lines + 1)
        }
        None => format!("{}{}.", what[..1].to_uppercase(), &what[1..]),
    }
}

/// The first element that MJML doesn't have, in a sentence.
fn unknown(source: &str) -> Option<String> {
    source.match_indices("<mj-").find_map(|(at, _)| {
        let rest = &source[at + 1..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let line = source[..at].matches('\n').count() + 1;
        (!ELEMENTS.contains(&name)).then(|| format!("Line {line}: there is no <{name}> in MJML."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_designs_are_complete_messages() {
        for starter in starters() {
            let html =
                mjml(starter.mjml).unwrap_or_else(|problem| panic!("{}: {problem:?}", starter.id));
            assert!(html.contains("{{ unsubscribe_url }}"), "{}", starter.id);
            assert!(!html.contains("fonts.googleapis"), "{}", starter.id);
        }
    }

    #[test]
    fn trouble_is_told_with_its_line() {
        let message = |source: &str| mjml(source).expect_err("a problem").message;
        assert!(
            message("<mjml>\n<mj-body>\n<mj-nonsense />\n</mj-body></mjml>").starts_with("Line 3:")
        );
        assert!(
            message("<mjml><mj-body>\n<mj-include path=\"/etc/passwd\" /></mj-body></mjml>")
                .contains("includes can't be used")
        );
        assert_eq!(message("hello"), "Line 1: the MJML isn't well-formed.");
        assert!(message(&"<mj-wrapper>".repeat(5_000)).contains("nested"));
        assert!(message("<mjml>{% for a in b %}</mjml>").contains("loops"));
    }

    #[test]
    fn what_may_be_nested_fits_a_small_stack() {
        let depth = DEPTH_MAX - 5;
        let deep = format!(
            "<mjml><mj-body><mj-section><mj-column><mj-text>{}x{}</mj-text></mj-column></mj-section></mj-body></mjml>",
            "<b>".repeat(depth),
            "</b>".repeat(depth)
        );
        let thread = std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(move || mjml(&deep).is_ok())
            .expect("a thread");
        assert!(thread.join().expect("no overflow"));
    }
}
