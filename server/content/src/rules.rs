//! What each channel asks of a content.

use std::collections::BTreeSet;

use domain::content::{
    Circle, Content, ContentProblem, EmailContent, HTML_BYTES_MAX, PUSH_BYTES_MAX, PushContent,
    PushKind, RcsContent, SMS_CHARS_MAX, SUBJECT_CHARS_MAX, SmsContent, Suggestion, WhatsAppButton,
    WhatsAppContent, WhatsAppHeader,
};
use url::Url;

use crate::links::{is_web_address, starts_with_web};

/// Longest body of a WhatsApp message, in characters (Meta, "Message templates").
pub(crate) const WHATSAPP_BODY_CHARS_MAX: usize = 1_024;
/// Longest text header of a WhatsApp message, in characters.
pub(crate) const WHATSAPP_HEADER_CHARS_MAX: usize = 60;
/// Longest RCS text, in characters (Google RBM, `AgentContentMessage.text`).
pub(crate) const RCS_CHARS_MAX: usize = 3_072;
/// Longest text of an RCS card, in characters (`CardContent.description`).
pub(crate) const RCS_CARD_CHARS_MAX: usize = 2_000;
/// Longest title of an RCS card, in characters (`CardContent.title`).
pub(crate) const RCS_TITLE_CHARS_MAX: usize = 200;
/// Most chips below an RCS message, and on a card.
const CHIPS_MAX: usize = 11;
const CARD_CHIPS_MAX: usize = 4;
/// Longest text of a chip, in characters.
const CHIP_CHARS_MAX: usize = 25;
/// A template may be longer than what it makes, since its tags are not sent.
const TEMPLATE_FACTOR: usize = 4;

/// Collects problems.
struct Checks<'a>(&'a mut Vec<ContentProblem>);

/// Adds what is wrong with a content, apart from its templates.
pub(crate) fn check(content: &Content, problems: &mut Vec<ContentProblem>) {
    let mut checks = Checks(problems);
    match content {
        Content::Sms(sms) => checks.sms(sms),
        Content::Email(email) => checks.email(email),
        Content::Push(push) => checks.push(push),
        Content::WhatsApp(whatsapp) => checks.whatsapp(whatsapp),
        Content::Rcs(rcs) => checks.rcs(rcs),
    }
}

