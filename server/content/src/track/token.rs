//! Signed tokens: base64url of `version and purpose ‖ key id ‖ message key ‖ link ‖ HMAC-SHA256 cut to 16 bytes`.
//!
//! A token names a message and a link of ours by their keys; where the link leads is looked up, never told by the
//! token, so that nobody can make an open redirect of it. The purpose is signed too: the token of a pixel does not
//! unsubscribe anybody.

use std::{fmt, io};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

/// Bytes of a signing secret.
pub const SECRET_BYTES: usize = 32;
/// Bytes of the signature that are kept: 128 bits.
const SIGNATURE_BYTES: usize = 16;
/// Version of the form; the upper half of the first byte.
const VERSION: u8 = 1;
/// Letters of a message key, five bits each.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a message key.
const KEY_CHARS: usize = 16;
/// Bytes they pack into.
const KEY_BYTES: usize = 10;
/// Longest token that is looked at.
const TOKEN_CHARS_MAX: usize = 512;
/// Letters of a short code: 62^11 is more than 2^65.
const CODE_CHARS: usize = 11;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// The open pixel.
    Open = 0,
    /// A link.
    Click = 1,
    /// Unsubscribing.
    Unsubscribe = 2,
    /// The preferences page.
    Preferences = 3,
    /// What a device reports of a push notification.
    Push = 4,
}

/// Why a set of keys can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("there is no signing key")]
    None,
    /// An id is not between 0 and 65,535.
    #[error("a signing key's id doesn't fit")]
    Id,
    /// A secret is shorter than [`SECRET_BYTES`].
    #[error("a signing key is too short")]
    Short,
}

/// The signing keys: the newest signs, all of them verify. `Debug` shows their ids only.
#[derive(Clone)]
pub struct Keys {
    newest_first: Vec<(u16, hmac::Key)>,
}

impl Keys {
    /// From ids and secrets; the highest id is the newest.
    ///
    /// # Errors
    /// [`KeyError`] when there is none, or one can't be used.
    pub fn new(keys: impl IntoIterator<Item = (i64, Vec<u8>)>) -> Result<Self, KeyError> {
        let mut newest_first = keys
            .into_iter()
            .map(|(id, secret)| {
                let id = u16::try_from(id).map_err(|_| KeyError::Id)?;
                if secret.len() < SECRET_BYTES {
                    return Err(KeyError::Short);
                }
                Ok((id, hmac::Key::new(hmac::HMAC_SHA256, &secret)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if newest_first.is_empty() {
            return Err(KeyError::None);
        }
        newest_first.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        Ok(Self { newest_first })
    }

    /// A token for a message and one of its links; 0 where there is no link.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, message: &str, link: i64) -> String {
        let Some((id, key)) = self.newest_first.first() else {
            return String::new();
        };
        let mut token = Vec::with_capacity(48);
        token.push(VERSION << 4 | purpose as u8);
        token.extend(id.to_be_bytes());
        push_message(&mut token, message);
        push_number(&mut token, link.cast_unsigned());
        let signature = hmac::sign(key, &token);
        token.extend(signature.as_ref().iter().take(SIGNATURE_BYTES));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The message and link a token names; none when it wasn't signed here for this purpose.
    #[must_use]
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<(String, i64)> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, signature) =
            bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE_BYTES)?)?;
        let (&[form, high, low], rest) = signed.split_first_chunk::<3>()?;
        let id = u16::from_be_bytes([high, low]);
        let (_, key) = self.newest_first.iter().find(|(known, _)| *known == id)?;
        let expected = hmac::sign(key, signed);
        if !is_same(expected.as_ref().get(..SIGNATURE_BYTES)?, signature)
            || form != VERSION << 4 | purpose as u8
        {
            return None;
        }
        let (message, rest) = read_message(rest)?;
        let (link, rest) = read_number(rest)?;
        rest.is_empty().then(|| (message, link.cast_signed()))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.newest_first.iter().map(|(id, _)| id))
            .finish()
    }
}

/// Compares in a time that doesn't tell where they differ.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let difference = left
        .iter()
        .zip(right)
        .fold(0, |difference, (a, b)| difference | (a ^ b));
    left.len() == right.len() && std::hint::black_box(difference) == 0
}

/// A message key of ours packs into ten bytes after a 0; any other is written out after its length plus one.
fn push_message(token: &mut Vec<u8>, message: &str) {
    if let Some(packed) = pack(message) {
        token.push(0);
        token.extend(packed);
    } else {
        push_number(token, message.len() as u64 + 1);
        token.extend(message.as_bytes());
    }
}

fn read_message(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (form, rest) = read_number(bytes)?;
    let Some(length) = form.checked_sub(1) else {
        let (packed, rest) = rest.split_first_chunk::<KEY_BYTES>()?;
        return Some((unpack(*packed), rest));
    };
    let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((String::from_utf8(text.to_vec()).ok()?, rest))
}

