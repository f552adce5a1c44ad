//! From a content to its parts.

pub(crate) mod dropped;
mod whatsapp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::content::{
    Content, ContentProblem, EmailContent, HTML_BYTES_MAX, PushContent, RcsContent, Suggestion,
};

use crate::{
    CompileOptions, MjmlError,
    html::{Additions, HtmlError, compile_html, merge},
    links::{LinkBook, compile_text, starts_with_web},
    parts::{EmailParts, EmailText, Parts, PushParts, RcsParts},
    template::{Names, Part, Piece, Templates, escape_braces, pieces},
};

/// What has been compiled so far.
pub(crate) struct Builder<'a> {
    options: &'a CompileOptions,
    pub(crate) templates: Templates,
    pub(crate) book: LinkBook<'a>,
    pub(crate) names: Names,
    pub(crate) problems: Vec<ContentProblem>,
    /// Those of the problems that are limits: no attempt is to be made again.
    pub(crate) limits: Vec<ContentProblem>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(options: &'a CompileOptions) -> Self {
        Self {
            options,
            templates: Templates::new(),
            book: LinkBook::new(options),
            names: Names::new(),
            problems: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// As [`Self::made`]. A parser that panics makes a problem, not a fault of the server.
    pub(crate) fn parts(&mut self, content: &Content) -> Parts {
        let made = catch_unwind(AssertUnwindSafe(|| self.made(content)));
        made.unwrap_or_else(|_| {
            self.limit(ContentProblem {
                field: "content".to_owned(),
                message: "This content can't be read. Write it in another way.".to_owned(),
            });
            Parts::Sms {
                text: Part::default(),
            }
        })
    }

    /// All parts of a content. What can't be compiled is among the problems; what is much too long is left out, since
    /// the rules complain of it.
    fn made(&mut self, content: &Content) -> Parts {
        let parts = match content {
            Content::Sms(sms) => Parts::Sms {
                text: self.linked("text", &sms.text),
            },
            Content::Email(email) => Parts::Email(Box::new(self.email(email))),
            Content::Push(push) => Parts::Push(Box::new(self.push(push))),
            Content::WhatsApp(whatsapp) => Parts::WhatsApp(Box::new(self.whatsapp(whatsapp))),
            Content::Rcs(rcs) => Parts::Rcs(Box::new(self.rcs(rcs))),
        };
        for own in ["unsubscribe_url", "preferences_url"] {
            self.names.remove(own);
        }
        parts
    }

    fn keep<T: Default>(&mut self, result: Result<T, ContentProblem>) -> T {
        result.unwrap_or_else(|problem| {
            self.problems.push(problem);
            T::default()
        })
    }

    /// A text whose links become tracked ones.
    fn linked(&mut self, field: &str, source: &str) -> Part {
        if source.len() > HTML_BYTES_MAX {
            return Part::default();
        }
        let compiled = compile_text(field, source, &mut self.book, &mut self.names)
            .and_then(|source| self.templates.add(field, source));
        self.keep(compiled)
    }

    /// A text in which addresses stay as they are.
    fn plain(&mut self, field: &str, source: &str) -> Part {
        if source.len() > HTML_BYTES_MAX {
            return Part::default();
        }
        let compiled = pieces(source, &mut self.names)
            .map_err(|trouble| ContentProblem {
                field: field.to_owned(),
                message: trouble.sentence(),
            })
            .and_then(|found| {
                let mut compiled = String::with_capacity(source.len());
                for piece in found {
                    match piece {
                        Piece::Text(text) => escape_braces(text, &mut compiled),
                        Piece::Print { tag, .. } | Piece::Block(tag) => compiled.push_str(tag),
                    }
                }
                self.templates.add(field, compiled)
            });
        self.keep(compiled)
    }

    /// A field that is one address: tracked if it is one for everybody.
    fn address(&mut self, field: &str, source: &str, label: &str) -> Part {
        let source = source.trim();
        let is_own = matches!(
            source.trim_matches(['{', '}', ' ']),
            "unsubscribe_url" | "preferences_url"
        );
        if source.is_empty() || is_own || !starts_with_web(source) {
            return self.plain(field, source);
        }
        let first = self.book.links.len();
        let part = self.linked(field, source);
        match self.book.links.get_mut(first) {
            Some(link) if link.url == source => label.clone_into(&mut link.label),
            _ => self.problem(field, format!("{source} is no web address.")),
        }
        part
    }

    fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(ContentProblem {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    fn limit(&mut self, problem: ContentProblem) {
        self.limits.push(problem.clone());
        self.problems.push(problem);
    }

    fn email(&mut self, email: &EmailContent) -> EmailParts {
        let subject = self.plain("subject", &email.subject);
        let preheader = self.plain("preheader", &email.preheader);
        let mut parts = EmailParts {
            from_name: crate::parts::one_line(&email.from_name),
            reply_to: email.reply_to.trim().to_owned(),
            subject,
            preheader,
            ..EmailParts::default()
        };
        let source = self.html_source(email);
        let mut derived = None;
        if !source.trim().is_empty() {
            let additions = Additions {
                preheader: &email.preheader,
                has_pixel: self.options.tracks_opens,
                has_footer: true,
            };
            match compile_html(&source, additions, &mut self.book, &mut self.names) {
                Ok(compiled) => {
                    let html = self.templates.add("html", compiled.html);
                    parts.html = self.keep(html);
                    derived = Some((compiled.text, compiled.has_unsubscribe));
                }
                Err(error) => self.refuse_html(error),
            }
        }
        parts.text = self.email_text(email, &source, derived);
        parts
    }

    fn refuse_html(&mut self, error: HtmlError) {
        match error {
            HtmlError::Problems(problems) => self.problems.extend(problems),
            HtmlError::Limit(message) => self.limit(ContentProblem {
                field: "html".to_owned(),
                message,
            }),
        }
    }

    fn html_source(&mut self, email: &EmailContent) -> String {
        if email.mjml.trim().is_empty() {
            let is_short = email.html.len() <= HTML_BYTES_MAX;
            return if is_short {
                email.html.clone()
            } else {
                String::new()
            };
        }
        match crate::mjml(&email.mjml) {
            Ok(made) => {
                if let Err(problem) = dropped::check(&email.mjml, &made.html) {
                    self.problems.push(problem);
                    return String::new();
                }
                for note in made.notes {
                    self.book.note(&note.field, note.message);
                }
                return made.html;
            }
            Err(MjmlError::Limit(problem)) => self.limit(problem),
            Err(error) => self.problems.push(error.into_problem()),
        }
        String::new()
    }

    /// The plain-text part: as it was written, or `derived` from the HTML `source`, of which it is known whether its author
    /// placed the unsubscribe link.
    fn email_text(
        &mut self,
        email: &EmailContent,
        source: &str,
        derived: Option<(String, bool)>,
    ) -> EmailText {
        const UNSUBSCRIBE: &str = "\n\nUnsubscribe: {{ unsubscribe_url }}\n";
        if email.text.len() > HTML_BYTES_MAX {
            return EmailText::default();
        }
        if email.text.trim().is_empty() {
            let Some((mut derived, has_unsubscribe)) = derived else {
                return EmailText::default();
            };
            if !source.contains("{%") {
                if !has_unsubscribe {
                    derived.push_str(UNSUBSCRIBE);
                }
                if let Ok(part) = self.templates.add("text", derived) {
                    return EmailText::Template(part);
                }
            }
            return self.text_of_html(source, has_unsubscribe);
        }
        let mut names = Names::new();
        let compiled =
            compile_text("text", &email.text, &mut self.book, &mut names).and_then(|mut source| {
                if !names.contains_key("unsubscribe_url") {
                    source.push_str(UNSUBSCRIBE);
                }
                self.templates.add("text", source)
            });
        merge(&mut self.names, names);
        EmailText::Template(self.keep(compiled))
    }

    /// The HTML once more, for texts to be made from: nothing in it that only an HTML part has, and links at the same places.
    fn text_of_html(&mut self, source: &str, has_unsubscribe: bool) -> EmailText {
        let additions = Additions {
            preheader: "",
            has_pixel: false,
            has_footer: false,
        };
        let mut book = LinkBook::new(self.options);
        let html = match compile_html(source, additions, &mut book, &mut Names::new()) {
            Ok(compiled) => compiled.html,
            Err(error) => {
                self.refuse_html(error);
                return EmailText::default();
            }
        };
        let html = self.templates.add("text", html);
        EmailText::Html {
            html: self.keep(html),
            has_unsubscribe,
        }
    }

    fn push(&mut self, push: &PushContent) -> PushParts {
        let data = push
            .data
            .iter()
            .map(|(name, source)| (name.clone(), self.plain(&format!("data.{name}"), source)))
            .collect();
        PushParts {
            content: PushContent {
                image: push.image.trim().to_owned(),
                ..push.clone()
            },
            title: self.plain("title", &push.title),
            body: self.plain("body", &push.body),
            link: self.address("link", &push.link, "Notification"),
            data,
        }
    }

    fn rcs(&mut self, rcs: &RcsContent) -> RcsParts {
        let text = self.linked("text", &rcs.text);
        let title = rcs.is_card.then(|| self.plain("title", &rcs.title));
        let suggestions = rcs
            .suggestions
            .iter()
            .enumerate()
            .map(|(n, suggestion)| {
                let part = match suggestion {
                    Suggestion::Url { text, url } => {
                        self.address(&format!("suggestions.{n}.url"), url, text)
                    }
                    _ => Part::default(),
                };
                (suggestion.clone(), part)
            })
            .collect();
        // The same text stays the same: its links are not told apart by how it went.
        let fallback = if rcs.fallback.trim() == rcs.text.trim() {
            text.clone()
        } else {
            self.linked("fallback", &rcs.fallback)
        };
        RcsParts {
            text,
            title,
            image: if rcs.is_card {
                rcs.image.trim().to_owned()
            } else {
                String::new()
            },
            suggestions,
            fallback,
        }
    }
}
