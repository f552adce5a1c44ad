//! Twilio: status callbacks and what people answer, for SMS, WhatsApp and RCS.
//!
//! Callbacks are forms that are posted; set the method to POST where Twilio asks. Our key of a message is in the
//! callback's address (`?m=KEY`), which the signature covers.

use std::collections::BTreeSet;

use domain::Channel;
use ring::hmac;
use serde_json::{Value, json};
use url::Url;

use super::{
    Inbound, Incoming, Item, Keyword, Notice, Reply, Status, Verdict, json, keyword,
    refusal::{Refusal, taken},
    text, verify, words,
};
use crate::Settings;

/// Name of our key in the address of a callback.
const KEY_FIELD: &str = "m";
/// An answer that says nothing to the person who wrote.
const NO_ANSWER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let token = settings.require("auth_token")?;
    let signature = request
        .header("x-twilio-signature")
        .ok_or(Refusal::forged("the signature is missing"))?;
    let signature =
        verify::decode(signature).ok_or(Refusal::forged("the signature is not base64"))?;
    let query = verify::query(request.url);
    let message = verify::first(&query, KEY_FIELD).unwrap_or_default();
    if let Some(claimed) = verify::first(&query, "bodySHA256") {
        if !is_signed(token, &signature, request.url, &[]) {
            return Err(Refusal::forged("the signature is wrong"));
        }
        let found = verify::sha256(request.body);
        if !verify::is_same(claimed.to_ascii_lowercase().as_bytes(), found.as_bytes()) {
            return Err(Refusal::forged("the body is not the one that was signed"));
        }
        return Ok(taken(json_items(message, request.body)?));
    }
    let fields = verify::form(request.body);
    if !is_signed(token, &signature, request.url, &fields) {
        return Err(Refusal::forged("the signature is wrong"));
    }
    form_item(message, request.body, &fields)
}

fn form_item(message: &str, body: &[u8], fields: &[(String, String)]) -> Result<Verdict, Refusal> {
    let get = |name| verify::first(fields, name);
    let sid = get("MessageSid")
        .or_else(|| get("SmsSid"))
        .ok_or(Refusal::unreadable("the callback names no message"))?;
    let is_inbound = get("MessageStatus").is_none();
    let key = [
        sid,
        get("MessageStatus").unwrap_or("received"),
        get("OptOutType").unwrap_or_default(),
    ]
    .join(":");
    // Ours goes first, so that a field of the same name can't stand for it.
    let mut kept = url::form_urlencoded::Serializer::new(String::new())
        .append_pair(KEY_FIELD, message)
        .finish()
        .into_bytes();
    kept.push(b'&');
    kept.extend_from_slice(body);
    let answer = if is_inbound {
        Reply {
            content_type: "text/xml",
            body: NO_ANSWER.to_owned(),
        }
    } else {
        Reply::default()
    };
    Ok(Verdict::Items {
        items: vec![Item::new(key.trim_end_matches(':'), kept)],
        answer,
    })
}

/// Event streams post one object or a list of them.
fn json_items(message: &str, body: &[u8]) -> Result<Vec<Item>, Refusal> {
    let body = json::parse(body)?;
    let events = match body {
        Value::Array(events) => events,
        event @ Value::Object(_) => vec![event],
        _ => return Err(Refusal::unreadable("the body is not an event")),
    };
    Ok(events
        .into_iter()
        .map(|event| {
            let kept = json!({ KEY_FIELD: message, "event": event }).to_string();
            let key = match json::text(&event, "/id") {
                Some(id) => format!("event:{id}"),
                None => verify::hash(&[kept.as_bytes()]),
            };
            Item::new(key, kept)
        })
        .collect())
}

/// Whether Twilio signed this address with these fields. Proxies add and remove the standard port, and libraries
/// escape the query in their ways: all of the forms that Twilio's own library tries count.
fn is_signed(token: &str, signature: &[u8], url: &str, fields: &[(String, String)]) -> bool {
    let signed = signed_fields(fields);
    candidates(url).iter().any(|url| {
        verify::is_hmac(
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            token.as_bytes(),
            &[url.as_bytes(), signed.as_bytes()],
            signature,
        )
    })
}

/// The signature of an address and its fields, in base64.
pub(super) fn sign(token: &str, url: &str, fields: &[(String, String)]) -> String {
    verify::encode(&verify::hmac(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        token.as_bytes(),
        &[url.as_bytes(), signed_fields(fields).as_bytes()],
    ))
}

/// Each name with its values, by name; the values of a repeated name are a sorted set. Sorted once: this runs before anybody
/// knows whose request it is.
fn signed_fields(fields: &[(String, String)]) -> String {
    let set: BTreeSet<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut sorted: Vec<(&str, &str)> = set.into_iter().collect();
    // As JavaScript sorts, and with it Twilio's own library.
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    sorted.sort_by_cached_key(|(name, value)| (units(name), units(value)));
    sorted
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect()
}

fn candidates(url: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([without_port(url), with_port(url)]);
    if let Ok(normal) = Url::parse(url) {
        for url in [without_port(normal.as_str()), with_port(normal.as_str())] {
            found.insert(with_plain_query(&url));
            found.insert(url);
        }
    }
    found
}

