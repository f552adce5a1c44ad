//! How long an SMS is, and in how many segments it travels.
//!
//! 3GPP TS 23.038: GSM 7-bit takes 160 characters, 153 in each of several segments; the extension table counts two.
//! Anything else is UCS-2: 70 and 67 code units of UTF-16. Neither an escaped character nor a surrogate pair is
//! split between segments.

use serde::{Deserialize, Serialize};

/// How the text is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// GSM 7-bit default alphabet with its extension table.
    #[default]
    #[serde(rename = "gsm7")]
    Gsm7,
    /// UCS-2.
    #[serde(rename = "ucs2")]
    Ucs2,
}

impl Encoding {
    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Gsm7 => "GSM-7",
            Self::Ucs2 => "Unicode",
        }
    }
}

/// Length of a text as an SMS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsLength {
    /// How it is encoded.
    pub encoding: Encoding,
    /// Characters as people count them (Unicode scalar values).
    pub characters: u32,
    /// Units of the encoding: septets, or UTF-16 code units.
    pub units: u32,
    /// Messages it travels as; 0 for an empty text.
    pub segments: u32,
    /// Units left in the last one.
    pub left: u32,
}

/// The default alphabet, without the escape.
const GSM7: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What takes an escape and a second septet.
const GSM7_EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Units of one character in GSM-7; none when it isn't in the alphabet.
fn septets(letter: char) -> Option<u32> {
    if GSM7.contains(letter) {
        Some(1)
    } else if GSM7_EXTENSION.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// The length of a text.
#[must_use]
pub fn sms_length(text: &str) -> SmsLength {
    let is_gsm = text.chars().all(|letter| septets(letter).is_some());
    let (encoding, single, part) = if is_gsm {
        (Encoding::Gsm7, 160, 153)
    } else {
        (Encoding::Ucs2, 70, 67)
    };
    let width = |letter: char| match encoding {
        Encoding::Gsm7 => septets(letter).unwrap_or(1),
        Encoding::Ucs2 => u32::from(letter.len_utf16() == 2) + 1,
    };
    let units = text.chars().map(width).sum();
    let (segments, left) = if units == 0 {
        (0, single)
    } else if units <= single {
        (1, single - units)
    } else {
        let (mut segments, mut used) = (1, 0);
        for letter in text.chars() {
            let width = width(letter);
            if used + width > part {
                segments += 1;
                used = 0;
            }
            used += width;
        }
        (segments, part - used)
    };
    SmsLength {
        encoding,
        characters: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
        units,
        segments,
        left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> (Encoding, u32, u32, u32) {
        let length = sms_length(text);
        (length.encoding, length.units, length.segments, length.left)
    }

    #[test]
    fn the_alphabet_is_complete() {
        assert_eq!(GSM7.chars().count(), 127);
        assert_eq!(GSM7_EXTENSION.chars().count(), 10);
    }

    #[test]
    fn segments_follow_the_standard() {
        assert_eq!(shape(""), (Encoding::Gsm7, 0, 0, 160));
        assert_eq!(shape(&"a".repeat(160)), (Encoding::Gsm7, 160, 1, 0));
        assert_eq!(shape(&"a".repeat(161)), (Encoding::Gsm7, 161, 2, 145));
        assert_eq!(shape(&"a".repeat(306)), (Encoding::Gsm7, 306, 2, 0));
        assert_eq!(shape(&"a".repeat(307)), (Encoding::Gsm7, 307, 3, 152));
        assert_eq!(shape("é€"), (Encoding::Gsm7, 3, 1, 157));
        assert_eq!(shape(&"я".repeat(70)), (Encoding::Ucs2, 70, 1, 0));
        assert_eq!(shape(&"я".repeat(71)), (Encoding::Ucs2, 71, 2, 63));
    }

    #[test]
    fn no_character_is_split() {
        // The euro sign would straddle the first segment's end.
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(10));
        assert_eq!(shape(&text), (Encoding::Gsm7, 164, 2, 141));
        // As would the emoji: 66 units, then two.
        let text = format!("{}😀{}", "я".repeat(66), "я".repeat(5));
        assert_eq!(shape(&text), (Encoding::Ucs2, 73, 2, 60));
    }
}
