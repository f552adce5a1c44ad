//! The list itself: pages of cards, one after the other.

use domain::{
    CampaignFilter,
    campaign::{CampaignCard, CampaignPage},
};
use leptos::{ev, prelude::*};

use super::{
    super::{api::fetch, page::List, view_model::belongs},
    card::Card,
    states::{Failed, NoCampaigns},
};
use crate::{
    campaign::ChangeStatus,
    error::AppError,
    number,
    routes::Route,
    session::{Session, use_session},
    ui::{Deed, Icon, IconName, Notice, Tone},
};

/// Pixels left below the window at which the next page is fetched.
const AHEAD_PX: f64 = 900.0;

/// Pages after the first, for the filters they were fetched with.
#[derive(Clone, Debug, Default, PartialEq)]
struct Further {
    filter: CampaignFilter,
    cards: Vec<CampaignCard>,
    next_cursor: Option<String>,
    error: Option<AppError>,
}

/// The cards, or why there are none.
#[component]
pub(in crate::reports) fn Cards(list: List) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let pause = Deed::of::<ChangeStatus>();
    let failed = move || match pause.answer() {
        Some(Err(error)) => Some(view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> }),
        _ => None,
    };
    // The live stream says so too, where there is one.
    Effect::new(move |_| {
        if let Some(Ok(())) = pause.answer() {
            list.page.refetch();
        }
    });
    let content = move || {
        let session = session.clone();
        match list.page.get() {
            None => ().into_any(),
            Some(Err(error)) => view! { <Failed list error/> }.into_any(),
            Some(Ok(page)) if page.cards.is_empty() => {
                view! { <NoCampaigns list page session/> }.into_any()
            }
            Some(Ok(page)) => view! { <Pages list page session pause/> }.into_any(),
        }
    };
    view! { {failed} {content} }.into_any()
}

#[component]
fn Pages(list: List, page: CampaignPage, session: Session, pause: Deed) -> impl IntoView {
    let filter = list.filter.get_untracked();
    let further = RwSignal::new(Further {
        filter: filter.clone(),
        next_cursor: page.next_cursor.clone(),
        ..Further::default()
    });
    let more = Action::new(move |(): &()| async move {
        let Further {
            filter,
            next_cursor,
            ..
        } = further.get_untracked();
        if next_cursor.is_none() {
            return;
        }
        let answer = fetch(CampaignFilter {
            cursor: next_cursor,
            ..filter
        })
        .await;
        // The list may have been left while the answer was under way.
        let _ = further.try_update(|further| match answer {
            Ok(page) => {
                further.cards.extend(page.cards);
                further.next_cursor = page.next_cursor;
                further.error = None;
            }
            Err(error) => further.error = Some(error),
        });
    });
    fetch_ahead(further, more);

    let top = page.cards.first().map(|card| card.campaign.created_at);
    let is_first_page = filter.cursor.is_none();
    let total = page.total;
    let next = page.next_cursor.clone();
    let first = page.cards.clone();
    let cards = move || {
        let mut cards = first.clone();
        further.with(|further| cards.extend_from_slice(&further.cards));
        cards
    };
    let newer = {
        let (session, filter) = (session.clone(), filter.clone());
        Memo::new(move |_| {
            list.changed.with(|changed| {
                let is_new = |card: &&CampaignCard| {
                    top.is_some_and(|top| card.campaign.created_at > top)
                        && belongs(&card.campaign, &filter, &session)
                };
                if is_first_page {
                    changed.values().filter(is_new).count() as u64
                } else {
                    0
                }
            })
        })
    };
    let summary = {
        let zone = session.zone.clone();
        move || {
            let updated = list
                .updated_at
                .get()
                .and_then(|at| at.parse().ok())
                .map(|at| format!(" · updated {}", zone.local(at).format("%H:%M:%S")));
            format!(
                "{}{}",
                number::plural(total, "campaign", "campaigns"),
                updated.unwrap_or_default()
            )
        }
    };
    let older = {
        let filter = filter.clone();
        let href = next.clone().map(|cursor| {
            Route::Campaigns(CampaignFilter {
                cursor: Some(cursor),
                ..filter
            })
            .href()
        });
        move || {
            let href = href.clone()?;
            further.with(|further| further.next_cursor.is_some()).then(|| {
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
        }
    };
    let newest = (!is_first_page).then(|| {
        let href = Route::Campaigns(CampaignFilter {
            cursor: None,
            ..filter
        })
        .href();
        view! { <a class="button" href=href>"Back to the newest"</a> }
    });
    let failed = move || {
        further
            .with(|f| f.error.clone())
            .map(|error| view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> })
    };
    view! {
        {move || (newer.get() > 0).then(|| view! {
            <button type="button" class="button button--accent list__newer" on:click=move |_| list.page.refetch()>
                <Icon name=IconName::Plus/>
                {move || format!("Show {}", number::plural(newer.get(), "new campaign", "new campaigns"))}
            </button>
        })}
        <ul class=format!("list list--{}", filter.kind) aria-label="Campaigns">
            <For
                each=cards
                key=|card| (card.campaign.id.clone(), card.campaign.version)
                children=move |card| view! { <Card card list session=session.clone() pause/> }
            />
        </ul>
        {failed}
        <div class="list__foot">
            <p class="list__summary">{summary}</p>
            {newest}
            {older}
        </div>
    }
    .into_any()
}

/// Fetches the next page before the end of the last one is reached.
///
/// # On the server
/// Nothing: there the next page is a link.
fn fetch_ahead(further: RwSignal<Further>, more: Action<(), ()>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::scroll, move |_| {
            let is_end = further.with_untracked(|f| f.next_cursor.is_none() || f.error.is_some());
            if !is_end && !more.pending().get_untracked() && pixels_below() < AHEAD_PX {
                more.dispatch(());
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn pixels_below() -> f64 {
    let page = document()
        .document_element()
        .map_or(0.0, |root| f64::from(root.scroll_height()));
    let number = |value: Result<f64, _>| value.unwrap_or_default();
    let window = window();
    let height = window
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or_default();
    page - number(window.scroll_y()) - height
}
