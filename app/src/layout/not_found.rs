//! Nothing at this address.

use leptos::prelude::*;

use super::PageHeader;
use crate::routes::Route;
use domain::CampaignKind;

/// The page for an address that leads nowhere.
///
/// # On the server
/// Answers with 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer_not_found();
    view! {
        <PageHeader title="Nothing here"/>
        <div class="empty">
            <p class="empty__title">"There is no page at this address"</p>
            <p>"It may have been deleted, or the link may be incomplete."</p>
            <a class="button" href=Route::tab(CampaignKind::Messaging).href()>"Performance Reports"</a>
        </div>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub(crate) fn answer_not_found() {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}

#[cfg(not(feature = "ssr"))]
pub(crate) fn answer_not_found() {}
