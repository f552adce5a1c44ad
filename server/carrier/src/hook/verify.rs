//! What proofs of origin have in common. Comparisons take the same time wherever a difference lies.

use std::fmt::Write;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use ring::{digest, hmac};

use super::{Incoming, refusal::Refusal};
use crate::{Settings, SettingsError};

const INDIFFERENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, INDIFFERENT);
const FOR_ADDRESSES: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, INDIFFERENT);

/// Bytes of base64, in the common or the address alphabet, with or without padding.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    PLAIN
        .decode(text)
        .or_else(|_| FOR_ADDRESSES.decode(text))
        .ok()
}

/// Base64 in the common alphabet, padded.
pub(super) fn encode(bytes: &[u8]) -> String {
    general_purpose::STANDARD.encode(bytes)
}

/// Hexadecimal in small letters.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// Bytes of hexadecimal.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok())
        .collect()
}

/// SHA-256, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A key made of several texts: their lengths are hashed with them, so that moving a border gives another key.
pub(super) fn hash(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    format!("sha256:{}", hex(context.finish().as_ref()))
}

/// Whether two secrets are the same.
pub(super) fn is_same(given: &[u8], held: &[u8]) -> bool {
    // Equal digests mean equal secrets, and `hmac::verify` compares digests in constant time.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"reportage: comparison of secrets");
    let held = hmac::sign(&key, held);
    hmac::verify(&key, given, held.as_ref()).is_ok()
}

/// Whether `tag` is the HMAC of `parts`, one after the other.
pub(super) fn is_hmac(
    algorithm: hmac::Algorithm,
    secret: &[u8],
    parts: &[&[u8]],
    tag: &[u8],
) -> bool {
    let key = hmac::Key::new(algorithm, secret);
    hmac::verify(&key, &parts.concat(), tag).is_ok()
}

/// The HMAC of `parts`, one after the other.
pub(super) fn hmac(algorithm: hmac::Algorithm, secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(algorithm, secret);
    hmac::sign(&key, &parts.concat()).as_ref().to_vec()
}

/// What follows the scheme in `Authorization`.
fn authorization<'a>(request: &Incoming<'a>, scheme: &str) -> Option<&'a str> {
    let (_, value) = request
        .headers
        .iter()
        .find(|(name, _)| name == "authorization")?;
    let (given, rest) = value.trim().split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// Name and password of the account (`username`, `password`).
pub(super) fn basic(settings: &Settings, request: &Incoming<'_>) -> Result<(), Refusal> {
    let held = basic_pair(settings)?;
    let given = authorization(request, "basic").and_then(decode);
    match given {
        Some(given) if is_same(&given, held.as_bytes()) => Ok(()),
        Some(_) => Err(Refusal::forged("wrong user name or password")),
        None => Err(Refusal::forged("user name and password are missing")),
    }
}

/// `username:password`.
pub(super) fn basic_pair(settings: &Settings) -> Result<String, SettingsError> {
    let username = settings.require("username")?;
    let password = settings.require("password")?;
    Ok(format!("{username}:{password}"))
}

/// The bearer token.
pub(super) fn bearer(held: &str, request: &Incoming<'_>) -> Result<(), Refusal> {
    match authorization(request, "bearer") {
        Some(given) if is_same(given.as_bytes(), held.as_bytes()) => Ok(()),
        Some(_) => Err(Refusal::forged("wrong token")),
        None => Err(Refusal::forged("the token is missing")),
    }
}

/// What follows `?`, decoded.
pub(super) fn query(url: &str) -> Vec<(String, String)> {
    let url = url.split('#').next().unwrap_or_default();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    form(query.as_bytes())
}

/// A form, decoded; bytes that are no UTF-8 become U+FFFD.
pub(super) fn form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// The first value of a field.
pub(super) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(held, _)| held == name)
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}