/// Scheme with `://`, user, host, port with `:`, and what follows.
fn split(url: &str) -> Option<[&str; 5]> {
    let (scheme, rest) = url.split_at(url.find("://")? + 3);
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, host) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let from = host.rfind(']').unwrap_or(0);
    let (host, port) = host.split_at(host[from..].find(':').map_or(host.len(), |at| from + at));
    Some([scheme, user, host, port, rest])
}

fn without_port(url: &str) -> String {
    match split(url) {
        Some([scheme, user, host, _, rest]) => [scheme, user, host, rest].concat(),
        None => url.to_owned(),
    }
}

fn with_port(url: &str) -> String {
    match split(url) {
        Some([scheme, user, host, "", rest]) => {
            let port = if scheme.eq_ignore_ascii_case("https://") {
                ":443"
            } else {
                ":80"
            };
            [scheme, user, host, port, rest].concat()
        }
        _ => url.to_owned(),
    }
}

/// The address with its query escaped as Node's old `querystring` does: blanks as `%20`, and `!'()*~` as they are.
fn with_plain_query(url: &str) -> String {
    let Some((head, query)) = url.split_once('?').filter(|(_, query)| !query.is_empty()) else {
        return url.to_owned();
    };
    let pairs = verify::form(query.as_bytes());
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in &pairs {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let written: Vec<String> = names
        .iter()
        .flat_map(|name| pairs.iter().filter(move |(held, _)| held == name))
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    format!("{head}?{}", written.join("&"))
}

fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Fields of an item, whichever form it came in.
enum Fields {
    Form(Vec<(String, String)>),
    Json(Value),
}

impl Fields {
    fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Form(pairs) => verify::first(pairs, name).map(str::to_owned),
            Self::Json(item) => {
                // Event streams write `messageSid` for what forms call `MessageSid`.
                let small = format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
                ["/event/data/", "/event/"]
                    .iter()
                    .flat_map(|at| [format!("{at}{small}"), format!("{at}{name}")])
                    .find_map(|pointer| json::string(item, &pointer))
            }
        }
    }

    fn message(&self) -> Option<String> {
        match self {
            Self::Form(pairs) => verify::first(pairs, KEY_FIELD).map(str::to_owned),
            Self::Json(item) => json::string(item, "/m"),
        }
        .filter(|key| text::is_key(key))
    }
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let fields = if item.starts_with(b"{") {
        Fields::Json(json::reparse(item)?)
    } else {
        Fields::Form(verify::form(item))
    };
    let get = |name: &str| fields.get(name);
    let Some(status) = get("MessageStatus") else {
        if get("Body").is_none() && get("SmsStatus").is_none() && get("ButtonText").is_none() {
            return Err("The callback tells neither a status nor a text.".to_owned());
        }
        return Ok(vec![Notice::Inbound(Box::new(inbound(&fields)))]);
    };
    let to = get("To").unwrap_or_default();
    let from = get("From").unwrap_or_default();
    let word = words::twilio(channel(&[&to, &from]), &status);
    let code = get("ErrorCode").filter(|code| code != "0");
    let said = get("ErrorMessage").or_else(|| get("ChannelStatusMessage"));
    let (reason, suppress) = match code {
        Some(code) => words::twilio_error(&code, said.as_deref()),
        None => (None, None),
    };
    Ok(vec![Notice::Status(Box::new(Status {
        message: fields.message(),
        reference: get("MessageSid").or_else(|| get("SmsSid")),
        recipient: Some(to),
        kind: word.kind,
        raw: word.raw,
        reason,
        suppress,
        ..Status::default()
    }))])
}

fn inbound(fields: &Fields) -> Inbound {
    let get = |name: &str| fields.get(name);
    let from = get("From").unwrap_or_default();
    let to = get("To").unwrap_or_default();
    let said = get("ButtonText")
        .or_else(|| get("Body"))
        .unwrap_or_default();
    let opted = match get("OptOutType").unwrap_or_default().as_str() {
        "STOP" => Some(Keyword::Stop),
        "START" => Some(Keyword::Start),
        "HELP" => Some(Keyword::Help),
        _ => None,
    };
    let of_button = || get("ButtonPayload").and_then(|payload| keyword(&payload));
    Inbound {
        channel: channel(&[&from, &to]),
        from: bare(&from).to_owned(),
        to: bare(&to).to_owned(),
        keyword: opted.or_else(of_button).or_else(|| keyword(&said)),
        text: said,
        answers: get("OriginalRepliedMessageSid"),
        at: None,
    }
}

fn channel(addresses: &[&str]) -> Channel {
    if addresses.iter().any(|to| to.starts_with("whatsapp:")) {
        Channel::WhatsApp
    } else if addresses.iter().any(|to| to.starts_with("rcs:")) {
        Channel::Rcs
    } else {
        Channel::Sms
    }
}

fn bare(address: &str) -> &str {
    address
        .strip_prefix("whatsapp:")
        .or_else(|| address.strip_prefix("rcs:"))
        .unwrap_or(address)
}
