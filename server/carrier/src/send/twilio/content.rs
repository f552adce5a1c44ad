//! RCS cards and chips as content templates (Content API, twilio.com/docs/content). A template says how a message is built; what
//! differs between people travels with each message. So a campaign needs one for each of its arms, made when its first
//! message goes out and found again by its name afterwards.
//!
//! `twilio/card` becomes a rich card, or with more than four buttons and no picture a text with chips. `twilio/text` beside it
//! is what goes out by SMS: of several types Twilio takes the richest that the way allows.

use std::collections::{BTreeMap, HashMap};

use domain::{EventKind, content::Suggestion};
use reqwest::{Method, StatusCode, Url};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Twilio, form::unsent, is_sid};
use crate::{
    RcsBody, Submission,
    send::{
        http::{Failure, Reply},
        redact,
    },
};

/// Longest value of a variable, in characters ("Using Variables with Content Templates").
const VALUE_CHARS_MAX: usize = 1_600;
/// Templates whose ids are remembered; beyond that they are looked up again.
const REMEMBERED_MAX: usize = 1_000;
/// Code for a template that is gone, or was never the account's.
const UNKNOWN_CONTENT: u32 = 21_655;

/// A message taken apart: its template, and what stands in it.
pub(super) struct Rich {
    /// Tells templates apart: the same for all messages that are built alike.
    name: String,
    types: Value,
    /// What Twilio puts in where a message gives no value. Never anybody's own.
    samples: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
}

impl Rich {
    /// The variables of this message, as the form has them.
    pub(super) fn variables(&self) -> String {
        json!(self.variables).to_string()
    }
}

/// Whether Twilio takes a message only by a template.
pub(super) fn is_rich(body: &RcsBody) -> bool {
    let has_own_fallback = !body.fallback.trim().is_empty() && !is_own_fallback(body);
    body.card_title.is_some()
        || !body.suggestions.is_empty()
        || (!body.image.is_empty() && has_own_fallback)
}

/// Whether the SMS for phones without RCS says the same.
pub(super) fn is_own_fallback(body: &RcsBody) -> bool {
    body.fallback.trim() == body.text.trim()
}

/// Takes a message apart.
pub(super) fn rich(body: &RcsBody) -> Result<Rich, Submission> {
    let mut open = Open::default();
    let mut card = serde_json::Map::new();
    if let Some(title) = body.card_title.as_deref().filter(|title| !title.is_empty()) {
        card.insert("title".to_owned(), open.value("title", title, "Title")?);
    }
    card.insert("body".to_owned(), open.value("text", &body.text, "Text")?);
    if !body.image.is_empty() {
        card.insert("media".to_owned(), json!([body.image]));
    }
    let actions = (1..)
        .zip(&body.suggestions)
        .map(|(n, suggestion)| action(n, suggestion, &mut open))
        .collect::<Result<Vec<_>, _>>()?;
    if !actions.is_empty() {
        card.insert("actions".to_owned(), json!(actions));
    }
    let mut types = json!({ "twilio/card": card });
    if !body.fallback.trim().is_empty() {
        types["twilio/text"] = json!({"body": open.value("sms", &body.fallback, "Text")?});
    }
    let built = types.to_string();
    let hash = digest(&SHA256, built.as_bytes());
    let hash: String = hash.as_ref().iter().take(16).map(hex).collect();
    Ok(Rich {
        name: format!("reportage-{hash}"),
        types,
        samples: open.samples,
        variables: open.variables,
    })
}

fn hex(byte: &u8) -> String {
    format!("{byte:02x}")
}

fn action(n: usize, suggestion: &Suggestion, open: &mut Open) -> Result<Value, Submission> {
    Ok(match suggestion {
        Suggestion::Reply { text } => {
            json!({"type": "QUICK_REPLY", "title": fixed(text)?, "id": n.to_string()})
        }
        Suggestion::Phone { text, number } => {
            json!({"type": "PHONE_NUMBER", "title": fixed(text)?, "phone": fixed(number)?})
        }
        Suggestion::Url { text, url } => {
            let (start, end) = split(url);
            let url = match end {
                "" => start.to_owned(),
                // `?` and nothing leads to the site's first page.
                _ => format!(
                    "{start}{}",
                    open.placeholder(&format!("link{n}"), end, "?")?
                ),
            };
            json!({"type": "URL", "title": fixed(text)?, "url": url})
        }
    })
}

/// An address after its host: tracked links differ from there on.
fn split(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let slash = url.get(host..).and_then(|rest| rest.find('/'));
    slash
        .and_then(|at| url.split_at_checked(host + at + 1))
        .unwrap_or((url, ""))
}

/// What stands in the template itself, where braces would be a placeholder.
fn fixed(text: &str) -> Result<&str, Submission> {
    if text.contains("{{") {
        return Err(unsent(
            "NOT_SENT",
            "Twilio takes two braces on a chip for a placeholder; write it without them",
        ));
    }
    Ok(text)
}

/// What a template leaves open.
#[derive(Default)]
struct Open {
    samples: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
}

impl Open {
    fn value(&mut self, name: &str, text: &str, sample: &str) -> Result<Value, Submission> {
        self.placeholder(name, text, sample).map(Value::String)
    }

