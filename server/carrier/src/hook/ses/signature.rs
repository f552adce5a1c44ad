//! The signature of SNS.

use chrono::{DateTime, Utc};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use serde_json::Value;
use x509_cert::{Certificate, der::DecodePem};

use crate::hook::{json, refusal::Refusal, verify};

/// What is signed, in this order; what a message doesn't have is left out.
const SIGNED: [&str; 8] = [
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];

/// Checks the envelope's signature by the certificate, which has to be valid now.
pub(super) fn verify(
    envelope: &Value,
    certificate: &str,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let algorithm = match json::text(envelope, "/SignatureVersion") {
        Some("1") => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Some("2") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Refusal::forged("the signature has no known version")),
    };
    let signature = json::text(envelope, "/Signature")
        .and_then(verify::decode)
        .ok_or(Refusal::forged("the signature is missing"))?;
    let signed =
        signed_text(envelope).ok_or(Refusal::unreadable("a signed field is not a text"))?;
    let key = public_key(certificate, now)
        .ok_or(Refusal::forged("the certificate is not valid at this time"))?;
    UnparsedPublicKey::new(algorithm, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| Refusal::forged("the signature is wrong"))
}

/// Name and value of each signed field, a line each.
fn signed_text(envelope: &Value) -> Option<String> {
    let mut out = String::new();
    for name in SIGNED {
        if let Some(value) = envelope.get(name) {
            for text in [name, value.as_str()?] {
                out.push_str(text);
                out.push('\n');
            }
        }
    }
    Some(out)
}

/// The RSA key (PKCS #1) of the first certificate in a PEM text.
fn public_key(pem: &str, now: DateTime<Utc>) -> Option<Vec<u8>> {
    const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let start = pem.find(BEGIN)?;
    let end = start + pem[start..].find(END)? + END.len();
    let certificate = Certificate::from_pem(&pem[start..end]).ok()?;
    let certificate = certificate.tbs_certificate();
    let validity = certificate.validity();
    let seconds = u64::try_from(now.timestamp()).ok()?;
    let is_valid = validity.not_before.to_unix_duration().as_secs() <= seconds
        && seconds <= validity.not_after.to_unix_duration().as_secs();
    let info = certificate.subject_public_key_info();
    let is_rsa = info.algorithm.oid.to_string() == RSA_ENCRYPTION;
    (is_valid && is_rsa).then(|| info.subject_public_key.raw_bytes().to_vec())
}
