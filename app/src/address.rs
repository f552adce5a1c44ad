//! Where this server is reached.

use leptos::prelude::use_context;

/// Where the request was sent to, as far as it says so itself.
#[must_use]
pub(crate) fn address() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = |name: &str| {
        parts
            .as_ref()
            .and_then(|parts| parts.headers.get(name)?.to_str().ok().map(str::to_owned))
    };
    let scheme = header("x-forwarded-proto").filter(|scheme| scheme == "https");
    let host = header("host").unwrap_or_else(|| "localhost".to_owned());
    format!("{}://{host}", scheme.as_deref().unwrap_or("http"))
}
