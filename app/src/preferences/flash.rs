//! A value for the next page only, for browsers without scripts: their form's answer is a redirect, which
//! can't carry a secret in its address. A cookie that lives a minute does, and is gone once read.

use http::{HeaderMap, HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const NAME: &str = "reportage_flash";

/// Whether browsers reach the server encrypted: cookies then travel no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encrypted(pub bool);

/// Keeps a value for the next page if the request came from a plain form.
pub(super) fn put(value: &str) {
    let is_plain_form = request().is_some_and(|headers| {
        headers
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.contains("text/html"))
    });
    if is_plain_form {
        set(value, 60);
    }
}

/// Takes the value out, if there is one.
pub(super) fn take() -> Option<String> {
    let headers = request()?;
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let value = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .map(str::to_owned)?;
    set("", 0);
    Some(value)
}

fn request() -> Option<HeaderMap> {
    use_context::<Parts>().map(|parts| parts.headers)
}

fn set(value: &str, seconds: u32) {
    let is_encrypted = use_context::<Encrypted>().is_some_and(|Encrypted(is)| is);
    let secure = if is_encrypted { "; Secure" } else { "" };
    let cookie = format!(
        "{NAME}={value}; Path=/settings; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie),
    ) {
        response.append_header(header::SET_COOKIE, value);
    }
}
