//! The two tabs, with how many campaigns each has.

use domain::{CampaignFilter, CampaignKind};
use leptos::prelude::*;

use super::super::{
    page::List,
    tab_memory::remembered,
    view_model::{tab_label, tab_total},
};
use crate::{number, routes::Route};

/// Links to the tabs.
#[component]
pub(in crate::reports) fn Tabs(list: List) -> impl IntoView {
    let tab = move |kind: CampaignKind| {
        let current = list.filter.with_untracked(|filter| filter.kind) == kind;
        // The tab one is in leads to itself without filters.
        let href = move || {
            let filter = if current {
                CampaignFilter::of_kind(kind)
            } else {
                remembered(kind)
            };
            Route::Campaigns(filter).href()
        };
        view! {
            <a class="tab" href=href aria-current=current.then_some("page")>
                {tab_label(kind)}
                <span class="tab__count">
                    {move || list.loaded().map(|page| number::count(tab_total(&page, kind)))}
                </span>
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="tabs" aria-label="Kinds of campaigns">
            {CampaignKind::ALL.map(tab).collect_view()}
        </nav>
    }
    .into_any()
}
