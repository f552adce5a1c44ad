//! Whose browser it is, as a customer's own server vouches for it.

use carrier::Settings;
use domain::Refusal;
use ring::hmac;

use crate::http::problem::Problem;

/// Checks that whoever holds the account's identity key says so: `proof` is HMAC-SHA256 in hexadecimal over external id,
/// line feed, and e-mail, each empty where it isn't given.
pub(super) fn check(
    settings: &Settings,
    (external_id, email): (&str, &str),
    proof: &str,
) -> Result<(), Problem> {
    let refused = |message: &str| Err(Refusal::invalid("proof", message).into());
    let Some(key) = settings.get("identity_key") else {
        return refused(
            "can't be checked: this account has no identity key. Leave external_id and email out, or set a key.",
        );
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let claim = format!("{external_id}\n{email}");
    let is_proven = unhex(proof.trim())
        .is_some_and(|proof| hmac::verify(&key, claim.as_bytes(), &proof).is_ok());
    if is_proven {
        Ok(())
    } else {
        refused(
            "does not fit. It is HMAC-SHA256 with the identity key, in hexadecimal, over external_id, a line feed, and \
             email.",
        )
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
