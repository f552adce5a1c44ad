//! The shape of the details while they are read.

use leptos::prelude::*;

/// A heading and two panels without words. It stays invisible for a moment, so that quick answers don't blink.
#[component]
pub(in crate::details) fn DetailsSkeleton() -> impl IntoView {
    let panel = |lines: usize| {
        let bones = (0..lines)
            .map(|_| view! { <span class="bone bone--long"></span> })
            .collect_view();
        view! { <div class="panel" aria-hidden="true">{bones}</div> }
    };
    // No `PageHeader`: the document keeps its title until there is a campaign to name it by.
    view! {
        <div class="bones" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the campaign"</p>
            <header class="head"><div class="head__text"><h1>"Details"</h1></div></header>
            <div class="details">
                <div class="details__main">{panel(4)} {panel(6)}</div>
                {panel(9)}
            </div>
        </div>
    }
    .into_any()
}
