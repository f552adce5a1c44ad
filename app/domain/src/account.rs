//! One's own account: sessions and the second factor, as their owner sees them.

use serde::{Deserialize, Serialize};

/// One of one's own sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Opaque id; no way in.
    pub id: String,
    /// RFC 3339 time of the sign-in.
    pub created_at: String,
    /// RFC 3339 time of the last recorded use.
    pub last_seen_at: String,
    /// The browser in a few words; empty when unknown.
    pub browser: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// One's own second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorInfo {
    /// Whether a code is asked for at sign-in.
    pub is_active: bool,
    /// Recovery codes that are left.
    pub codes_left: u32,
    /// One that was begun and is to be set up in an app; only in a session that was confirmed a moment ago.
    pub begun: Option<FactorSecret>,
}

/// What an authenticator app is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSecret {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// `otpauth://…`, which opens an app on the same device.
    pub address: String,
    /// The same as a QR code: the `data:` address of an SVG picture.
    pub picture: String,
}
