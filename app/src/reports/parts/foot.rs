//! What stands below the cards: how many there are, as of when, and the way to more.

use domain::CampaignFilter;
use leptos::prelude::*;

use super::{super::list::List, paging::Paging};
use crate::{layout::Trouble, number, routes::Route, session::Session};

/// The summary, and links to older and to the newest cards.
#[component]
pub(super) fn Foot(
    /// The list.
    list: List,
    /// Its pages.
    paging: Paging,
    /// The filters they were read with.
    filter: CampaignFilter,
    /// Where the second page begins: the link for browsers without scripts.
    next: Option<String>,
    /// Who looks at it.
    session: Session,
) -> impl IntoView {
    let more = paging.more;
    let summary = move || {
        let total = list.newest().map_or(0, |answer| answer.page.total);
        let updated = list
            .updated_at()
            .map(|at| format!(" · updated {}", session.clock_time(at)));
        format!(
            "{}{}",
            number::plural(total, "campaign", "campaigns"),
            updated.unwrap_or_default()
        )
    };
    let at_cursor = move |cursor| {
        Route::Campaigns(CampaignFilter {
            cursor,
            ..filter.clone()
        })
        .href()
    };
    let newest = at_cursor(None);
    let is_first_page = list.filter.with_untracked(|filter| filter.cursor.is_none());
    let newest =
        (!is_first_page).then(|| view! { <a class="button" href=newest>"Back to the newest"</a> });
    let href = next.map(|cursor| at_cursor(Some(cursor)));
    let older = move || {
        let href = href.clone()?;
        let has_more = paging.shown.with(|shown| shown.next_cursor.is_some());
        has_more.then(|| {
            view! {
                <a
                    class="button"
                    rel="next"
                    href=href
                    aria-disabled=move || more.pending().get().to_string()
                    on:click=move |event| {
                        event.prevent_default();
                        if !more.pending().get_untracked() {
                            more.dispatch(());
                        }
                    }
                >
                    {move || if more.pending().get() { "Loading…" } else { "Show older campaigns" }}
                </a>
            }
        })
    };
    let failed = move || paging.error.get().map(|error| view! { <Trouble error/> });
    view! {
        {failed}
        <div class="list__foot">
            <p class="list__summary">{summary}</p>
            {newest}
            {older}
        </div>
    }
    .into_any()
}
