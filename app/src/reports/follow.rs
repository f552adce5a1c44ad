//! The live stream of a list.

use domain::{
    campaign::CampaignCard,
    live::{LiveChange, LiveScope},
};
use leptos::prelude::*;

use super::{list::List, news::Counted, view_model::belongs};
use crate::{
    live::use_live,
    session::{Session, use_server_clock},
};

/// Listens to the live stream from the version of the first page on.
///
/// # On the server
/// Nothing: effects run in browsers.
pub(super) fn follow_live(list: List, session: Session) {
    let owner = Owner::current();
    let live = RwSignal::new(None::<Signal<Option<LiveChange>>>);
    let counted = StoredValue::new(Counted::default());
    let clock = use_server_clock();
    Effect::new(move |_| {
        let Some(answer) = list.held.with(|held| held.answer.clone()) else {
            return;
        };
        counted.update_value(|counted| counted.note(&answer.page.cards));
        if let Some(clock) = clock {
            clock.tell(answer.at);
        }
        if let (None, Some(owner)) = (live.get_untracked(), owner.as_ref()) {
            live.set(Some(
                owner.with(|| use_live(LiveScope::Workspace, answer.page.version)),
            ));
        }
    });
    Effect::new(move |_| {
        let Some(change) = live.get().and_then(|live| live.get()) else {
            return;
        };
        if let Ok(at) = change.at.parse() {
            list.heard_at.set(Some(at));
        }
        if change.cards.is_empty() {
            list.refresh.call();
            return;
        }
        let differs = counted.try_update_value(|counted| counted.would_differ(&change.cards));
        if comes_alive(list, &change.cards, &session) {
            list.refresh.call();
        } else if differs == Some(true) {
            list.recount.call_later();
        }
        list.hear(change.cards);
    });
    // A list of today is another one tomorrow.
    Effect::watch(
        move || list.today.get(),
        move |_, _, _| list.refresh.call(),
        false,
    );
}

/// Whether an empty list has its first card now: there is nothing one could be reading, so it comes unasked.
fn comes_alive(list: List, cards: &[CampaignCard], session: &Session) -> bool {
    let filter = list.filter.get_untracked();
    let today = list.today.get_untracked();
    let is_empty = list.held.with_untracked(|held| {
        let answer = held.answer.as_ref();
        held.filter.as_ref() == Some(&filter)
            && answer.is_some_and(|answer| answer.page.cards.is_empty())
    });
    is_empty
        && cards
            .iter()
            .any(|card| belongs(&card.campaign, &filter, session, today))
}
