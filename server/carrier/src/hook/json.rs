//! Reading JSON that others wrote: what isn't there, or is of another type, is none.

use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;

use super::refusal::Refusal;

/// The body as JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::unreadable("the body is not JSON"))
}

/// An item as JSON.
pub(super) fn reparse(item: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(item).map_err(|_| "The event is not JSON.".to_owned())
}

/// A text at a JSON pointer; none when it is blank.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A text at a JSON pointer, or a number as text.
pub(super) fn string(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The list at a JSON pointer; empty when there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Seconds since 1970, as a number or as text, with or without a fraction.
pub(super) fn unix(value: &Value, pointer: &str) -> Option<DateTime<Utc>> {
    let seconds: f64 = string(value, pointer)?.parse().ok()?;
    if !seconds.is_finite() || seconds.abs() > 1e11 {
        return None;
    }
    // Microseconds of this century fit the mantissa of a double.
    let micros = (seconds * 1e6).round() as i64;
    DateTime::from_timestamp_micros(micros).filter(is_of_this_century)
}

/// A moment by RFC 3339, or the same with `+0000` for the zone or a blank before the hour.
pub(super) fn moment(value: &Value, pointer: &str) -> Option<DateTime<Utc>> {
    let text = text(value, pointer)?;
    let read = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
        .ok()?;
    Some(read.to_utc()).filter(is_of_this_century)
}

/// Whether a time can be meant: stores hold only some, and a mistaken unit gives the year 57,000.
fn is_of_this_century(at: &DateTime<Utc>) -> bool {
    (2000..2100).contains(&at.year())
}
