//! What each channel asks of a content.

mod rich;
mod shape;

use domain::content::{
    Circle, Content, ContentProblem, EmailContent, HTML_BYTES_MAX, PUSH_BYTES_MAX, PushContent,
    PushKind, SMS_CHARS_MAX, SUBJECT_CHARS_MAX, SmsContent,
};
pub(crate) use shape::is_mailbox;

use crate::links::is_web_address;
use shape::{is_app_place, is_web_start};

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
        let is_fine = address.is_empty() || is_https && is_web_address(address);
        if !is_fine {
            self.problem(field, "Give the whole address, beginning with https://.");
        }
    }
}
