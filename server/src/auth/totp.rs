//! Time-based one-time codes (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator app makes them.

use chrono::{DateTime, Utc};
use ring::hmac;

/// Seconds of a time step.
const STEP_S: i64 = 30;
/// Bytes of a secret: as long as the hash (RFC 4226, section 4, R6).
const SECRET_BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, in base32 as apps take it: 32 letters and digits.
///
/// # Errors
/// When the system has no randomness.
pub(super) fn new_secret() -> std::io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(base32(&bytes))
}

/// Five bits a letter. The length of secrets is a multiple of five bytes: nothing is padded.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    for chunk in bytes.chunks(5) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for n in (0..8).rev() {
            let index = (bits >> (5 * n)) & 31;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

/// The bytes of a secret; none when it isn't one of ours.
fn bytes_of(secret: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(SECRET_BYTES);
    let (mut bits, mut held) = (0_u64, 0);
    for letter in secret.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = bits << 5 | value as u64;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

/// The code of a time step.
fn code_at(key: &hmac::Key, step: i64) -> u32 {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[tag.len() - 1] & 15);
    let four = [tag[start], tag[start + 1], tag[start + 2], tag[start + 3]];
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}

/// The time step whose code this is, of now, the one before and the one after: clocks differ. None for any other code.
pub(super) fn step_of(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code: u32 = digits.parse().ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes_of(secret)?);
    let step = now.timestamp().div_euclid(STEP_S);
    [step, step - 1, step + 1]
        .into_iter()
        .find(|step| code_at(&key, *step) == code)
}

/// What an app reads from the picture: `otpauth://totp/Reportage:ana@example.org?…`.
pub(super) fn address(secret: &str, email: &str) -> String {
    let email = app::routes::encode(email);
    format!(
        "otpauth://totp/Reportage:{email}?secret={secret}&issuer=Reportage&algorithm=SHA1&digits=6&period={STEP_S}"
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: eight digits there, of which these are the last six.
        let secret = base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Utc.timestamp_opt(at, 0).unwrap();
            assert_eq!(step_of(&secret, code, now), Some(at / 30), "{at}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late() {
        let secret = base32(b"12345678901234567890");
        let at = |s: i64| Utc.timestamp_opt(s, 0).unwrap();
        for (now, is_good) in [(29, true), (0, true), (89, true), (90, false), (150, false)] {
            let found = step_of(&secret, "287 082", at(now));
            assert_eq!(found.is_some(), is_good, "{now}");
        }
        for code in ["", "28708", "2870822", "28708a", "+87082", "-87082"] {
            assert_eq!(step_of(&secret, code, at(59)), None, "{code}");
        }
        assert_eq!(step_of("not base32!", "287082", at(59)), None);
    }

    #[test]
    fn secrets_are_new_and_come_back_whole() {
        let (one, two) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
        assert_eq!(base32(&bytes_of(&one).unwrap()), one);
        let address = address(&one, "ana+x@example.org");
        assert!(address.starts_with("otpauth://totp/Reportage:ana%2Bx%40example.org?secret="));
    }
}
