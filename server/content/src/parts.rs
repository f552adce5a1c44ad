//! The parts of a compiled content, and a message made of them.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use domain::content::{
    HTML_BYTES_MAX, PUSH_BYTES_MAX, PushContent, SMS_CHARS_MAX, SUBJECT_CHARS_MAX, Suggestion,
    WhatsAppTemplate,
};

use crate::{
    MessageUrls, RenderError, Rendered, RenderedEmail, html,
    rules::{
        RCS_CARD_CHARS_MAX, RCS_CHARS_MAX, RCS_TITLE_CHARS_MAX, WHATSAPP_BODY_CHARS_MAX,
        WHATSAPP_HEADER_CHARS_MAX,
    },
    template::{Lookup, Part, Templates},
};

/// Longest HTML after personalisation, in bytes.
const RENDERED_HTML_BYTES_MAX: usize = 2 * HTML_BYTES_MAX;

/// Parts by channel.
#[derive(Debug)]
pub(crate) enum Parts {
    Sms { text: Part },
    Email(Box<EmailParts>),
    Push(Box<PushParts>),
    WhatsApp(Box<WhatsAppParts>),
    Rcs(Box<RcsParts>),
}

#[derive(Debug, Default)]
pub(crate) struct EmailParts {
    pub(crate) from_name: String,
    pub(crate) reply_to: String,
    pub(crate) subject: Part,
    pub(crate) preheader: Part,
    pub(crate) html: Part,
    pub(crate) text: EmailText,
}

/// Where the plain-text part of an e-mail comes from.
#[derive(Debug)]
pub(crate) enum EmailText {
    /// A template.
    Template(Part),
    /// Each message's own HTML, without preheader, pixel and footer: a condition in HTML may surround a row of a table, and
    /// means something else once the table is text.
    Html {
        html: Part,
        /// Whether the author placed the unsubscribe link.
        has_unsubscribe: bool,
    },
}

impl Default for EmailText {
    fn default() -> Self {
        Self::Template(Part::default())
    }
}

#[derive(Debug, Default)]
pub(crate) struct PushParts {
    /// As written; what is rendered replaces its fields.
    pub(crate) content: PushContent,
    pub(crate) title: Part,
    pub(crate) body: Part,
    pub(crate) link: Part,
    pub(crate) data: Vec<(String, Part)>,
}

#[derive(Debug, Default)]
pub(crate) struct WhatsAppParts {
    pub(crate) template: WhatsAppTemplate,
    pub(crate) media: String,
    pub(crate) header: Option<Part>,
    pub(crate) body: Vec<Part>,
    pub(crate) links: Vec<WhatsAppLink>,
}

/// A link button whose address ends in a placeholder.
#[derive(Debug)]
pub(crate) struct WhatsAppLink {
    /// Place among all buttons, from 0.
    pub(crate) button: u32,
    pub(crate) target: WhatsAppTarget,
}

/// What stands for the placeholder of a link button.
#[derive(Debug)]
pub(crate) enum WhatsAppTarget {
    /// A text of the author's.
    Value(Part),
    /// The end of the tracked address: the button leads through us.
    Tracked {
        /// The button's address without its placeholder.
        start: String,
        /// Position of the link.
        position: u32,
    },
}

#[derive(Debug, Default)]
pub(crate) struct RcsParts {
    pub(crate) text: Part,
    pub(crate) title: Option<Part>,
    pub(crate) image: String,
    pub(crate) suggestions: Vec<(Suggestion, Part)>,
    pub(crate) fallback: Part,
}

/// One message being made.
pub(crate) struct Render<'a> {
    pub(crate) templates: &'a Templates,
    pub(crate) lookup: &'a Arc<Lookup>,
    pub(crate) urls: &'a MessageUrls,
    pub(crate) missing: RefCell<&'a mut BTreeSet<String>>,
}

