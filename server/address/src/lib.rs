//! One normal form for every address that a message can go to.
//!
//! Two texts that reach the same person have to be equal here: a person who left under one spelling must not be written to
//! under another.

mod variants;

use std::fmt;

use domain::{Channel, Refusal, channel::AddressKind};
use unicode_normalization::UnicodeNormalization;

pub use variants::lookup_forms;

/// Longest mailbox, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Longest address of a device, in bytes.
const DEVICE_BYTES_MAX: usize = 64;
/// Digits of an E.164 number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// An address in its normal form. `Debug` leaves it out: addresses don't reach logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    kind: AddressKind,
    text: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.kind).finish()
    }
}

impl Address {
    /// The normal form of an address of this channel.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the channel can't have such an address; the sentence doesn't repeat it.
    pub fn new(channel: Channel, text: &str) -> Result<Self, Refusal> {
        let kind = channel.address_kind();
        let text = match kind {
            AddressKind::Email => mailbox(text).ok_or_else(|| {
                Refusal::invalid("email", "use an address such as name@example.com")
            }),
            AddressKind::Phone => number(text).ok_or_else(|| {
                Refusal::invalid("phone", "use the international form, such as +34600123456")
            }),
            AddressKind::Device => {
                device(text).ok_or_else(|| Refusal::invalid("address", "is no device of ours"))
            }
        }?;
        Ok(Self { kind, text })
    }

    /// The text that is stored and compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text that is stored and compared.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }
}

/// Whether a character has no shape of its own: Unicode's category Cf (and the soft hyphen), as address books and web pages
/// put around what is copied out of them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text without blanks and invisible characters at its ends.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// A mailbox in NFC (RFC 6532 §3.1) and lower case, its domain as A-labels (RFC 5890 §2.3.2.1). RFC 5321 §2.4 lets a host
/// tell upper from lower case before the `@`; hardly any does, and a person who left as `Ada@` must not be written to as `ada@`.
fn mailbox(text: &str) -> Option<String> {
    let (local, host) = trimmed(text).rsplit_once('@')?;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    if local.is_empty() || local.chars().any(is_odd) || host.chars().any(is_odd) {
        return None;
    }
    let local: String = local
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .nfc()
        .collect();
    let host = idna::domain_to_ascii(host).ok()?;
    let is_host = host.contains('.')
        && host.len() <= 253
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
        && !host.contains(['@', '[', ']', ':']);
    let mailbox = format!("{local}@{host}");
    (is_host && mailbox.len() <= EMAIL_BYTES_MAX).then_some(mailbox)
}

/// The digits of a text and its leading plus, whatever lies between them: blanks, hyphens, brackets, invisible marks.
/// Digits of other scripts count as what they are (NFKC). None where anything else is in it.
#[must_use]
pub fn dialed(text: &str) -> Option<String> {
    let text = trimmed(text);
    // How spreadsheets are kept from rounding a number: ="+34600123456".
    let text = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    let mut out = String::new();
    for c in text.nfkc().filter(|c| !is_invisible(*c)) {
        match c {
            '0'..='9' => out.push(c),
            '+' if out.is_empty() => out.push(c),
            ' ' | '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(out).filter(|text| !text.is_empty())
}

fn number(text: &str) -> Option<String> {
    let written = dialed(text)?;
    let digits = written.strip_prefix('+')?;
    (PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0')).then_some(written)
}

fn device(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain =
        !text.is_empty() && text.len() <= DEVICE_BYTES_MAX && !text.chars().any(char::is_control);
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(channel: Channel, text: &str) -> Option<String> {
        Address::new(channel, text).ok().map(Address::into_string)
    }

    #[test]
    fn one_mailbox_has_one_text() {
        for (text, expected) in [
            ("Ada@Example.org", Some("ada@example.org")),
            (" ada@example.org\t", Some("ada@example.org")),
            ("\u{200b}ada@example.org\u{200e}", Some("ada@example.org")),
            (
                "\u{feff}\u{202a}ada@example.org\u{202c}",
                Some("ada@example.org"),
            ),
            ("w@bücher.example", Some("w@xn--bcher-kva.example")),
            ("w@BÜCHER.example", Some("w@xn--bcher-kva.example")),
            ("w@XN--BCHER-KVA.example", Some("w@xn--bcher-kva.example")),
            ("w@bu\u{308}cher.example", Some("w@xn--bcher-kva.example")),
            ("rene\u{301}@x.example", Some("rené@x.example")),
            ("René@x.example", Some("rené@x.example")),
            ("o'neill+news@x.ie", Some("o'neill+news@x.ie")),
            ("a\u{200c}da@example.org", None),
            ("\u{202e}ada\u{200b}b@example.org", None),
            ("ada@exa\u{200b}mple.org", None),
            ("ada lovelace@example.org", None),
            ("ada@example", None),
            ("ada@.example.org", None),
            ("ada@example..org", None),
            ("@example.org", None),
            ("ada@", None),
            ("ada@[127.0.0.1]", None),
            ("", None),
        ] {
            let found = normal(Channel::Email, text);
            assert_eq!(found.as_deref(), expected, "{text:?}");
            if let Some(found) = found {
                assert_eq!(normal(Channel::Email, &found), Some(found), "twice is once");
            }
        }
    }

    #[test]
    fn one_number_has_one_text_on_every_channel() {
        for (text, expected) in [
            ("+34600070252", Some("+34600070252")),
            ("+34 600 070 252", Some("+34600070252")),
            (
                "\u{202a}+34\u{a0}600\u{2011}070\u{2011}252\u{202c}",
                Some("+34600070252"),
            ),
            ("\u{feff}+34600070252", Some("+34600070252")),
            ("=\"+34600070252\"", Some("+34600070252")),
            ("＋３４６０００７０２５２", Some("+34600070252")),
            ("+1 (202) 555-0143", Some("+12025550143")),
            ("34600070252", None),
            ("+0600070252", None),
            ("+34", None),
            ("+34 600 CALL ME", None),
            ("+34600+070252", None),
            ("", None),
        ] {
            for channel in [Channel::Sms, Channel::WhatsApp, Channel::Rcs] {
                assert_eq!(normal(channel, text).as_deref(), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn a_device_is_opaque_and_no_address_is_logged() {
        assert_eq!(normal(Channel::Push, " AbC-7 ").as_deref(), Some("AbC-7"));
        assert_eq!(normal(Channel::Push, ""), None);
        let address = Address::new(Channel::Email, "secret7391@example.org").unwrap();
        assert!(!format!("{address:?}").contains("7391"));
        let refusal = Address::new(Channel::Email, "secret7391").unwrap_err();
        assert!(!refusal.to_string().contains("7391"));
    }
}