impl Checks<'_> {
    fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(ContentProblem {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    fn required(&mut self, field: &str, text: &str, message: &str) {
        if text.trim().is_empty() {
            self.problem(field, message);
        }
    }

    fn chars(&mut self, field: &str, text: &str, limit: usize) {
        let count = text.chars().count();
        if count > limit {
            self.problem(
                field,
                format!("This has {count} characters; at most {limit} are possible."),
            );
        }
    }

    fn sms(&mut self, sms: &SmsContent) {
        self.required("text", &sms.text, "Write the text of the message.");
        self.chars("text", &sms.text, TEMPLATE_FACTOR * SMS_CHARS_MAX);
        if !sms.text.contains("{{") && !sms.text.contains("{%") {
            self.chars("text", &sms.text, SMS_CHARS_MAX);
        }
    }

    fn email(&mut self, email: &EmailContent) {
        self.required("subject", &email.subject, "Write a subject.");
        for (field, text) in [("subject", &email.subject), ("preheader", &email.preheader)] {
            self.chars(field, text, TEMPLATE_FACTOR * SUBJECT_CHARS_MAX);
            if !text.contains("{{") && !text.contains("{%") {
                self.chars(field, text, SUBJECT_CHARS_MAX);
            }
        }
        self.chars("from_name", &email.from_name, 100);
        if email.from_name.chars().any(char::is_control) {
            self.problem("from_name", "The name has to be in one line.");
        }
        if !email.reply_to.trim().is_empty() && !is_mailbox(email.reply_to.trim()) {
            self.problem("reply_to", "Write a mailbox, such as help@example.com.");
        }
        if email.html.trim().is_empty()
            && email.mjml.trim().is_empty()
            && email.text.trim().is_empty()
        {
            self.problem("html", "Design the message, or write its plain text.");
        }
        for (field, text) in [
            ("html", &email.html),
            ("mjml", &email.mjml),
            ("text", &email.text),
        ] {
            if text.len() > HTML_BYTES_MAX {
                self.problem(
                    field,
                    format!(
                        "This has {} kB; at most {} kB are possible.",
                        text.len() / 1024,
                        HTML_BYTES_MAX / 1024
                    ),
                );
            }
        }
    }

    fn push(&mut self, push: &PushContent) {
        if push.kind == PushKind::Data {
            if push.data.is_empty() {
                self.problem("data", "Add the data that the app is to get.");
            }
        } else {
            self.required("title", &push.title, "Write a title.");
            self.required("body", &push.body, "Write what the notification says.");
        }
        self.picture("image", &push.image);
        self.push_link(push);
        match (push.kind, &push.geo) {
            (PushKind::Geo, None) => {
                self.problem("geo", "Give the centre and radius of the circle.");
            }
            (PushKind::Geo, Some(circle)) => self.circle(circle),
            _ => {}
        }
        for name in push.data.keys() {
            let is_name = !name.is_empty()
                && name.len() <= 64
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !is_name {
                self.problem(
                    "data",
                    format!("“{name}” is no name for data: letters, digits and _, at most 64."),
                );
            }
        }
        let bytes = serde_json::to_string(push).map_or(0, |json| json.len());
        if bytes > PUSH_BYTES_MAX {
            self.problem(
                "body",
                format!("The notification has {bytes} bytes in all; at most {PUSH_BYTES_MAX} are possible."),
            );
        }
    }

    fn push_link(&mut self, push: &PushContent) {
        let link = push.link.trim();
        if push.kind == PushKind::Deeplink {
            self.required("link", link, "Give the place in the app that a tap opens.");
            if !link.is_empty() && !is_web_start(link) && !is_app_place(link) {
                self.problem(
                    "link",
                    "A place in the app begins with / or with the app's own scheme, such as shop://sale.",
                );
            }
        } else if !link.is_empty() && !is_web_start(link) {
            self.problem("link", "A link begins with https://.");
        }
    }

    fn circle(&mut self, circle: &Circle) {
        for (field, text, limit) in [
            ("geo.latitude", &circle.latitude, 90.0),
            ("geo.longitude", &circle.longitude, 180.0),
        ] {
            let is_inside = text
                .trim()
                .parse::<f64>()
                .is_ok_and(|degrees| degrees.is_finite() && degrees.abs() <= limit);
            if !is_inside {
                self.problem(
                    field,
                    format!("Degrees from −{limit} to {limit}, such as 41.9."),
                );
            }
        }
        if !(50..=100_000).contains(&circle.radius_m) {
            self.problem(
                "geo.radius_m",
                "The radius is between 50 and 100,000 metres.",
            );
        }
    }

    fn picture(&mut self, field: &str, address: &str) {
        let address = address.trim();
        let is_https = address
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        if !address.is_empty() && !(is_https && is_web_address(address)) {
            self.problem(field, "Give the whole address, beginning with https://.");
        }
    }

    fn whatsapp(&mut self, whatsapp: &WhatsAppContent) {
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
        let wanted = whatsapp_placeholders(&template.body);
        self.values("body_values", &whatsapp.body_values, wanted);
        match &template.header {
            WhatsAppHeader::Text { text } if !whatsapp_placeholders_are_none(text) => {
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
        let links = template
            .buttons
            .iter()
            .filter(|button| matches!(button, WhatsAppButton::Url { url, .. } if url.ends_with("{{1}}")))
            .count();
        self.values("link_values", &whatsapp.link_values, links);
    }

    fn values(&mut self, field: &str, values: &[String], wanted: usize) {
        if values.len() != wanted {
            self.problem(
                field,
                format!(
                    "The template has {wanted} placeholders here, and {} values are given.",
                    values.len()
                ),
            );
        }
        for (n, value) in values.iter().enumerate() {
            self.chars(
                &format!("{field}.{n}"),
                value,
                TEMPLATE_FACTOR * WHATSAPP_BODY_CHARS_MAX,
            );
            self.required(
                &format!("{field}.{n}"),
                value,
                &format!("Write what stands for {{{{{}}}}}.", n + 1),
            );
        }
    }

    fn rcs(&mut self, rcs: &RcsContent) {
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

/// Whether it is a web address, or begins as one and goes on with a placeholder.
fn is_web_start(link: &str) -> bool {
    starts_with_web(link)
        || matches!(
            link.trim_matches(['{', '}', ' ']),
            "unsubscribe_url" | "preferences_url"
        )
}

/// A place inside an app: a path, or an address with the app's scheme.
fn is_app_place(link: &str) -> bool {
    const NO_APP: [&str; 8] = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "about",
        "blob",
        "intent",
        "view-source",
    ];
    let fixed = link.split("{{").next().unwrap_or_default();
    if fixed.starts_with('/') {
        return !fixed.starts_with("//");
    }
    Url::parse(fixed).is_ok_and(|url| !NO_APP.contains(&url.scheme()))
}

fn is_number(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Whether this looks like a mailbox; the carrier has the last word.
pub(crate) fn is_mailbox(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && name.len() <= 64
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.len() <= 254
            && !text.chars().any(|letter| {
                letter.is_whitespace() || letter.is_control() || ",;<>()[]\\\"".contains(letter)
            })
    })
}

/// How many different `{{1}}`, `{{2}}` … a text of WhatsApp holds.
pub(crate) fn whatsapp_placeholders(text: &str) -> usize {
    let mut found = BTreeSet::new();
    for part in text.split("{{").skip(1) {
        if let Some((name, _)) = part.split_once("}}") {
            found.insert(name.trim());
        }
    }
    found.len()
}

fn whatsapp_placeholders_are_none(text: &str) -> bool {
    whatsapp_placeholders(text) == 0
}