impl Render<'_> {
    pub(crate) fn message(&self, parts: &Parts) -> Result<Rendered, RenderError> {
        match parts {
            Parts::Sms { text } => Ok(Rendered::Sms {
                text: self.limited("text", text, SMS_CHARS_MAX)?,
            }),
            Parts::Email(parts) => self.email(parts),
            Parts::Push(parts) => self.push(parts),
            Parts::WhatsApp(parts) => self.whatsapp(parts),
            Parts::Rcs(parts) => self.rcs(parts),
        }
    }

    fn text(&self, part: &Part) -> Result<String, RenderError> {
        let mut missing = self.missing.borrow_mut();
        self.templates.render(part, self.lookup, &mut missing)
    }

    fn limited(&self, field: &str, part: &Part, limit: usize) -> Result<String, RenderError> {
        let text = self.text(part)?;
        if text.len() > limit && text.chars().count() > limit {
            return Err(too_long(field, limit, "characters"));
        }
        Ok(text)
    }

    /// In one line: a line break in a header would begin another header.
    fn line(&self, field: &str, part: &Part, limit: usize) -> Result<String, RenderError> {
        Ok(one_line(&self.limited(field, part, limit)?))
    }

    fn email(&self, parts: &EmailParts) -> Result<Rendered, RenderError> {
        let html = self.text(&parts.html)?;
        if html.len() > RENDERED_HTML_BYTES_MAX {
            return Err(too_long("html", RENDERED_HTML_BYTES_MAX, "bytes"));
        }
        let text = match &parts.text {
            EmailText::Template(part) => self.text(part)?,
            EmailText::Html {
                html,
                has_unsubscribe,
            } => {
                let text = self.text(html)?;
                let mut text = html::from_html(&text).map_err(|_| RenderError::Broken {
                    field: "text".to_owned(),
                    what: "can't be made of the HTML",
                })?;
                if !has_unsubscribe {
                    text.push_str("\n\nUnsubscribe: ");
                    text.push_str(&self.urls.unsubscribe);
                }
                text
            }
        };
        if text.len() > RENDERED_HTML_BYTES_MAX {
            return Err(too_long("text", RENDERED_HTML_BYTES_MAX, "bytes"));
        }
        let html = match &self.urls.hidden {
            Some(url) if !html.is_empty() => html::with_hidden_link(html, url),
            _ => html,
        };
        Ok(Rendered::Email(Box::new(RenderedEmail {
            from_name: parts.from_name.clone(),
            reply_to: parts.reply_to.clone(),
            subject: self.line("subject", &parts.subject, SUBJECT_CHARS_MAX)?,
            preheader: self.line("preheader", &parts.preheader, SUBJECT_CHARS_MAX)?,
            html,
            text,
        })))
    }

    fn push(&self, parts: &PushParts) -> Result<Rendered, RenderError> {
        let data = parts
            .data
            .iter()
            .map(|(name, part)| Ok((name.clone(), self.text(part)?)))
            .collect::<Result<_, RenderError>>()?;
        let content = PushContent {
            title: self.text(&parts.title)?,
            body: self.text(&parts.body)?,
            link: self.text(&parts.link)?,
            data,
            ..parts.content.clone()
        };
        let is_long = serde_json::to_string(&content).is_ok_and(|json| json.len() > PUSH_BYTES_MAX);
        if is_long {
            return Err(too_long(
                "body",
                PUSH_BYTES_MAX,
                "bytes with everything else",
            ));
        }
        Ok(Rendered::Push(Box::new(content)))
    }

    fn whatsapp(&self, parts: &WhatsAppParts) -> Result<Rendered, RenderError> {
        let header = match &parts.header {
            Some(part) => Some(self.line("header_value", part, WHATSAPP_HEADER_CHARS_MAX)?),
            None => None,
        };
        let mut body = Vec::with_capacity(parts.body.len());
        let mut left = WHATSAPP_BODY_CHARS_MAX;
        for (n, part) in parts.body.iter().enumerate() {
            let field = format!("body_values.{n}");
            // Meta refuses line breaks, tabs and long gaps in what stands for a placeholder.
            let value = self.line(&field, part, WHATSAPP_BODY_CHARS_MAX)?;
            left = left.checked_sub(value.chars().count()).ok_or_else(|| {
                too_long(
                    &field,
                    WHATSAPP_BODY_CHARS_MAX,
                    "characters with the other values",
                )
            })?;
            body.push(value);
        }
        let mut links = Vec::with_capacity(parts.links.len());
        for link in &parts.links {
            let value = match &link.target {
                WhatsAppTarget::Value(part) => self.text(part)?,
                WhatsAppTarget::Tracked { start, position } => {
                    let tracked = self.urls.links.get(position);
                    tracked
                        .and_then(|url| url.strip_prefix(start.as_str()))
                        .map(str::to_owned)
                        .ok_or_else(|| RenderError::Broken {
                            field: "link_values".to_owned(),
                            what: "a button leads through us, but not to where tracked links are",
                        })?
                }
            };
            links.push((link.button, value));
        }
        Ok(Rendered::WhatsApp {
            template: Box::new(parts.template.clone()),
            media: parts.media.clone(),
            header,
            body,
            links,
        })
    }

    fn rcs(&self, parts: &RcsParts) -> Result<Rendered, RenderError> {
        let limit = if parts.title.is_some() {
            RCS_CARD_CHARS_MAX
        } else {
            RCS_CHARS_MAX
        };
        let card_title = match &parts.title {
            Some(part) => Some(self.line("title", part, RCS_TITLE_CHARS_MAX)?),
            None => None,
        };
        let mut suggestions = Vec::with_capacity(parts.suggestions.len());
        for (suggestion, address) in &parts.suggestions {
            suggestions.push(match suggestion {
                Suggestion::Url { text, .. } => Suggestion::Url {
                    text: text.clone(),
                    url: self.text(address)?,
                },
                other => other.clone(),
            });
        }
        Ok(Rendered::Rcs {
            text: self.limited("text", &parts.text, limit)?,
            card_title,
            image: parts.image.clone(),
            suggestions,
            fallback: self.limited("fallback", &parts.fallback, SMS_CHARS_MAX)?,
        })
    }
}

fn too_long(field: &str, limit: usize, unit: &'static str) -> RenderError {
    RenderError::TooLong {
        field: field.to_owned(),
        limit,
        unit,
    }
}

/// Words with single spaces between them.
pub(crate) fn one_line(text: &str) -> String {
    let is_tidy = !text.contains("  ")
        && !text
            .chars()
            .any(|l| l.is_control() || l == '\u{2028}' || l == '\u{2029}');
    if is_tidy {
        return text.trim().to_owned();
    }
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
