//! Pages and server functions.

use std::sync::Arc;

use app::{
    App,
    backend::Backend,
    chart::EchartsPath,
    later::{LaterPaths, Part},
    preferences::Encrypted,
    shell,
    ui::Returned,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::from_fn_with_state,
};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};

use super::{
    assets,
    form_body::FORM_BYTES_MAX,
    functions::{FUNCTIONS, in_their_status},
    security,
};
use crate::{auth::Signed, backend::RequestBackend, state::AppState};

/// Pages rendered by Leptos, and the server functions behind them. Any other path shows the application's
/// own page for what doesn't exist.
pub fn routes(state: &AppState) -> Router<AppState> {
    let document = state.leptos.as_ref().clone();
    let missing = document.clone();
    let context = context(state.clone());
    let fallback = leptos_axum::render_app_to_stream_with_context(context.clone(), move || {
        shell(missing.clone())
    });
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), context, move || {
            shell(document.clone())
        })
        .fallback(fallback)
        .layer(from_fn_with_state(state.clone(), in_their_status))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// What every page and server function finds in its context: the server, bound to whoever is asking.
pub(super) fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let parts = use_context::<Parts>();
        let signed = parts
            .as_ref()
            .and_then(|parts| parts.extensions.get::<Signed>().cloned());
        // No server function is for strangers, whatever they send it.
        let path = parts.as_ref().map_or("", |parts| parts.uri.path());
        let is_function = path.starts_with(FUNCTIONS);
        let is_stranger = is_function && signed.is_none();
        if let Some(part) = Part::of(path) {
            provide_context(LaterPaths(assets::later_paths(part)));
        }
        // A page that answers a form.
        let returned = parts
            .as_ref()
            .and_then(|parts| parts.extensions.get::<Returned>());
        if let Some(returned) = returned {
            provide_context(returned.clone());
        }
        let backend: Arc<dyn Backend> = Arc::new(RequestBackend::new(state.clone(), signed));
        provide_context(backend);
        provide_context(EchartsPath(assets::echarts_path()));
        provide_context(Encrypted(state.settings.base_url.is_https()));
        let Some(response) = use_context::<ResponseOptions>() else {
            return;
        };
        if is_stranger {
            response.set_status(StatusCode::UNAUTHORIZED);
        }
        // Pages show what only this person may see.
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Server functions have no nonce: they are no pages.
        let policy = use_nonce().map(|nonce| security::page_policy(&nonce));
        if let Some(policy) = policy.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