fn pack(message: &str) -> Option<[u8; KEY_BYTES]> {
    if message.len() != KEY_CHARS {
        return None;
    }
    let mut bits = 0_u128;
    for letter in message.bytes() {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        bits = bits << 5 | digit as u128;
    }
    bits.to_be_bytes().last_chunk().copied()
}

fn unpack(packed: [u8; KEY_BYTES]) -> String {
    let bits = packed
        .iter()
        .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    (0..KEY_CHARS)
        .rev()
        .filter_map(|place| ALPHABET.get((bits >> (5 * place)) as usize & 31))
        .map(|letter| char::from(*letter))
        .collect()
}

/// LEB128.
fn push_number(token: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        token.push(number as u8 | 0x80);
        number >>= 7;
    }
    token.push(number as u8);
}

fn read_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        let part = u64::from(byte & 0x7f);
        number |= part.checked_shl(7 * u32::try_from(at).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(at + 1..)?));
        }
    }
    None
}

/// A new signing secret.
///
/// # Errors
/// When the system has no randomness.
pub fn secret() -> io::Result<[u8; SECRET_BYTES]> {
    random()
}

/// A short link's code: eleven letters and digits, too many to guess.
///
/// # Errors
/// When the system has no randomness.
pub fn short_code() -> io::Result<String> {
    let mut code = String::with_capacity(CODE_CHARS);
    while code.len() < CODE_CHARS {
        // 248 is the largest multiple of 62: what is above it would make some letters likelier than others.
        let letters = random::<16>()?
            .into_iter()
            .filter(|byte| *byte < 248)
            .filter_map(|byte| BASE62.get(usize::from(byte) % 62))
            .map(|letter| char::from(*letter));
        code.extend(letters.take(CODE_CHARS - code.len()));
    }
    Ok(code)
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PURPOSES: [Purpose; 5] = [
        Purpose::Open,
        Purpose::Click,
        Purpose::Unsubscribe,
        Purpose::Preferences,
        Purpose::Push,
    ];

    fn keys(ids: &[(i64, u8)]) -> Keys {
        Keys::new(
            ids.iter()
                .map(|(id, fill)| (*id, vec![*fill; SECRET_BYTES])),
        )
        .expect("keys")
    }

    #[test]
    fn old_keys_verify_and_the_newest_signs() {
        let old = keys(&[(1, 7)]);
        let both = keys(&[(1, 7), (2, 9)]);
        let message = "0123456789abcdef";
        let token = old.sign(Purpose::Click, message, 42);
        assert_eq!(
            both.open(Purpose::Click, &token),
            Some((message.to_owned(), 42))
        );
        let newer = both.sign(Purpose::Click, message, 42);
        assert_eq!(old.open(Purpose::Click, &newer), None);
        assert_eq!(
            keys(&[(2, 8)]).open(Purpose::Click, &newer),
            None,
            "same id, other secret"
        );
        assert!(token.len() <= 44, "{} characters", token.len());
    }

    #[test]
    fn unusable_keys_are_refused() {
        let new = |keys: Vec<(i64, Vec<u8>)>| Keys::new(keys).map(|_| ());
        assert_eq!(new(Vec::new()), Err(KeyError::None));
        assert_eq!(new(vec![(70_000, vec![1; 32])]), Err(KeyError::Id));
        assert_eq!(new(vec![(1, vec![1; 31])]), Err(KeyError::Short));
    }

    #[test]
    fn codes_are_long_and_differ() {
        let codes: std::collections::BTreeSet<_> = (0..1_000)
            .map(|_| short_code().expect("randomness"))
            .collect();
        assert_eq!(codes.len(), 1_000);
        assert!(codes.iter().all(|code| code.len() == CODE_CHARS
            && code.bytes().all(|letter| letter.is_ascii_alphanumeric())));
    }

    proptest! {
        #[test]
        fn what_is_signed_opens_for_its_purpose_only(
            message in "[0-9a-hjkmnp-tv-z]{16}|.{0,40}",
            link in any::<i64>(),
            purpose in 0..5_usize,
        ) {
            let keys = keys(&[(3, 1)]);
            let token = keys.sign(PURPOSES[purpose], &message, link);
            for (n, other) in PURPOSES.into_iter().enumerate() {
                let expected = (n == purpose).then(|| (message.clone(), link));
                prop_assert_eq!(keys.open(other, &token), expected);
            }
        }

        #[test]
        fn a_changed_token_is_refused(
            link in any::<i64>(), at in any::<prop::sample::Index>(), bit in 0..8_u8,
        ) {
            let keys = keys(&[(3, 1)]);
            let token = keys.sign(Purpose::Click, "0123456789abcdef", link);
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(keys.open(Purpose::Click, &URL_SAFE_NO_PAD.encode(&bytes)), None);
            bytes.truncate(at);
            prop_assert_eq!(keys.open(Purpose::Click, &URL_SAFE_NO_PAD.encode(&bytes)), None);
        }

        #[test]
        fn nonsense_is_refused(token in "\\PC{0,80}|[A-Za-z0-9_-]{0,80}") {
            prop_assert_eq!(keys(&[(3, 1)]).open(Purpose::Open, &token), None);
        }
    }
}
