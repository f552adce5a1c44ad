//! Pages of cards, one below the other, kept in place while the first is read anew.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    CampaignFilter,
    campaign::{CampaignCard, CampaignPage},
};
use leptos::{ev, prelude::*};

use super::{
    super::{
        api::{ListAnswer, fetch},
        list::List,
        shown::Shown,
        tab_memory::{Left, use_tab_memory},
    },
    place::Place,
};
use crate::{error::AppError, layout::use_arrival, live::Throttle};

/// Pixels left below the window at which the next page is fetched.
const AHEAD_PX: f64 = 900.0;
/// The pages below the first are read again no faster than this: there may be many.
const REREAD_EVERY: Duration = Duration::from_secs(5);

/// The pages of one list.
#[derive(Clone, Copy)]
pub(super) struct Paging {
    /// The cards.
    pub(super) shown: RwSignal<Shown>,
    /// Fetches the next page.
    pub(super) more: Action<(), ()>,
    /// Why the next page is missing.
    pub(super) error: RwSignal<Option<AppError>>,
    list: List,
    filter: StoredValue<CampaignFilter>,
    /// Where one was when the window last moved.
    place: StoredValue<Option<Place>>,
}

/// The pages from `first` on. One who comes back finds as many as they left, and themselves where they were.
///
/// # On the server
/// The first page alone; the next is a link.
pub(super) fn use_paging(list: List, filter: CampaignFilter, first: Arc<ListAnswer>) -> Paging {
    let left = use_arrival()
        .filter(|arrival| arrival.take_return())
        .and_then(|_| use_tab_memory()?.left(&filter));
    let mut start = left
        .as_ref()
        .map_or_else(Shown::default, |left| left.shown.clone());
    start.renew(&first.page);

    let shown = RwSignal::new(start);
    let error = RwSignal::new(None);
    let filter = StoredValue::new(filter);
    let more = Action::new(move |(): &()| async move {
        let cursor = shown.with_untracked(|shown| shown.next_cursor.clone());
        let Some(cursor) = cursor else { return };
        let answer = fetch(at_cursor(filter, cursor)).await;
        // The list may have been left while the answer was under way.
        match answer {
            Ok(answer) => {
                let _ = shown.try_update(|shown| shown.extend(answer.page));
                error.try_set(None);
            }
            Err(cause) => {
                error.try_set(Some(cause));
            }
        }
    });
    let paging = Paging {
        shown,
        more,
        error,
        list,
        filter,
        place: StoredValue::new(left.as_ref().and_then(|left| left.place.clone())),
    };
    paging.follow_scrolling();
    let reread = Throttle::new(REREAD_EVERY, move || paging.read_further_anew());
    paging.follow_answers(first.at, reread);
    if let Some(left) = left {
        Effect::new(move |_| {
            reread.call();
            if let Some(place) = left.place.clone() {
                place.take_up();
            }
        });
    }
    paging
}

fn at_cursor(filter: StoredValue<CampaignFilter>, cursor: String) -> CampaignFilter {
    CampaignFilter {
        cursor: Some(cursor),
        ..filter.try_get_value().unwrap_or_default()
    }
}

impl Paging {
    /// Takes each newer answer in, where the cards stand.
    fn follow_answers(self, since: DateTime<Utc>, reread: Throttle) {
        let Self { list, filter, .. } = self;
        let newest = Memo::new(move |before: Option<&Option<Arc<ListAnswer>>>| {
            list.held.with(|held| {
                let is_ours = held.filter == filter.try_get_value();
                held.answer
                    .clone()
                    .filter(|_| is_ours)
                    .or_else(|| before.cloned().flatten())
            })
        });
        Effect::new(move |seen: Option<DateTime<Utc>>| {
            let seen = seen.unwrap_or(since);
            // By time, not by version: the same campaigns may be another list on another day.
            let Some(answer) = newest.get().filter(|answer| answer.at > seen) else {
                return seen;
            };
            self.refresh(|shown| shown.renew(&answer.page), &answer.page.cards);
            reread.call();
            answer.at
        });
    }

    /// Changes what is shown; cards that stay take up their newest version without being made anew.
    fn refresh(self, change: impl FnOnce(&mut Shown), cards: &[CampaignCard]) {
        let Some(newer) = self
            .shown
            .try_with_untracked(|shown| shown.outdated_by(cards))
        else {
            return;
        };
        self.list.hear(newer);
        let _ = self.shown.try_update(change);
    }

    /// Reads the pages below the first again, as many as there are: some of their cards may be gone.
    fn read_further_anew(self) {
        let (n_wanted, version) = self
            .shown
            .with_untracked(|shown| (shown.n_further(), shown.version));
        let first = self.list.held.with_untracked(|held| {
            let answer = held.answer.as_ref()?;
            answer.page.next_cursor.clone()
        });
        if n_wanted == 0 || first.is_none() {
            return;
        }
        leptos::task::spawn_local(async move {
            let mut read = CampaignPage {
                next_cursor: first,
                ..CampaignPage::default()
            };
            while let Some(cursor) = read.next_cursor.take() {
                // A page that can't be read leaves those that are there.
                let Ok(answer) = fetch(at_cursor(self.filter, cursor)).await else {
                    return;
                };
                read.cards.extend(answer.page.cards);
                read.next_cursor = answer.page.next_cursor;
                if read.cards.len() >= n_wanted {
                    break;
                }
            }
            // Only if the first page is still the one these follow, and the list was not left.
            let is_due = self
                .shown
                .try_with_untracked(|shown| shown.version == version);
            if is_due == Some(true) {
                let cards = read.cards.clone();
                self.refresh(
                    |shown| shown.replace_further(read.cards, read.next_cursor),
                    &cards,
                );
            }
        });
    }

    /// Fetches the next page before the end of the last one is reached, and remembers the place.
    fn follow_scrolling(self) {
        Effect::new(move |_| {
            let handle = window_event_listener(ev::scroll, move |_| {
                if let Some(place) = Place::now() {
                    self.place.try_set_value(Some(place));
                }
                let is_end = self.error.with_untracked(Option::is_some)
                    || self.shown.with_untracked(|s| s.next_cursor.is_none());
                if !is_end && !self.more.pending().get_untracked() && pixels_below() < AHEAD_PX {
                    self.more.dispatch(());
                }
            });
            on_cleanup(move || handle.remove());
        });
        let Some(memory) = use_tab_memory() else {
            return;
        };
        on_cleanup(move || {
            let left = (
                self.filter.try_get_value(),
                self.shown.try_get_untracked(),
                self.place.try_get_value(),
            );
            if let (Some(filter), Some(shown), Some(place)) = left {
                memory.leave(Left {
                    filter,
                    shown,
                    place,
                });
            }
        });
    }
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}

fn pixels_below() -> f64 {
    let page = document()
        .document_element()
        .map_or(0.0, |root| f64::from(root.scroll_height()));
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or_default();
    page - scrolled() - height
}
