//! Who sends: keys and signed tokens of an application server (RFC 8292).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use serde_json::json;
use web_push_native::p256::{
    SecretKey,
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint},
};

use crate::{Settings, SettingsError};

/// How long a token is good. Push services take 24 hours at most.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// A token is made anew when it has less left than this.
const RENEWED_BEFORE: TimeDelta = TimeDelta::hours(1);
/// Push services have a handful of origins, but names below some hosts are the browser's to choose.
const ORIGINS_MAX: usize = 256;

/// A new pair of keys, private and public, in base64url as browsers and settings have them.
#[must_use]
pub fn new_vapid_keys() -> (String, String) {
    let key = SecretKey::random(&mut OsRng);
    (
        BASE64.encode(key.to_bytes()),
        BASE64.encode(public_of(&key)),
    )
}

/// The public key of an account: what a browser subscribes with (`applicationServerKey`), base64url.
///
/// # Errors
/// When the private key is missing or is none, or the public key in the settings belongs to another.
pub fn public_key(settings: &Settings) -> Result<String, SettingsError> {
    let public = BASE64.encode(public_of(&private_key(settings)?));
    match settings.get("public_key") {
        Some(given) if given.trim_end_matches('=') != public => Err(SettingsError::new(
            "public_key",
            "does not belong to the private key; leave it empty and it is derived",
        )),
        _ => Ok(public),
    }
}

fn private_key(settings: &Settings) -> Result<SecretKey, SettingsError> {
    let text = settings.require("private_key")?;
    BASE64
        .decode(text.trim_end_matches('='))
        .ok()
        .filter(|bytes| bytes.len() == 32)
        .and_then(|bytes| SecretKey::from_slice(&bytes).ok())
        .ok_or_else(|| {
            SettingsError::new(
                "private_key",
                "is no VAPID key: 32 bytes of P-256 in base64url",
            )
        })
}

/// The point, uncompressed: 65 bytes.
fn public_of(key: &SecretKey) -> Vec<u8> {
    key.public_key().to_encoded_point(false).as_bytes().to_vec()
}

/// Signs tokens, one for each push service, and keeps them while they are good.
pub(super) struct Vapid {
    key: EcdsaKeyPair,
    random: SystemRandom,
    public: String,
    subject: String,
    held: Mutex<HashMap<String, Held>>,
}

struct Held {
    header: String,
    renew_at: DateTime<Utc>,
    /// Whether the push service took a message with our key.
    is_proven: bool,
}

