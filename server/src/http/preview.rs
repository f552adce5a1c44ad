//! `/campaigns/{id}/preview/{variant}`: the HTML of an e-mail, for a frame inside a page.
//!
//! What a marketer pastes may hold anything. It is shown from an address of its own, whose policy is a sandbox: no
//! script, no form, no origin, so that it can neither act as whoever looks at it nor read the page around it.

use app::{backend::SendingBackend, error::AppError};
use axum::{
    Extension, Router,
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde::Deserialize;

use crate::{auth::Signed, backend::RequestBackend, state::AppState};

/// Pictures and styles as in a mail program, and nothing else.
const POLICY: &str = "sandbox; default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; \
    font-src https:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// The route.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/campaigns/{id}/preview/{variant}", get(show))
}

/// What is to be seen beside the mail itself.
#[derive(Deserialize)]
struct Wish {
    /// The clicks on each link, once it was sent.
    #[serde(default)]
    clicks: u8,
}

async fn show(
    State(state): State<AppState>,
    Path((id, variant)): Path<(String, String)>,
    Query(wish): Query<Wish>,
    signed: Option<Extension<Signed>>,
) -> Response {
    let backend = RequestBackend::new(state, signed.map(|Extension(signed)| signed));
    let html = if wish.clicks == 0 {
        let previews = backend.previews(id).await;
        previews.map(|all| {
            let wanted = all.into_iter().find(|preview| preview.variant == variant);
            wanted.map(|preview| preview.html)
        })
    } else {
        backend.click_map(id, variant).await
    };
    match html {
        Ok(Some(html)) => {
            let headers = [
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, Html(html)).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(AppError::Refused(refusal)) => StatusCode::from_u16(refusal.http_status())
            .unwrap_or(StatusCode::CONFLICT)
            .into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_can_do_nothing() {
        assert!(POLICY.starts_with("sandbox;"));
        for right in [
            "allow-scripts",
            "allow-same-origin",
            "allow-forms",
            "allow-top-navigation",
        ] {
            assert!(!POLICY.contains(right));
        }
    }
}
