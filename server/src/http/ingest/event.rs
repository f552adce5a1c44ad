//! One event out of its JSON: a fast path for the good ones, a slow one that finds words for the bad.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Event, EventKind, event::Rejection, money::Amount};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, value::RawValue};

/// Longest `props`, in bytes of JSON.
const PROPS_BYTES_MAX: usize = 65_536;

/// An event as it stands in the request. Texts are taken out of the bytes once, into the strings the stored fact
/// will own; `props` is only checked and cut out.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    id: String,
    campaign: String,
    message: Option<String>,
    recipient: String,
    kind: EventKind,
    #[serde(deserialize_with = "time")]
    at: DateTime<Utc>,
    raw_status: Option<String>,
    link: Option<String>,
    user_agent: Option<String>,
    ip: Option<String>,
    country: Option<String>,
    carrier: Option<String>,
    device: Option<String>,
    os: Option<String>,
    reason: Option<String>,
    value: Option<Amount>,
    currency: Option<String>,
    variant: Option<String>,
    #[serde(borrow)]
    props: Option<&'a RawValue>,
}

impl Wire<'_> {
    /// The event, with `message` standing in for itself where the kind allows it.
    pub(super) fn into_event(self) -> Result<Event, Rejection> {
        let props = match self.props.map(RawValue::get) {
            Some(text) if !text.starts_with('{') => {
                return Err(Rejection::new(
                    "wrong_type",
                    "props must be an object".to_owned(),
                ));
            }
            Some(text) if text.len() > PROPS_BYTES_MAX => {
                let message = format!("props is longer than {PROPS_BYTES_MAX} bytes");
                return Err(Rejection::new("too_long", message));
            }
            text => text.map(str::to_owned),
        };
        if self.at.timestamp() < 0 {
            return Err(Rejection::new("bad_time", "at is before 1970".to_owned()));
        }
        // A conversion of nobody's message in particular is what a person did, the holdout's included.
        let kind = match (self.kind, &self.message) {
            (EventKind::Converted, None) => EventKind::Achieved,
            (kind, _) => kind,
        };
        let message = match self.message {
            Some(message) => message,
            None if kind.may_lack_message() => self.recipient.clone(),
            None => return Err(missing("message")),
        };
        Ok(Event {
            id: self.id,
            campaign: self.campaign,
            message,
            recipient: self.recipient,
            kind,
            at: self.at,
            raw_status: self.raw_status,
            link: self.link,
            user_agent: self.user_agent,
            ip: self.ip,
            country: self.country,
            carrier: self.carrier,
            device: self.device,
            os: self.os,
            reason: self.reason,
            value: self.value,
            currency: self.currency,
            variant: self.variant,
            props,
        })
    }
}

fn missing(name: &str) -> Rejection {
    Rejection::new("missing_field", format!("{name} is missing"))
}

/// Reads one event.
///
/// # Errors
/// A stable code and a sentence.
pub fn read_event(json: &[u8]) -> Result<Event, Rejection> {
    match serde_json::from_slice::<Wire>(json) {
        Ok(wire) => wire.into_event(),
        Err(error) => Err(explain(json, &error)),
    }
}

/// RFC 3339, without a copy of the text.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = DateTime<Utc>;
        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an RFC 3339 time")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime<Utc>, E> {
            DateTime::parse_from_rfc3339(text)
                .map(|at| at.to_utc())
                .map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Visitor)
}

/// Finds words for an event that could not be read. Runs for bad events only.
fn explain(json: &[u8], error: &serde_json::Error) -> Rejection {
    let fields = match serde_json::from_slice(json) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Rejection::new("malformed", "an event is a JSON object".to_owned()),
        Err(error) => return Rejection::new("malformed", format!("not JSON: {error}")),
    };
    let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
    for name in ["id", "campaign", "recipient", "kind", "at"] {
        if given(name).is_none() {
            return missing(name);
        }
    }
    for name in [
        "id",
        "campaign",
        "message",
        "recipient",
        "kind",
        "at",
        "raw_status",
        "link",
        "user_agent",
        "ip",
        "country",
        "carrier",
        "device",
        "os",
        "reason",
        "currency",
        "variant",
    ] {
        if given(name).is_some_and(|value| !value.is_string()) {
            return Rejection::new("wrong_type", format!("{name} must be a string"));
        }
    }
    let text = |name| given(name).and_then(Value::as_str).unwrap_or_default();
    if text("kind").parse::<EventKind>().is_err() {
        let kind: String = text("kind").chars().take(40).collect();
        return Rejection::new("unknown_kind", format!("{kind:?} is no kind of event"));
    }
    if DateTime::parse_from_rfc3339(text("at")).is_err() {
        let message = "at is no RFC 3339 time with an offset, such as 2026-03-29T10:15:00Z";
        return Rejection::new("bad_time", message.to_owned());
    }
    if given("value").is_some_and(|value| Amount::deserialize(value).is_err()) {
        let message = "value is not a decimal number with at most four places";
        return Rejection::new("bad_value", message.to_owned());
    }
    // Left over: a field given twice.
    Rejection::new("malformed", error.to_string())
}
