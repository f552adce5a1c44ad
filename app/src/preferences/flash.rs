//! A value for the next page only, for browsers without scripts: their form's answer is a redirect, which
//! can't carry a secret in its address. A cookie that lives a minute does, and is gone once read.

use http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// What is kept, each in a cookie of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// A new API token.
    Token,
    /// A link by which somebody chooses a password.
    Link,
    /// Recovery codes, with a dot between them.
    Codes,
}

impl Kept {
    fn cookie(self) -> &'static str {
        match self {
            Self::Token => "reportage_flash_token",
            Self::Link => "reportage_flash_link",
            Self::Codes => "reportage_flash_codes",
        }
    }
}

/// Whether browsers reach the server encrypted: cookies then travel no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encrypted(pub bool);

/// Keeps a value for the next page if the request came from a plain form.
pub(super) fn put(what: Kept, value: &str) {
    let is_plain_form = request().is_some_and(|headers| {
        headers
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.contains("text/html"))
    });
    if is_plain_form {
        set(what, value, 60);
    }
}

/// Takes the value out, if there is one.
pub(super) fn take(what: Kept) -> Option<String> {
    let name = what.cookie();
    let headers = request()?;
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let value = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)?;
    set(what, "", 0);
    Some(value)
}

fn request() -> Option<HeaderMap> {
    use_context::<Parts>().map(|parts| parts.headers)
}

fn set(what: Kept, value: &str, seconds: u32) {
    let name = what.cookie();
    let is_encrypted = use_context::<Encrypted>().is_some_and(|Encrypted(is)| is);
    let secure = if is_encrypted { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path=/settings; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie),
    ) {
        response.append_header(header::SET_COOKIE, value);
    }
}
