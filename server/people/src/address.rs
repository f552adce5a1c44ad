//! Numbers and mailboxes, as people write them.

use address::Address;
use domain::{Channel, Refusal, channel::AddressKind, contact::NewContact};
use email_address::{EmailAddress, Options};
use phonenumber::{Mode, country};

/// Longest number as written, in characters.
const PHONE_CHARS_MAX: usize = 40;

/// Whether this is an ISO 3166-1 alpha-2 code of a country with phone numbers.
#[must_use]
pub fn is_country(code: &str) -> bool {
    country_of(code).is_some()
}

fn country_of(code: &str) -> Option<country::Id> {
    code.trim().to_ascii_uppercase().parse().ok()
}

/// An address in the form in which it is kept: E.164, or a mailbox in lower case. `country` (ISO 3166-1 alpha-2) is where
/// numbers without `+` are at home. Devices are taken as they are.
///
/// # Errors
/// What is wrong with it, as a sentence that doesn't repeat it.
pub fn check_address(
    channel: Channel,
    text: &str,
    country: Option<&str>,
) -> Result<String, String> {
    match channel.address_kind() {
        AddressKind::Phone => phone(text, country),
        AddressKind::Email => email(text),
        AddressKind::Device => Ok(text.trim().to_owned()),
    }
}

/// Checks the number and the mailbox of a contact and puts them in the form in which they are kept. Empty ones stay: they
/// take a value away.
///
/// # Errors
/// [`Refusal::Invalid`] with the field at fault.
pub fn check_contact(mut new: NewContact, country: Option<&str>) -> Result<NewContact, Refusal> {
    if let Some(text) = new.phone.as_mut().filter(|text| !text.trim().is_empty()) {
        *text = phone(text, country).map_err(|wrong| Refusal::invalid("phone", wrong))?;
    }
    if let Some(text) = new.email.as_mut().filter(|text| !text.trim().is_empty()) {
        *text = email(text).map_err(|wrong| Refusal::invalid("email", wrong))?;
    }
    Ok(new)
}

/// A number as E.164.
pub(crate) fn phone(text: &str, country: Option<&str>) -> Result<String, String> {
    const NONE: &str = "This is no phone number.";
    if text.chars().count() > PHONE_CHARS_MAX {
        return Err(NONE.to_owned());
    }
    // Spreadsheets mark numbers as text by an apostrophe, and 00 is dialled for + in most of the world.
    let text = address::dialed(text.trim().trim_start_matches('\'')).ok_or(NONE)?;
    let text = match text.strip_prefix("00") {
        Some(rest) if country.is_none() => format!("+{rest}"),
        _ => text,
    };
    let home = country.and_then(country_of);
    if home.is_none() && !text.starts_with('+') {
        return Err(
            "Begin the number with + and the country, or choose the country of this column."
                .to_owned(),
        );
    }
    let is_abroad = text.starts_with('+');
    let parsed =
        phonenumber::parse(home.filter(|_| !is_abroad), &text).map_err(|_| NONE.to_owned())?;
    if !parsed.is_valid() {
        return Err("No such number exists: check its digits and its country.".to_owned());
    }
    let written = parsed.format().mode(Mode::E164).to_string();
    let digits = written.strip_prefix('+').unwrap_or_default();
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(written)
    } else {
        Err(NONE.to_owned())
    }
}

/// A mailbox in its normal form.
pub(crate) fn email(text: &str) -> Result<String, String> {
    let text = address::trimmed(text);
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    let is_sound = text.len() <= address::EMAIL_BYTES_MAX
        && !text.contains(|c: char| c == '"' || c.is_whitespace() || c.is_control())
        && EmailAddress::parse_with_options(text, options)
            .is_ok_and(|parsed| has_real_host(parsed.domain()));
    let normal = Address::new(Channel::Email, text).ok();
    match normal.filter(|_| is_sound) {
        Some(address) => Ok(address.into_string()),
        None => Err("This is no e-mail address.".to_owned()),
    }
}

/// A host with letters in its last part: no version number, no IP address.
fn has_real_host(host: &str) -> bool {
    host.rsplit('.')
        .next()
        .is_some_and(|top| top.chars().count() >= 2 && !top.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_their_country_writes_them() {
        for (text, country, expected) in [
            ("+34 600 123 456", None, Some("+34600123456")),
            ("0034 600 12 34 56", None, Some("+34600123456")),
            ("600 123 456", Some("ES"), Some("+34600123456")),
            ("(0171) 123-4567", Some("de"), Some("+491711234567")),
            ("+34600123456", Some("DE"), Some("+34600123456")),
            ("34600123456", Some("ES"), Some("+34600123456")),
            ("0044 7911 123456", Some("ES"), Some("+447911123456")),
            ("(202) 555-0143", Some("US"), Some("+12025550143")),
            ("'+34600123456", None, Some("+34600123456")),
            ("600 123 456", None, None),
            ("600 123 456", Some("XX"), None),
            ("+34 600", None, None),
            ("+999 1234567", None, None),
            ("12", Some("ES"), None),
            ("call me", Some("ES"), None),
            ("", Some("ES"), None),
            ("+1 800 FLOWERS", None, None),
            ("3.46E+10", Some("ES"), None),
        ] {
            assert_eq!(
                phone(text, country).ok().as_deref(),
                expected,
                "{text} at {country:?}"
            );
        }
    }

    #[test]
    fn mailboxes_are_sound() {
        for good in [
            "Ada@Example.com",
            " a.b+c@x.co.uk ",
            "ü@exämple.de",
            "o'neill@x.ie",
        ] {
            let expected = good
                .trim()
                .to_lowercase()
                .replace("exämple", "xn--exmple-cua");
            assert_eq!(email(good), Ok(expected));
        }
        let long = format!("{}@x.de", "a".repeat(260));
        for bad in [
            "",
            "a",
            "a@",
            "@x.de",
            "a@b",
            "a b@x.de",
            "a@x..de",
            "a@1.2.3.4",
            "a@[1.2.3.4]",
            "Ada <a@x.de>",
            "\"a\"@x.de",
            "a@x.de,b@x.de",
            "a@x.d",
            "a@x.de\0",
            "a@@x.de",
            &long,
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn messages_repeat_nothing() {
        for channel in [Channel::Sms, Channel::Email] {
            let message = check_address(channel, "secret7391", None).unwrap_err();
            assert!(!message.contains("7391"));
        }
    }
}
