//! Which push services may be called, and which keys a browser may give.
//!
//! A subscription comes from whoever opens a public page, so its address is a stranger's: only the hosts of the large
//! browsers and those an admin adds are called.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use url::Host;
use web_push_native::{Auth, p256::PublicKey};

use crate::{Network, Settings, SettingsError};

/// Push services of Chrome (and its kin), Firefox, Safari and Edge. A leading `*.` stands for any name below.
const BROWSERS: [&str; 4] = [
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "web.push.apple.com",
    "*.notify.windows.com",
];
/// Longest address of a subscription, in bytes. Those of today have a few hundred.
const ENDPOINT_BYTES_MAX: usize = 2_048;

/// Checks the address of a subscription before it is kept: it belongs to a push service that may be called.
///
/// # Errors
/// A sentence without the address.
pub fn check_endpoint(
    settings: &Settings,
    network: &Network,
    endpoint: &str,
) -> Result<(), String> {
    let hosts = Hosts::new(settings).map_err(|error| error.to_string())?;
    hosts.check(endpoint, network).map(drop)
}

/// Checks the keys of a subscription before they are kept.
///
/// # Errors
/// A sentence without the keys.
pub fn check_keys(p256dh: &str, auth: &str) -> Result<(), String> {
    keys(p256dh, auth).map(drop)
}

/// A browser's public key and shared secret out of base64url, with or without padding.
pub(super) fn keys(p256dh: &str, auth: &str) -> Result<(PublicKey, Auth), String> {
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let key = decode(p256dh)
        // Compressed points are none of the Push API's.
        .filter(|bytes| bytes.len() == 65)
        .and_then(|bytes| PublicKey::from_sec1_bytes(&bytes).ok())
        .ok_or("The subscription's p256dh is no public key of a browser.")?;
    let auth = decode(auth)
        .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok())
        .ok_or("The subscription's auth has to be 16 bytes in base64url.")?;
    Ok((key, Auth::from(auth)))
}

/// Hosts of push services that may be called.
pub(super) struct Hosts {
    further: Vec<String>,
}

impl Hosts {
    /// The browsers' and what `allowed_hosts` adds, separated by commas or blanks.
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let listed = settings.get("allowed_hosts").unwrap_or_default();
        let mut further = Vec::new();
        for text in listed.split([',', ';', ' ', '\n', '\t', '\r']) {
            if text.is_empty() {
                continue;
            }
            let host = text.strip_prefix("*.").unwrap_or(text);
            let is_host = host.len() <= 253
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte))
                && Host::parse(host).is_ok();
            if !is_host {
                return Err(SettingsError::new(
                    "allowed_hosts",
                    "holds something that is no host name; write such as push.example.com or *.example.com",
                ));
            }
            further.push(text.to_ascii_lowercase());
        }
        Ok(Self { further })
    }

    /// The address as it may be called.
    pub(super) fn check(&self, endpoint: &str, network: &Network) -> Result<Url, String> {
        if endpoint.len() > ENDPOINT_BYTES_MAX {
            return Err("The subscription's endpoint is too long.".to_owned());
        }
        let url = Url::parse(endpoint)
            .map_err(|_unreadable| "The subscription's endpoint can't be read.".to_owned())?;
        let is_secure =
            url.scheme() == "https" || (network.allows_private && url.scheme() == "http");
        if !is_secure {
            return Err("The subscription's endpoint has to begin with https://.".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("The subscription's endpoint must not hold a password.".to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        let is_browser = || {
            let is_plain = url.scheme() == "https" && url.port().is_none();
            is_plain && BROWSERS.iter().any(|pattern| covers(pattern, host))
        };
        let is_further = || self.further.iter().any(|pattern| covers(pattern, host));
        if is_browser() || is_further() {
            Ok(url)
        } else {
            Err(
                "The subscription's push service is not one that may be called. An admin can add its host to the \
                 account."
                    .to_owned(),
            )
        }
    }
}

/// Whether a pattern stands for a host. `*.example.com` covers what is below, not `example.com` itself.
fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(below) => host.len() > below.len() && host.ends_with(below),
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(allowed: &str) -> Settings {
        Settings::new([("allowed_hosts".to_owned(), allowed.to_owned())].into())
    }

    fn check(allowed: &str, allows_private: bool, endpoint: &str) -> Result<(), String> {
        check_endpoint(&settings(allowed), &Network { allows_private }, endpoint)
    }

    #[test]
    fn the_large_browsers_are_called_and_nobody_else() {
        for endpoint in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://web.push.apple.com/QAbc",
            "https://wns2-par02p.notify.windows.com/w/?token=x",
            "https://FCM.googleapis.com/x",
        ] {
            assert_eq!(check("", false, endpoint), Ok(()), "{endpoint}");
        }
        for endpoint in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:8443/fcm/send/abc",
            "https://user@fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evil-push.services.mozilla.com.example/x",
            "https://push.services.mozilla.com/x",
            "https://xpush.services.mozilla.com/x",
            "https://notify.windows.com.evil.example/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://169.254.169.254/latest",
            "https://fcm.googleapis.com@evil.example/x",
            "https://evil.example/#fcm.googleapis.com",
            "file:///etc/passwd",
            "fcm.googleapis.com",
            "",
        ] {
            assert!(check("", false, endpoint).is_err(), "{endpoint}");
        }
        let long = format!(
            "https://fcm.googleapis.com/{}",
            "x".repeat(ENDPOINT_BYTES_MAX)
        );
        assert!(check("", false, &long).is_err());
    }

    #[test]
    fn an_admin_may_add_hosts() {
        let allowed = "push.example.com, *.push.example.org";
        assert_eq!(
            check(allowed, false, "https://push.example.com:8443/x"),
            Ok(())
        );
        assert_eq!(
            check(allowed, false, "https://a.push.example.org/x"),
            Ok(())
        );
        for endpoint in [
            "http://push.example.com/x",
            "https://a.push.example.com/x",
            "https://push.example.org/x",
        ] {
            assert!(check(allowed, false, endpoint).is_err(), "{endpoint}");
        }
        assert_eq!(check("localhost", true, "http://localhost:9/x"), Ok(()));
        assert!(check("", true, "http://localhost:9/x").is_err());
        for wrong in ["https://push.example.com", "*", "a/b", "*.*.example.com"] {
            assert!(Hosts::new(&settings(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_a_point_and_sixteen_bytes() {
        let point = "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY";
        let auth = "_ordMnz7uTCmrpBTeUV4Bw";
        assert_eq!(check_keys(point, auth), Ok(()));
        assert_eq!(
            check_keys(&format!("{point}="), &format!("{auth}==")),
            Ok(())
        );
        assert!(
            check_keys(&point.replace("BLn9b", "BLn9c"), auth).is_err(),
            "not on the curve"
        );
        assert!(check_keys(point, &auth[..20]).is_err());
        assert!(check_keys("", "").is_err());
    }
}