impl Vapid {
    /// Reads `private_key`, `public_key` and `subject`.
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let public = public_key(settings)?;
        let private = private_key(settings)?;
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &private.to_bytes(),
            &public_of(&private),
            &random,
        )
        .map_err(|_rejected| SettingsError::new("private_key", "is no VAPID key"))?;
        Ok(Self {
            key,
            random,
            public,
            subject: subject(settings)?,
            held: Mutex::default(),
        })
    }

    /// The value of `Authorization` for a push service; none when the machine has no randomness.
    pub(super) fn authorization(&self, origin: &str, now: DateTime<Utc>) -> Option<String> {
        let mut held = self.held();
        let is_proven = match held.get(origin) {
            Some(token) if now < token.renew_at => return Some(token.header.clone()),
            Some(token) => token.is_proven,
            None => false,
        };
        let header = format!("vapid t={}, k={}", self.token(origin, now)?, self.public);
        if held.len() >= ORIGINS_MAX {
            held.clear();
        }
        held.insert(
            origin.to_owned(),
            Held {
                header: header.clone(),
                renew_at: now + LIFETIME - RENEWED_BEFORE,
                is_proven,
            },
        );
        Some(header)
    }

    /// Remembers that a push service took a message with our key.
    pub(super) fn prove(&self, origin: &str) {
        if let Some(token) = self.held().get_mut(origin) {
            token.is_proven = true;
        }
    }

    /// Whether it ever did.
    pub(super) fn is_proven(&self, origin: &str) -> bool {
        self.held().get(origin).is_some_and(|token| token.is_proven)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token(&self, origin: &str, now: DateTime<Utc>) -> Option<String> {
        let head = BASE64.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = json!({
            "aud": origin,
            "exp": (now + LIFETIME).timestamp(),
            "sub": self.subject,
        });
        let signed = format!("{head}.{}", BASE64.encode(claims.to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", BASE64.encode(signature)))
    }
}

/// Whom a push service may write to. Apple takes nothing without a real host.
fn subject(settings: &Settings) -> Result<String, SettingsError> {
    let given = settings.require("subject")?;
    let subject = if given.contains(':') {
        given.to_owned()
    } else {
        format!("mailto:{given}")
    };
    let host = match subject.strip_prefix("mailto:") {
        Some(mailbox) => mailbox.rsplit_once('@').map(|(_, host)| host),
        None => subject
            .strip_prefix("https://")
            .and_then(|rest| rest.split('/').next()),
    };
    let is_clean = subject.bytes().all(|byte| byte.is_ascii_graphic());
    match host {
        Some(host) if is_clean && host.contains('.') => Ok(subject),
        _ => Err(SettingsError::new(
            "subject",
            "has to be such as mailto:push@example.com or https://example.com, on a host of the internet",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(fields: &[(&str, &str)]) -> Settings {
        Settings::new(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn vapid() -> Vapid {
        let (private, _) = new_vapid_keys();
        Vapid::new(&settings(&[
            ("private_key", &private),
            ("subject", "push@example.com"),
        ]))
        .unwrap()
    }

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hour * 3_600, 0).unwrap()
    }

    #[test]
    fn the_public_key_is_derived_and_compared() {
        // Against npm's web-push in tests/push; here against itself.
        let (private, public) = new_vapid_keys();
        let derived = public_key(&settings(&[("private_key", &private)])).unwrap();
        assert_eq!((derived.as_str(), public.len()), (public.as_str(), 87));
        let (_, other) = new_vapid_keys();
        let mixed = settings(&[("private_key", &private), ("public_key", &other)]);
        assert_eq!(public_key(&mixed).unwrap_err().field, "public_key");
        for wrong in ["", "abc", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let error = public_key(&settings(&[("private_key", wrong)])).unwrap_err();
            assert_eq!(error.field, "private_key", "{wrong}");
        }
    }

    #[test]
    fn a_token_is_kept_for_its_origin_and_made_anew_in_time() {
        let vapid = vapid();
        let first = vapid.authorization("https://a.example", at(0)).unwrap();
        assert_eq!(
            vapid.authorization("https://a.example", at(10)).unwrap(),
            first
        );
        assert_ne!(
            vapid.authorization("https://b.example", at(10)).unwrap(),
            first
        );
        vapid.prove("https://a.example");
        assert_ne!(
            vapid.authorization("https://a.example", at(11)).unwrap(),
            first
        );
        assert!(
            vapid.is_proven("https://a.example"),
            "stays known when the token is renewed"
        );
        assert!(!vapid.is_proven("https://b.example"));
        for n in 0..2 * ORIGINS_MAX {
            vapid
                .authorization(&format!("https://{n}.example"), at(0))
                .unwrap();
        }
        assert!(vapid.held().len() <= ORIGINS_MAX);
    }

    #[test]
    fn the_contact_is_one_that_can_be_written_to() {
        let read = |text: &str| subject(&settings(&[("subject", text)]));
        assert_eq!(read("push@example.com").unwrap(), "mailto:push@example.com");
        assert_eq!(
            read("https://example.com/contact").unwrap(),
            "https://example.com/contact"
        );
        for wrong in [
            "",
            "push",
            "mailto:push@localhost",
            "http://example.com",
            "mailto:a\u{e9}@x.org",
        ] {
            assert_eq!(read(wrong).unwrap_err().field, "subject", "{wrong}");
        }
    }
}