    /// A placeholder, with what stands for it in this message.
    fn placeholder(&mut self, name: &str, text: &str, sample: &str) -> Result<String, Submission> {
        if text.trim().is_empty() {
            return Err(unsent(
                "INCOMPLETE",
                "Twilio takes no card or chips without a text",
            ));
        }
        if text.chars().count() > VALUE_CHARS_MAX {
            return Err(unsent(
                "NOT_SENT",
                "Twilio takes at most 1,600 characters on a card or beside chips; shorten the text",
            ));
        }
        self.samples.insert(name.to_owned(), sample.to_owned());
        self.variables.insert(name.to_owned(), text.to_owned());
        Ok(format!("{{{{{name}}}}}"))
    }
}

/// Ids of templates by their names; or why Twilio doesn't take one, which it wouldn't the next time either.
#[derive(Default)]
pub(super) struct Contents(Mutex<HashMap<String, Result<String, Submission>>>);

impl Twilio {
    /// The id of a message's template, which is made where there is none. Nothing is handed over here: a failure is never
    /// uncertain.
    pub(super) async fn content_sid(&self, rich: &Rich) -> Result<String, Submission> {
        // Held on the way: a campaign begins with many messages at once, and all of them need the same.
        let mut known = self.contents.0.lock().await;
        if let Some(known) = known.get(&rich.name) {
            return known.clone();
        }
        let answer = match self.find(&rich.name).await? {
            Some(sid) => Ok(sid),
            None => self.create(rich).await,
        };
        if matches!(&answer, Ok(_) | Err(Submission::Refused { .. })) {
            if known.len() >= REMEMBERED_MAX {
                known.clear();
            }
            known.insert(rich.name.clone(), answer.clone());
        }
        answer
    }

    /// What became of a message whose template may be gone.
    pub(super) async fn without_content(&self, rich: &Rich, reply: &Reply) -> Option<Submission> {
        if !reply.status.is_client_error() || code(reply)?.0 != UNKNOWN_CONTENT {
            return None;
        }
        self.contents.0.lock().await.remove(&rich.name);
        Some(Submission::Later {
            reason: "Twilio's template of this message is gone; it is made again".to_owned(),
            after: None,
            is_account: false,
        })
    }

    /// A template of before a restart. An account that can't be searched has none.
    async fn find(&self, name: &str) -> Result<Option<String>, Submission> {
        #[derive(Deserialize)]
        struct Page {
            contents: Vec<Content>,
        }
        let url = Url::parse_with_params(
            &format!("{}/v2/Content", self.content_api),
            [("ContentName", name), ("PageSize", "50")],
        )
        .map_err(|_| Submission::Account {
            reason: "the API address can't be used".to_owned(),
        })?;
        let reply = self.content_call(Method::GET, url.as_str(), None).await?;
        let page = serde_json::from_slice::<Page>(&reply.body).ok();
        let found = page
            .filter(|_| reply.status == StatusCode::OK)
            .and_then(|page| {
                let mut contents = page.contents.into_iter();
                contents.find(|content| content.friendly_name == name && is_sid(&content.sid, "HX"))
            });
        Ok(found.map(|content| content.sid))
    }

    async fn create(&self, rich: &Rich) -> Result<String, Submission> {
        let body = json!({
            "friendly_name": rich.name,
            // Has to be given; nobody sees it, and RCS has no languages.
            "language": "en",
            "variables": rich.samples,
            "types": rich.types,
        });
        let url = format!("{}/v1/Content", self.content_api);
        let reply = self.content_call(Method::POST, &url, Some(&body)).await?;
        if reply.status == StatusCode::CREATED
            && let Ok(content) = serde_json::from_slice::<Content>(&reply.body)
            && is_sid(&content.sid, "HX")
        {
            return Ok(content.sid);
        }
        Err(not_made(&reply))
    }

    async fn content_call(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Submission> {
        let call = async {
            let request = self.request(method, url)?;
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            self.client.send(request).await
        };
        call.await.map_err(|failure| match failure {
            Failure::Denied(reason) => Submission::Account { reason },
            Failure::NotSent(reason) | Failure::Unanswered(reason) => later(reason),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    sid: String,
    friendly_name: String,
}

fn later(reason: String) -> Submission {
    Submission::Later {
        reason,
        after: None,
        is_account: false,
    }
}

/// Code and words of an error of Twilio's.
fn code(reply: &Reply) -> Option<(u32, String)> {
    #[derive(Deserialize)]
    struct Error {
        code: u32,
        #[serde(default)]
        message: String,
    }
    let error: Error = serde_json::from_slice(&reply.body).ok()?;
    Some((error.code, error.message))
}

/// Why there is no template. The message itself was not handed over.
fn not_made(reply: &Reply) -> Submission {
    match reply.outcome("Twilio") {
        Some(Submission::Uncertain { reason }) => return later(reason),
        Some(outcome) => return outcome,
        None => {}
    }
    match code(reply) {
        Some((code, words)) if reply.status == StatusCode::BAD_REQUEST => Submission::Refused {
            kind: EventKind::Unsent,
            raw: code.to_string(),
            reason: format!("Twilio answered {code}: {}", redact(&words)),
            suppress: None,
            is_device_gone: false,
        },
        _ => Submission::Account {
            reason: format!(
                "Twilio's Content API answered with {}, and not as Twilio does; check the API address",
                reply.status.as_u16()
            ),
        },
    }
}
