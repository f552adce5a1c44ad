//! The page where a browser subscribes. What it shows is chosen by `push.js`, by the state of the browser.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use domain::Refusal;
use serde_json::json;

use super::account;
use crate::{
    http::{openapi::escape, problem::Problem},
    state::AppState,
};

/// Our own script and the worker it registers; nothing else runs.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; \
                      font-src 'self'; img-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page.
pub(super) async fn show(
    State(state): State<AppState>,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let name = sender(&state, &key).await?;
    let mut response = Html(document(&key, &name)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What makes the page an app on a home screen: iPhones take notifications from no other page.
pub(super) async fn manifest(
    State(state): State<AppState>,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let name = sender(&state, &key).await?;
    let page = format!("/push/{key}");
    let body = json!({
        "name": name,
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "icons": [{ "src": "/favicon.svg", "type": "image/svg+xml", "sizes": "any" }],
    });
    let kind = [(header::CONTENT_TYPE, "application/manifest+json")];
    Ok((kind, body.to_string()).into_response())
}

/// Who sends: the workspace by its name.
async fn sender(state: &AppState, key: &str) -> Result<String, Problem> {
    // Keys are letters and digits; what isn't one never reaches the page.
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::not_found("subscription page").into());
    }
    let (account, _) = account(state, key).await?;
    Ok(state.store.workspace(account.workspace).await?.name)
}

/// What is hidden is in elements without a style: those of ours set `display`, which shows a hidden one.
fn document(key: &str, name: &str) -> String {
    let title = format!("Notifications from {}", escape(name));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="/pkg/reportage.css">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="manifest" href="/push/{key}/app.webmanifest">
<script src="/push.js" defer></script>
</head>
<body>
<main class="door" data-push="/push/{key}">
<h1>{title}</h1>
<noscript><p class="door__lead">Notifications need JavaScript. Turn it on for this page and load it again.</p></noscript>
<div aria-live="polite">
<div data-when="busy" hidden><p class="door__lead">One moment…</p></div>
<div data-when="unsupported" hidden><p class="notice notice--info">This browser takes no notifications from this page. On
an iPhone or iPad, add the page to the Home Screen and open it from there.</p></div>
<div data-when="denied" hidden><p class="notice notice--bad">This browser blocks notifications of this page. Allow them in
its settings, then load the page again.</p></div>
<div data-when="subscribed" hidden><p class="notice notice--good">This browser gets notifications.</p></div>
<div data-when="failed" hidden><p class="notice notice--bad" data-why></p></div>
</div>
<div data-when="unsubscribed" hidden>
<form class="form">
<label class="field">
<span class="field__label">Your name</span>
<input class="input" name="name" maxlength="200" autocomplete="name">
<span class="field__hint">If you like to be greeted by it</span>
</label>
<button class="button button--accent button--wide">Get notifications</button>
</form>
</div>
<div data-when="subscribed" hidden>
<button type="button" class="button button--wide" data-leave>Stop notifications</button>
</div>
<div data-when="failed" hidden>
<button type="button" class="button button--wide" data-again>Try again</button>
</div>
</main>
</body>
</html>
"#
    )
}
