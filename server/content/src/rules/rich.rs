//! WhatsApp and RCS.

use domain::content::{
    RcsContent, SMS_CHARS_MAX, Suggestion, WhatsAppButton, WhatsAppContent, WhatsAppHeader,
    whatsapp::{has_header_value, link_start, placeholders},
};

use super::{
    Checks, RCS_CARD_CHARS_MAX, RCS_CHARS_MAX, RCS_TITLE_CHARS_MAX, TEMPLATE_FACTOR,
    WHATSAPP_BODY_CHARS_MAX, WHATSAPP_HEADER_CHARS_MAX,
    shape::{is_number, is_web_start},
};

/// Most chips below an RCS message, and on a card.
const CHIPS_MAX: usize = 11;
const CARD_CHIPS_MAX: usize = 4;
/// Longest text of a chip, in characters.
const CHIP_CHARS_MAX: usize = 25;

impl Checks<'_> {
    pub(super) fn whatsapp(&mut self, whatsapp: &WhatsAppContent) {
        let template = &whatsapp.template;
        if template.name.trim().is_empty() {
            self.problem("template", "Choose a template.");
            return;
        }
        if !template.status.eq_ignore_ascii_case("approved") {
            self.problem(
                "template",
                format!(
                    "The template is {}; only approved ones can be sent.",
                    if template.status.is_empty() {
                        "not approved"
                    } else {
                        &template.status
                    }
                ),
            );
        }
        let wanted: Vec<String> = placeholders(&template.body)
            .into_iter()
            .map(|name| format!("Write what stands for {{{{{name}}}}}."))
            .collect();
        self.values("body_values", &whatsapp.body_values, &wanted);
        match &template.header {
            WhatsAppHeader::Text { .. } if has_header_value(template) => {
                self.chars(
                    "header_value",
                    &whatsapp.header_value,
                    TEMPLATE_FACTOR * WHATSAPP_HEADER_CHARS_MAX,
                );
                self.required(
                    "header_value",
                    &whatsapp.header_value,
                    "Write what stands in the header.",
                );
            }
            WhatsAppHeader::Image | WhatsAppHeader::Video | WhatsAppHeader::Document => {
                self.required(
                    "media",
                    &whatsapp.media,
                    "Give the address of the header's file.",
                );
                self.picture("media", &whatsapp.media);
            }
            _ => {}
        }
        let links: Vec<String> = template
            .buttons
            .iter()
            .filter_map(|button| match button {
                WhatsAppButton::Url { text, url } => link_start(url).map(|_| text),
                _ => None,
            })
            .map(|text| format!("Write what the link of the button “{text}” ends in."))
            .collect();
        self.values("link_values", &whatsapp.link_values, &links);
    }

    /// Values of a template; `wanted` says of each what is missing where it is empty.
    fn values(&mut self, field: &str, values: &[String], wanted: &[String]) {
        if values.len() != wanted.len() {
            self.problem(
                field,
                format!(
                    "The template has {} placeholders here, and {} values are given.",
                    wanted.len(),
                    values.len()
                ),
            );
        }
        for (n, (value, missing)) in values.iter().zip(wanted).enumerate() {
            self.chars(
                &format!("{field}.{n}"),
                value,
                TEMPLATE_FACTOR * WHATSAPP_BODY_CHARS_MAX,
            );
            self.required(&format!("{field}.{n}"), value, missing);
        }
    }

    pub(super) fn rcs(&mut self, rcs: &RcsContent) {
        self.required("text", &rcs.text, "Write the text of the message.");
        let (text_max, chips_max) = if rcs.is_card {
            (RCS_CARD_CHARS_MAX, CARD_CHIPS_MAX)
        } else {
            (RCS_CHARS_MAX, CHIPS_MAX)
        };
        self.chars("text", &rcs.text, TEMPLATE_FACTOR * text_max);
        if rcs.is_card {
            self.required("title", &rcs.title, "Write the title of the card.");
            self.chars("title", &rcs.title, TEMPLATE_FACTOR * RCS_TITLE_CHARS_MAX);
            self.picture("image", &rcs.image);
        }
        if rcs.suggestions.len() > chips_max {
            self.problem(
                "suggestions",
                format!("There can be at most {chips_max} chips."),
            );
        }
        for (n, suggestion) in rcs.suggestions.iter().enumerate() {
            self.chip(n, suggestion);
        }
        self.chars("fallback", &rcs.fallback, TEMPLATE_FACTOR * SMS_CHARS_MAX);
    }

    fn chip(&mut self, n: usize, suggestion: &Suggestion) {
        let (Suggestion::Reply { text }
        | Suggestion::Url { text, .. }
        | Suggestion::Phone { text, .. }) = suggestion;
        let field = format!("suggestions.{n}");
        self.required(&field, text, "Write what stands on the chip.");
        self.chars(&field, text, CHIP_CHARS_MAX);
        match suggestion {
            Suggestion::Url { url, .. } if !is_web_start(url.trim()) => {
                self.problem(&format!("{field}.url"), "A link begins with https://.");
            }
            Suggestion::Phone { number, .. } if !is_number(number.trim()) => {
                self.problem(
                    &format!("{field}.number"),
                    "Write a number such as +14155550123.",
                );
            }
            _ => {}
        }
    }
}
