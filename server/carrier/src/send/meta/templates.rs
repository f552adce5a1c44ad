//! Templates of a WhatsApp business account.

use domain::content::{WhatsAppButton, WhatsAppHeader, WhatsAppTemplate};
use serde::Deserialize;
use url::form_urlencoded;

use super::Meta;

/// Meta allows 6,000 templates.
const PAGES_MAX: usize = 70;

#[derive(Deserialize)]
struct Page {
    data: Vec<Template>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Paging {
    cursors: Cursors,
    /// There when there is a next page. Not followed: the address holds the access token.
    next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cursors {
    after: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Template {
    name: String,
    language: String,
    category: String,
    status: String,
    parameter_format: String,
    components: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    format: String,
    text: String,
    buttons: Vec<Button>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Button {
    #[serde(rename = "type")]
    kind: String,
    text: String,
    url: String,
    phone_number: String,
}

pub(super) async fn all(meta: &Meta) -> Result<Vec<WhatsAppTemplate>, String> {
    let path = format!(
        "{}/message_templates?fields=name,language,category,status,parameter_format,components&limit=100",
        meta.waba_id
    );
    let mut after = String::new();
    let mut templates = Vec::new();
    for _ in 0..PAGES_MAX {
        let reply = meta.get(&format!("{path}{after}")).await?;
        let page: Page = serde_json::from_slice(&reply.body)
            .map_err(|_| "Meta's list of templates can't be read".to_owned())?;
        templates.extend(page.data.into_iter().filter_map(template));
        if page.paging.next.is_none() || page.paging.cursors.after.is_empty() {
            break;
        }
        let cursor: String =
            form_urlencoded::byte_serialize(page.paging.cursors.after.as_bytes()).collect();
        after = format!("&after={cursor}");
    }
    Ok(templates)
}

/// None for what can't be filled in here: named placeholders, locations, carousels, and buttons other than answers,
/// links and calls.
fn template(template: Template) -> Option<WhatsAppTemplate> {
    if template.parameter_format.eq_ignore_ascii_case("NAMED") {
        return None;
    }
    let mut made = WhatsAppTemplate {
        name: template.name,
        language: template.language,
        category: template.category.to_ascii_lowercase(),
        status: match template.status.as_str() {
            "IN_APPEAL" => "pending".to_owned(),
            "PENDING_DELETION" | "DELETED" | "LIMIT_EXCEEDED" | "ARCHIVED" => "disabled".to_owned(),
            status => status.to_ascii_lowercase(),
        },
        ..WhatsAppTemplate::default()
    };
    for component in template.components {
        match component.kind.as_str() {
            "HEADER" => {
                made.header = match component.format.as_str() {
                    "TEXT" => WhatsAppHeader::Text {
                        text: component.text,
                    },
                    "IMAGE" => WhatsAppHeader::Image,
                    "VIDEO" => WhatsAppHeader::Video,
                    "DOCUMENT" => WhatsAppHeader::Document,
                    _ => return None,
                }
            }
            "BODY" => made.body = component.text,
            "FOOTER" => made.footer = component.text,
            "BUTTONS" => {
                made.buttons = component
                    .buttons
                    .into_iter()
                    .map(button)
                    .collect::<Option<_>>()?;
            }
            _ => return None,
        }
    }
    Some(made)
}

fn button(button: Button) -> Option<WhatsAppButton> {
    let text = button.text;
    match button.kind.as_str() {
        "QUICK_REPLY" => Some(WhatsAppButton::QuickReply { text }),
        "URL" => Some(WhatsAppButton::Url {
            text,
            url: button.url,
        }),
        "PHONE_NUMBER" => Some(WhatsAppButton::Phone {
            text,
            number: button.phone_number,
        }),
        _ => None,
    }
}
