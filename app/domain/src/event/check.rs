//! What an event must satisfy to be taken.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::money::Amount;

/// Longest `id`, `campaign`, `message` and `recipient`, in characters.
pub const KEY_CHARS_MAX: usize = 128;
/// Longest text that nothing is counted by (`raw_status`, `user_agent`, `ip`, `currency`), in characters.
pub const TEXT_CHARS_MAX: usize = 2_048;
/// Longest `link`, in bytes of UTF-8. What breakdowns are made by is part of a key, and PostgreSQL keeps keys of
/// up to 2,704 bytes.
pub const LINK_BYTES_MAX: usize = 2_048;
/// Longest value of any other dimension, in bytes of UTF-8: see [`LINK_BYTES_MAX`].
pub const VALUE_BYTES_MAX: usize = 1_024;
/// Greatest worth of one conversion, either way: 10¹² units of its currency. Nine hundred of them add up
/// exactly.
pub const AMOUNT_MAX: Amount = Amount(10_i64.pow(12) * 10_000);
/// How far a sender's clock may run ahead.
pub const CLOCK_AHEAD_MAX: Duration = Duration::hours(24);

impl Event {
    /// Checks lengths, the country, the worth and the clock.
    ///
    /// # Errors
    /// A stable code and a sentence, as the ingest answer gives them for a rejected event.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Rejection> {
        self.check_keys()?;
        self.check_texts()?;
        // An empty country is none: the address tells.
        let country = self.country.as_deref().map_or("", str::trim);
        let is_code = country.len() == 2 && country.bytes().all(|b| b.is_ascii_alphabetic());
        if !country.is_empty() && !is_code {
            return Err(Rejection::new(
                "bad_country",
                "country is not a code of two letters (ISO 3166-1 alpha-2)".to_owned(),
            ));
        }
        if let Some(Amount(units)) = self.value
            && units.unsigned_abs() > AMOUNT_MAX.0.unsigned_abs()
        {
            return Err(Rejection::new(
                "bad_value",
                format!("value lies beyond ±{AMOUNT_MAX}"),
            ));
        }
        if self.at > now + CLOCK_AHEAD_MAX {
            return Err(Rejection::new(
                "in_the_future",
                "at is more than 24 hours ahead of the server's clock".to_owned(),
            ));
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<(), Rejection> {
        for (name, text) in [
            ("id", &self.id),
            ("campaign", &self.campaign),
            ("message", &self.message),
            ("recipient", &self.recipient),
        ] {
            if text.is_empty() {
                return Err(Rejection::new("missing_field", format!("{name} is empty")));
            }
            check_chars(name, text, KEY_CHARS_MAX)?;
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), Rejection> {
        for (name, text) in [
            ("raw_status", &self.raw_status),
            ("user_agent", &self.user_agent),
            ("ip", &self.ip),
            ("currency", &self.currency),
        ] {
            if let Some(text) = text {
                check_chars(name, text, TEXT_CHARS_MAX)?;
            }
        }
        for (name, text, max) in [
            ("link", &self.link, LINK_BYTES_MAX),
            ("country", &self.country, VALUE_BYTES_MAX),
            ("carrier", &self.carrier, VALUE_BYTES_MAX),
            ("device", &self.device, VALUE_BYTES_MAX),
            ("os", &self.os, VALUE_BYTES_MAX),
            ("reason", &self.reason, VALUE_BYTES_MAX),
            ("variant", &self.variant, VALUE_BYTES_MAX),
        ] {
            if let Some(text) = text {
                check_nul(name, text)?;
                if text.len() > max {
                    return Err(too_long(name, max, "bytes"));
                }
            }
        }
        Ok(())
    }
}

fn check_chars(name: &str, text: &str, max: usize) -> Result<(), Rejection> {
    check_nul(name, text)?;
    // Bytes bound characters from above: the common case needs no counting.
    if text.len() > max && text.chars().count() > max {
        return Err(too_long(name, max, "characters"));
    }
    Ok(())
}

/// PostgreSQL cannot hold a NUL character in a text, and nobody needs one.
fn check_nul(name: &str, text: &str) -> Result<(), Rejection> {
    if text.as_bytes().contains(&0) {
        return Err(Rejection::new(
            "invalid_character",
            format!("{name} holds a NUL character"),
        ));
    }
    Ok(())
}

fn too_long(name: &str, max: usize, unit: &str) -> Rejection {
    Rejection::new("too_long", format!("{name} is longer than {max} {unit}"))
}

/// Why one event of a batch was not taken. The others are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Stable, machine-readable.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Rejection {
    /// A rejection with this code and sentence.
    #[must_use]
    pub fn new(code: &str, message: String) -> Self {
        Self {
            code: code.to_owned(),
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventKind;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).expect("a time")
    }

    fn event() -> Event {
        Event {
            id: "i".to_owned(),
            campaign: "c".to_owned(),
            message: "m".to_owned(),
            recipient: "r".to_owned(),
            kind: EventKind::Clicked,
            at: now(),
            raw_status: None,
            link: None,
            user_agent: None,
            ip: None,
            country: None,
            carrier: None,
            device: None,
            os: None,
            reason: None,
            value: None,
            currency: None,
            variant: None,
            props: None,
        }
    }

    fn code(change: impl FnOnce(&mut Event)) -> Option<(String, String)> {
        let mut event = event();
        change(&mut event);
        let rejection = event.check(now()).err()?;
        Some((rejection.code, rejection.message))
    }

    /// Three bytes each, so that characters and bytes differ, and up to two bytes of one each.
    fn text_of(bytes: usize) -> Option<String> {
        Some("印".repeat(bytes / 3) + &"x".repeat(bytes % 3))
    }

    #[test]
    fn what_is_counted_by_is_limited_in_bytes() {
        type Field = fn(&mut Event) -> &mut Option<String>;
        let fields: [(&str, usize, Field); 6] = [
            ("link", 2_048, |event| &mut event.link),
            ("carrier", 1_024, |event| &mut event.carrier),
            ("device", 1_024, |event| &mut event.device),
            ("os", 1_024, |event| &mut event.os),
            ("reason", 1_024, |event| &mut event.reason),
            ("variant", 1_024, |event| &mut event.variant),
        ];
        for (name, max, field) in fields {
            assert_eq!(code(|event| *field(event) = text_of(max)), None, "{name}");
            let message = format!("{name} is longer than {max} bytes");
            let expected = Some(("too_long".to_owned(), message));
            assert_eq!(code(|event| *field(event) = text_of(max + 1)), expected);
        }
    }

    #[test]
    fn other_texts_are_limited_in_characters() {
        assert_eq!(code(|event| event.id = "印".repeat(128)), None);
        assert_eq!(
            code(|event| event.raw_status = Some("印".repeat(2_048))),
            None
        );
        for (name, found) in [
            ("id", code(|event| event.id = "x".repeat(129))),
            (
                "user_agent",
                code(|event| event.user_agent = Some("x".repeat(2_049))),
            ),
        ] {
            let (code, message) = found.expect("a rejection");
            assert_eq!(code, "too_long");
            assert!(message.starts_with(name), "{message}");
        }
    }

    #[test]
    fn a_country_has_two_letters() {
        for good in ["ES", "es", " Pt ", ""] {
            assert_eq!(code(|event| event.country = Some(good.to_owned())), None);
        }
        for bad in ["E", "ESP", "E5", "é", "日", "Spain"] {
            let found = code(|event| event.country = Some(bad.to_owned()));
            assert_eq!(found.expect("a rejection").0, "bad_country", "{bad}");
        }
    }

    #[test]
    fn a_worth_has_a_greatest() {
        for sign in [1, -1] {
            let of = |units: i64| code(|event| event.value = Some(Amount(sign * units)));
            assert_eq!(of(AMOUNT_MAX.0), None);
            let (code, message) = of(AMOUNT_MAX.0 + 1).expect("a rejection");
            assert_eq!(code, "bad_value");
            assert_eq!(message, "value lies beyond ±1000000000000.00");
        }
        // No overflow at the very end.
        let found = code(|event| event.value = Some(Amount(i64::MIN)));
        assert_eq!(found.expect("a rejection").0, "bad_value");
    }

    #[test]
    fn nothing_holds_a_nul() {
        for found in [
            code(|event| event.recipient = "a\0".to_owned()),
            code(|event| event.variant = Some("\0".to_owned())),
            code(|event| event.raw_status = Some("\0".to_owned())),
        ] {
            assert_eq!(found.expect("a rejection").0, "invalid_character");
        }
    }
}
