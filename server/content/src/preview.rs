//! A content as one person would see it.

use domain::content::{
    Content, ContentProblem, Preview, Suggestion, WhatsAppButton, WhatsAppHeader, sms_length,
    whatsapp,
};

use crate::{CompileOptions, Compiled, MessageUrls, RenderError, Rendered, Values};

/// A content as it looks with these values: links lead where they say, nothing is tracked, and a placeholder without
/// a value stands in brackets and is listed in `missing`. What can't be compiled is shown as it is written; its HTML
/// is shown as text, with what is wrong with it.
#[must_use]
pub fn preview(content: &Content, values: &Values, variant: &str) -> Preview {
    let mut preview = match Compiled::new(content, &CompileOptions::default()) {
        Ok(compiled) => compiled.preview(content, values, &sample_urls()),
        Err(problems) => as_source(content, &problems),
    };
    variant.clone_into(&mut preview.variant);
    preview
}

/// Addresses that lead nowhere.
fn sample_urls() -> MessageUrls {
    MessageUrls {
        unsubscribe: "#unsubscribe".to_owned(),
        preferences: "#preferences".to_owned(),
        ..MessageUrls::default()
    }
}

impl Compiled {
    /// As [`preview()`], with the addresses of a message: so long is what is really sent.
    #[must_use]
    pub fn preview(&self, content: &Content, values: &Values, urls: &MessageUrls) -> Preview {
        let mut missing = Vec::new();
        let mut values = values.clone();
        let rendered = match self.render(&values, urls) {
            Err(RenderError::Missing(names)) => {
                for name in names {
                    values.set(&name, &format!("[{name}]"));
                    missing.push(name);
                }
                self.render(&values, urls)
            }
            other => other,
        };
        let mut preview = match rendered {
            Ok(rendered) => shown(rendered),
            Err(error) => Preview {
                note: error.to_string(),
                ..as_written(content)
            },
        };
        preview.missing = missing;
        preview
    }
}

fn shown(rendered: Rendered) -> Preview {
    match rendered {
        Rendered::Sms { text } => Preview {
            length: Some(sms_length(&text)),
            text,
            ..Preview::default()
        },
        Rendered::Email(email) => Preview {
            title: email.subject,
            note: email.preheader,
            text: email.text,
            html: email.html,
            ..Preview::default()
        },
        Rendered::Push(push) => Preview {
            title: push.title,
            text: push.body,
            note: push.link,
            image: push.image,
            ..Preview::default()
        },
        Rendered::WhatsApp {
            template,
            media,
            header,
            body,
            ..
        } => Preview {
            title: match &template.header {
                WhatsAppHeader::Text { text } => filled(text, header.as_slice()),
                _ => String::new(),
            },
            note: template.footer.clone(),
            text: filled(&template.body, &body),
            image: media,
            buttons: template.buttons.iter().map(button_text).collect(),
            ..Preview::default()
        },
        Rendered::Rcs {
            text,
            card_title,
            image,
            suggestions,
            fallback,
        } => Preview {
            title: card_title.unwrap_or_default(),
            length: (!fallback.is_empty()).then(|| sms_length(&fallback)),
            note: fallback,
            text,
            image,
            buttons: suggestions.iter().map(chip_text).collect(),
            ..Preview::default()
        },
    }
}

/// Most characters of a source that are shown.
const SOURCE_CHARS_MAX: usize = 10_000;

/// As written. An e-mail that has no text of its own shows what is wrong with it, and its source as text.
fn as_source(content: &Content, problems: &[ContentProblem]) -> Preview {
    let mut preview = as_written(content);
    if let Content::Email(email) = content
        && preview.text.trim().is_empty()
        && let Some(problem) = problems.iter().find(|problem| is_source(&problem.field))
    {
        let source = if email.mjml.trim().is_empty() {
            &email.html
        } else {
            &email.mjml
        };
        let source: String = source.chars().take(SOURCE_CHARS_MAX).collect();
        preview.text = format!("{}\n\n{source}", problem.message);
    }
    preview
}

fn is_source(field: &str) -> bool {
    matches!(field, "mjml" | "html" | "content")
}

/// What can be shown of a content that doesn't compile.
fn as_written(content: &Content) -> Preview {
    match content {
        Content::Sms(sms) => Preview {
            text: sms.text.clone(),
            ..Preview::default()
        },
        Content::Email(email) => Preview {
            title: email.subject.clone(),
            note: email.preheader.clone(),
            text: email.text.clone(),
            ..Preview::default()
        },
        Content::Push(push) => Preview {
            title: push.title.clone(),
            text: push.body.clone(),
            ..Preview::default()
        },
        Content::WhatsApp(message) => Preview {
            title: match &message.template.header {
                WhatsAppHeader::Text { text } => text.clone(),
                _ => String::new(),
            },
            note: message.template.footer.clone(),
            text: message.template.body.clone(),
            buttons: message.template.buttons.iter().map(button_text).collect(),
            ..Preview::default()
        },
        Content::Rcs(rcs) => Preview {
            title: rcs.title.clone(),
            note: rcs.fallback.clone(),
            text: rcs.text.clone(),
            buttons: rcs.suggestions.iter().map(chip_text).collect(),
            ..Preview::default()
        },
    }
}

/// A text of WhatsApp with its values in it.
fn filled(text: &str, values: &[String]) -> String {
    whatsapp::filled(text, |place| {
        Some(values.get(place).cloned().unwrap_or_default())
    })
}

fn button_text(button: &WhatsAppButton) -> String {
    let (WhatsAppButton::QuickReply { text }
    | WhatsAppButton::Url { text, .. }
    | WhatsAppButton::Phone { text, .. }) = button;
    text.clone()
}

fn chip_text(chip: &Suggestion) -> String {
    let (Suggestion::Reply { text }
    | Suggestion::Url { text, .. }
    | Suggestion::Phone { text, .. }) = chip;
    text.clone()
}
