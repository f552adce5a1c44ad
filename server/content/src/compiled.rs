//! A content made ready to be rendered for thousands of people.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use domain::content::{
    Content, ContentLink, ContentProblem, PushContent, Suggestion, WhatsAppTemplate,
};

use crate::{
    Placeholders, Values,
    build::Builder,
    parts::{Parts, Render},
    rules,
    template::{LinkAddress, Lookup, Names, Templates},
};

/// How a content is compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// Name of the arm, for the links.
    pub variant: String,
    /// Public address of this server, without a slash at the end. Tells which WhatsApp link buttons lead through it.
    pub base: String,
    /// Whether clicks are followed at all.
    pub tracks_links: bool,
    /// Addresses whose clicks are not followed, as they are written in the content.
    pub untracked: BTreeSet<String>,
    /// Whether an e-mail gets an open pixel.
    pub tracks_opens: bool,
}

/// The addresses made for one message.
#[derive(Clone, Default)]
pub struct MessageUrls {
    /// Tracked address by position of the link; a link without one keeps its own address.
    pub links: BTreeMap<u32, String>,
    /// The open pixel.
    pub pixel: Option<String>,
    /// A link that people can't see: who follows it is a machine. In the HTML of an e-mail only.
    pub hidden: Option<String>,
    /// Where `{{ unsubscribe_url }}`, and the footer added to an e-mail without it, lead.
    pub unsubscribe: String,
    /// Where `{{ preferences_url }}` leads; `unsubscribe` when empty.
    pub preferences: String,
}

/// An e-mail for one person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RenderedEmail {
    /// Name shown before the sender's address; empty for none.
    pub from_name: String,
    /// Where answers go; empty for the sender.
    pub reply_to: String,
    /// Subject, one line.
    pub subject: String,
    /// What inboxes show after the subject. Already inside `html`.
    pub preheader: String,
    /// HTML part with pixel and tracked links; empty for plain text only.
    pub html: String,
    /// Plain-text part.
    pub text: String,
}

/// A message for one person. `Debug` shows its channel only.
#[derive(Clone, PartialEq, Eq)]
pub enum Rendered {
    /// Text message.
    Sms {
        /// The text.
        text: String,
    },
    /// E-mail.
    Email(Box<RenderedEmail>),
    /// Push notification; `link` is the tracked address.
    Push(Box<PushContent>),
    /// WhatsApp template message.
    WhatsApp {
        /// The template.
        template: Box<WhatsAppTemplate>,
        /// Address of the header's picture, video or document; empty for none.
        media: String,
        /// What stands for `{{1}}` of a text header.
        header: Option<String>,
        /// What stands for `{{1}}`, `{{2}}` … of the body.
        body: Vec<String>,
        /// What stands at the end of link buttons: the button's place among all buttons from 0, and the text.
        links: Vec<(u32, String)>,
    },
    /// RCS message.
    Rcs {
        /// Text, or the card's.
        text: String,
        /// The card's title; none for a plain text.
        card_title: Option<String>,
        /// The card's picture; empty for none.
        image: String,
        /// Chips.
        suggestions: Vec<Suggestion>,
        /// SMS for phones without RCS; empty for none.
        fallback: String,
    },
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sms { .. } => "Sms",
            Self::Email(_) => "Email",
            Self::Push(_) => "Push",
            Self::WhatsApp { .. } => "WhatsApp",
            Self::Rcs { .. } => "Rcs",
        })
    }
}

/// Why a message can't be made for a person. Holds no value of theirs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// These placeholders have no value: the message is INCOMPLETE.
    #[error("no value for {}", .0.iter().cloned().collect::<Vec<_>>().join(", "))]
    Missing(BTreeSet<String>),
    /// A part got too long.
    #[error("{field} is longer than {limit} {unit}")]
    TooLong {
        /// Field of the content.
        field: String,
        /// Most of them.
        limit: usize,
        /// `characters` or `bytes`.
        unit: &'static str,
    },
    /// A template failed.
    #[error("{field}: {what}")]
    Broken {
        /// Field of the content.
        field: String,
        /// What happened.
        what: &'static str,
    },
}

/// A content whose templates are parsed, whose HTML is cleaned and whose links are found. One per arm, shared by all
/// workers.
#[derive(Debug)]
pub struct Compiled {
    templates: Templates,
    parts: Parts,
    links: Vec<ContentLink>,
    addresses: Arc<[LinkAddress]>,
    notes: Vec<ContentProblem>,
    names: Names,
}

impl Compiled {
    /// Compiles a content.
    ///
    /// # Errors
    /// Everything wrong with it, as [`crate::check()`] tells.
    pub fn new(content: &Content, options: &CompileOptions) -> Result<Self, Vec<ContentProblem>> {
        let mut builder = Builder::new(options);
        rules::check(content, &mut builder.problems);
        let parts = builder.parts(content);
        if !builder.problems.is_empty() {
            return Err(builder.problems);
        }
        let links = builder.book.links;
        Ok(Self {
            templates: builder.templates,
            parts,
            addresses: links
                .iter()
                .map(|link| LinkAddress::new(&link.url))
                .collect(),
            links,
            notes: builder.book.notes,
            names: builder.names,
        })
    }

    /// Its links in order of position.
    #[must_use]
    pub fn links(&self) -> &[ContentLink] {
        &self.links
    }

    /// What its author should know, though it can be sent: what was left out of the HTML, which links aren't followed.
    #[must_use]
    pub fn notes(&self) -> &[ContentProblem] {
        &self.notes
    }

    /// Its placeholders, without those for our own pages.
    #[must_use]
    pub fn placeholders(&self) -> &Placeholders {
        &self.names
    }

    /// The message for one person.
    ///
    /// # Errors
    /// [`RenderError`]; `Missing` when a placeholder has no value.
    pub fn render(&self, values: &Values, urls: &MessageUrls) -> Result<Rendered, RenderError> {
        let lookup = Arc::new(Lookup::new(values, urls, &self.addresses));
        let mut missing = BTreeSet::new();
        let render = Render {
            templates: &self.templates,
            lookup: &lookup,
            urls,
            missing: RefCell::new(&mut missing),
        };
        let rendered = render.message(&self.parts)?;
        if !missing.is_empty() {
            return Err(RenderError::Missing(missing));
        }
        Ok(rendered)
    }
}
