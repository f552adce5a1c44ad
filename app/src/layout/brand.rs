//! The name and its mark.

use leptos::prelude::*;

/// Mark and word.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <span class="brand__mark" aria-hidden="true">
                <svg viewBox="0 0 14 14" width="14" height="14">
                    <path d="M3 11V7M7 11V3M11 11V6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>
                </svg>
            </span>
            <span class="brand__word">"Reportage"</span>
        </span>
    }
    .into_any()
}
