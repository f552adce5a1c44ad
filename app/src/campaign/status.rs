//! A status: always a word and a dot.

use domain::CampaignStatus;
use leptos::prelude::*;

/// Class that gives a status its colour.
#[must_use]
pub fn status_class(status: CampaignStatus) -> &'static str {
    match status {
        CampaignStatus::Completed => "tone--ok",
        CampaignStatus::Live => "tone--live",
        CampaignStatus::InProgress | CampaignStatus::Processing => "tone--run",
        CampaignStatus::Scheduled => "tone--plan",
        CampaignStatus::Pending => "tone--wait",
        CampaignStatus::Draft => "tone--draft",
    }
}

/// A status as a pill.
#[component]
pub fn StatusPill(
    /// Which.
    #[prop(into)]
    status: Signal<CampaignStatus>,
) -> impl IntoView {
    view! {
        <span class=move || format!("pill {}", status_class(status.get()))>
            <i class="pill__dot" aria-hidden="true"></i>
            <span>{move || status.get().label()}</span>
        </span>
    }
    .into_any()
}
