//! Numbers as people read them, the same on both sides of the wire.

use domain::report::Rate;

/// What stands for a figure that does not exist.
pub const NONE: &str = "—";

/// `598,112`.
#[must_use]
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// Groups the digits before the decimal point by three.
#[must_use]
pub fn group(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |rest| ("-", rest));
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |at| digits.split_at(at));
    let mut grouped = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// `38.4%`, with one decimal. What is not nothing never reads as nothing, and what is not everything never
/// as everything: `<0.1%`, `>99.9%`. No base, no rate: `—`.
#[must_use]
pub fn percent(share: Option<f64>) -> String {
    let Some(share) = share else {
        return NONE.to_owned();
    };
    let shown = format!("{:.1}%", share * 100.0);
    match shown.as_str() {
        "0.0%" if share > 0.0 => "<0.1%".to_owned(),
        "100.0%" if share < 1.0 => ">99.9%".to_owned(),
        _ => shown,
    }
}

/// A rate as a percentage.
#[must_use]
pub fn rate(rate: Rate) -> String {
    percent(rate.value)
}

/// `1 person`, `713 people`.
#[must_use]
pub fn people(n: u64) -> String {
    plural(n, "person", "people")
}

/// A count with the word that fits it.
#[must_use]
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        for (n, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (598_112, "598,112"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(n), shown);
        }
        assert_eq!(group("-1234.50"), "-1,234.50");
    }

    #[test]
    fn a_missing_rate_is_a_dash_and_never_zero() {
        assert_eq!(rate(Rate::new(0, 0)), "—");
        assert_eq!(rate(Rate::new(5, 0)), "—");
        assert_eq!(rate(Rate::new(0, 5)), "0.0%");
        assert_eq!(rate(Rate::new(5, 5)), "100.0%");
        assert_eq!(rate(Rate::new(1, 100_000)), "<0.1%");
        assert_eq!(rate(Rate::new(99_999, 100_000)), ">99.9%");
        assert_eq!(rate(Rate::new(384, 1_000)), "38.4%");
    }
}
