//! The two tabs, with how many campaigns each has.

use domain::{CampaignFilter, CampaignKind};
use leptos::{html::Nav, prelude::*};

use super::super::{
    list::List,
    tab_memory::remembered,
    view_model::{tab_label, tab_total},
};
use crate::{number, routes::Route, ui::roving};

/// Links to the tabs; arrows, Home and End move between them.
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
                    {move || list.newest().map(|answer| number::count(tab_total(&answer.page, kind)))}
                </span>
            </a>
        }
        .into_any()
    };
    let node = NodeRef::<Nav>::new();
    view! {
        <nav
            class="tabs"
            aria-label="Kinds of campaigns"
            node_ref=node
            on:keydown=move |event| roving::move_along(&event, node, "a", roving::SIDEWAYS)
        >
            {CampaignKind::ALL.map(tab).collect_view()}
        </nav>
    }
    .into_any()
}
