//! What Amazon SNS has us fetch: its signing certificate, and the address that confirms a subscription.
//!
//! Which addresses may be fetched is decided by [`carrier::hook`]; here they are fetched, without following anywhere.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use ::http::{Method, StatusCode};
use carrier::{
    Settings,
    hook::{self, Incoming},
    send::http,
};
use domain::carrier::Protocol;

use crate::{http::problem::Problem, state::AppState};

/// Largest certificate taken.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;
/// Certificates kept; Amazon has one per region and year.
const KEPT_MAX: usize = 64;

/// Certificates by address. They are public, and their addresses name their contents.
static KEPT: Mutex<Option<HashMap<String, String>>> = Mutex::new(None);

/// The settings with the certificate that the request is signed with, where its protocol has one.
pub(super) async fn added(
    state: &AppState,
    protocol: Protocol,
    settings: Settings,
    request: &Incoming<'_>,
) -> Result<Settings, Problem> {
    let Some(url) = hook::certificate_url(protocol, &settings, request) else {
        return Ok(settings);
    };
    if let Some(pem) = kept(&url) {
        return Ok(settings.with(hook::CERTIFICATE, pem));
    }
    let pem = fetch(state, &url).await?;
    keep(url, pem.clone());
    Ok(settings.with(hook::CERTIFICATE, pem))
}

/// Confirms a subscription.
pub(super) async fn confirm(state: &AppState, url: &str) -> Result<(), Problem> {
    fetch(state, url).await.map(drop)
}

async fn fetch(state: &AppState, url: &str) -> Result<String, Problem> {
    let failed = || {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "upstream")
            .detail("What the request names could not be fetched.")
    };
    let client = http::client(state.carriers.network()).map_err(|_| failed())?;
    let request = client.request(Method::GET, url).map_err(|_| failed())?;
    let answer = client.send(request).await.map_err(|_| failed())?;
    if !answer.status.is_success() || answer.body.len() > CERTIFICATE_BYTES_MAX {
        return Err(failed());
    }
    String::from_utf8(answer.body).map_err(|_| failed())
}

fn kept(url: &str) -> Option<String> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref()?.get(url).cloned()
}

fn keep(url: String, pem: String) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(url, pem);
}
