//! Content templates of a Twilio account (Content API) that WhatsApp has seen, as templates of ours.

use std::collections::BTreeMap;

use domain::content::{
    WhatsAppButton, WhatsAppHeader, WhatsAppTemplate,
    whatsapp::{link_start, placeholders},
};
use reqwest::Url;
use serde::Deserialize;

use super::Twilio;

const PAGE_SIZE: u32 = 500;
/// WhatsApp allows 6,000 templates.
const PAGES_MAX: usize = 20;

#[derive(Deserialize)]
struct Page {
    contents: Vec<Content>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_page_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Content {
    sid: String,
    language: String,
    types: BTreeMap<String, Kind>,
    approval_requests: Approval,
}

/// All the kinds we can send have these fields in common; a kind that has others as well is left out by its name.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kind {
    body: Option<String>,
    header_text: Option<String>,
    footer: Option<String>,
    media: Option<Vec<String>>,
    actions: Option<Vec<Action>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Action {
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
    url: Option<String>,
    phone: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Approval {
    category: String,
    status: String,
}

pub(super) async fn all(twilio: &Twilio) -> Result<Vec<WhatsAppTemplate>, String> {
    let path = format!("{}/v1/ContentAndApprovals", twilio.content_api);
    let mut query = format!("PageSize={PAGE_SIZE}");
    let mut templates = Vec::new();
    for _ in 0..PAGES_MAX {
        let reply = twilio.get(&format!("{path}?{query}")).await?;
        let page: Page = serde_json::from_slice(&reply.body)
            .map_err(|_| "Twilio's list of templates can't be read".to_owned())?;
        templates.extend(page.contents.into_iter().filter_map(template));
        // Of the next page's address only the query is believed: the host stays the one that was configured.
        let next = page
            .meta
            .next_page_url
            .and_then(|url| Url::parse(&url).ok());
        match next.as_ref().and_then(Url::query) {
            Some(next) if next != query => next.clone_into(&mut query),
            _ => break,
        }
    }
    Ok(templates)
}

/// None for content that WhatsApp was never asked about, and for kinds that can't be filled in here: carousels, flows,
/// one-time passwords, pictures whose address holds a placeholder.
fn template(content: Content) -> Option<WhatsAppTemplate> {
    let approval = content.approval_requests;
    let status = match approval.status.as_str() {
        "" | "unsubmitted" => return None,
        "received" | "pending" => "pending",
        other => other,
    };
    const KINDS: [&str; 5] = [
        "whatsapp/card",
        "twilio/call-to-action",
        "twilio/quick-reply",
        "twilio/media",
        "twilio/text",
    ];
    let mut types = content.types;
    let (name, kind) = KINDS
        .into_iter()
        .find_map(|name| Some((name, types.remove(name)?)))?;
    let header = match (kind.header_text, kind.media.unwrap_or_default().first()) {
        (_, Some(media)) if media.contains("{{") => return None,
        (_, Some(media)) => media_header(media),
        (Some(text), None) if !text.is_empty() => WhatsAppHeader::Text { text },
        (_, None) => WhatsAppHeader::None,
    };
    let buttons = kind.actions.unwrap_or_default().into_iter();
    Some(WhatsAppTemplate {
        name: content.sid,
        language: content.language,
        category: match approval.category.to_ascii_lowercase().as_str() {
            // Its name before 2023.
            "transactional" => "utility".to_owned(),
            category => category.to_owned(),
        },
        status: status.to_ascii_lowercase(),
        header,
        body: kind.body.unwrap_or_default(),
        footer: kind.footer.unwrap_or_default(),
        buttons: buttons
            .map(|action| button(name, action))
            .collect::<Option<Vec<_>>>()?,
    })
}

fn media_header(url: &str) -> WhatsAppHeader {
    let path = url
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("mp4" | "3gp" | "mov") => WhatsAppHeader::Video,
        Some("pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "txt") => {
            WhatsAppHeader::Document
        }
        _ => WhatsAppHeader::Image,
    }
}

fn button(content: &str, action: Action) -> Option<WhatsAppButton> {
    let text = action.title?;
    let kind = action.kind.unwrap_or_default().to_ascii_uppercase();
    match kind.as_str() {
        "QUICK_REPLY" => Some(WhatsAppButton::QuickReply { text }),
        "" if content == "twilio/quick-reply" => Some(WhatsAppButton::QuickReply { text }),
        "URL" => {
            let url = action.url?;
            // An address that is open elsewhere than at its end can't be filled in.
            let is_whole = placeholders(&url).is_empty() || link_start(&url).is_some();
            is_whole.then_some(WhatsAppButton::Url { text, url })
        }
        "PHONE_NUMBER" => Some(WhatsAppButton::Phone {
            text,
            number: action.phone?,
        }),
        _ => None,
    }
}

/// The placeholder of a text header.
pub(super) fn in_header(template: &WhatsAppTemplate) -> Option<String> {
    match &template.header {
        WhatsAppHeader::Text { text } => placeholders(text).first().map(|name| (*name).to_owned()),
        _ => None,
    }
}

/// The placeholder of a link button's address; the button's place among all buttons, from 0.
pub(super) fn in_button(template: &WhatsAppTemplate, place: u32) -> Option<String> {
    match template.buttons.get(usize::try_from(place).ok()?)? {
        WhatsAppButton::Url { url, .. } => placeholders(url).first().map(|name| (*name).to_owned()),
        _ => None,
    }
}
