//! What the parts of a list share.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{CampaignFilter, campaign::CampaignCard};
use leptos::prelude::*;

use super::api::{ListAnswer, fetch};
use crate::{codec::Json, error::AppError, live::Throttle};

/// Whole lists are fetched anew no faster than this, however much happens.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// Counts are: they are read less closely, and each costs a query.
const RECOUNT_EVERY: Duration = Duration::from_secs(2);

/// What was asked, and the answer.
pub(super) type Asked = (CampaignFilter, Result<ListAnswer, AppError>);
/// Asks whenever the filters change.
pub(super) type Question = Resource<Asked, Json>;

/// The newest good answer to the newest filters, and the error when a later one was none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Held {
    /// None before the first answer.
    pub(super) filter: Option<CampaignFilter>,
    /// None when these filters were never answered.
    pub(super) answer: Option<Arc<ListAnswer>>,
    /// Why the last answer is missing.
    pub(super) error: Option<AppError>,
}

impl Held {
    fn after(before: Option<&Self>, asked: Option<Asked>) -> Self {
        let before = before.cloned().unwrap_or_default();
        match asked {
            None => before,
            Some((filter, Ok(answer))) => Self {
                filter: Some(filter),
                answer: Some(Arc::new(answer)),
                error: None,
            },
            // A list that can't be refreshed is still the list of its time.
            Some((filter, Err(error))) => Self {
                answer: before
                    .answer
                    .filter(|_| before.filter.as_ref() == Some(&filter)),
                filter: Some(filter),
                error: Some(error),
            },
        }
    }
}

/// One tab: its filters, its cards, and what happened to them since.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The filters, as the address has them.
    pub(super) filter: Memo<CampaignFilter>,
    /// Read it under a `Transition` only.
    pub(super) held: Memo<Held>,
    /// An answer that was asked for its counts alone.
    pub(super) counted: RwSignal<Held>,
    /// Cards that changed since, by campaign id.
    pub(super) changed: RwSignal<HashMap<String, CampaignCard>>,
    /// When the live stream last spoke.
    pub(super) heard_at: RwSignal<Option<DateTime<Utc>>>,
    /// Today in the workspace.
    pub(super) today: Memo<NaiveDate>,
    /// Fetches the list anew.
    pub(super) refresh: Throttle,
    /// Fetches its counts, and leaves the cards as they stand.
    pub(super) recount: Throttle,
}

impl List {
    /// The list behind a question. To be made under the `Transition` that waits for the question.
    pub(super) fn new(
        filter: Memo<CampaignFilter>,
        question: Question,
        today: Memo<NaiveDate>,
    ) -> Self {
        let counted = RwSignal::new(Held::default());
        let count = Action::new(move |(): &()| {
            let filter = filter.get_untracked();
            async move {
                if let Ok(answer) = fetch(filter.clone()).await {
                    // The list may have been left meanwhile.
                    counted.try_set(Held::after(None, Some((filter, Ok(answer)))));
                }
            }
        });
        Self {
            filter,
            held: Memo::new(move |before| Held::after(before, question.get())),
            counted,
            changed: RwSignal::new(HashMap::new()),
            heard_at: RwSignal::new(None),
            today,
            refresh: Throttle::new(REFRESH_EVERY, move || question.refetch()),
            recount: Throttle::new(RECOUNT_EVERY, move || {
                count.dispatch(());
            }),
        }
    }

    /// The newest answer: its counts are true, its cards may not be those shown.
    pub(super) fn newest(self) -> Option<Arc<ListAnswer>> {
        let (filter, held) = self
            .held
            .with(|held| (held.filter.clone(), held.answer.clone()));
        let counted = self
            .counted
            .with(|counted| counted.answer.clone().filter(|_| counted.filter == filter));
        match (held, counted) {
            (Some(held), Some(counted)) if counted.page.version > held.page.version => {
                Some(counted)
            }
            (held, _) => held,
        }
    }

    /// Time of the newest figure on the page.
    pub(super) fn updated_at(self) -> Option<DateTime<Utc>> {
        let read_at = self.newest().map(|answer| answer.at);
        read_at.max(self.heard_at.get())
    }

    /// Takes in cards in their newest version.
    pub(super) fn hear(self, cards: Vec<CampaignCard>) {
        if cards.is_empty() {
            return;
        }
        let _ = self.changed.try_update(|changed| {
            for card in cards {
                let held = changed.get(&card.campaign.id);
                if held.is_none_or(|held| held.campaign.version < card.campaign.version) {
                    changed.insert(card.campaign.id.clone(), card);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use domain::CampaignKind;

    use super::*;

    #[test]
    fn an_error_keeps_the_list_of_the_same_filters_alone() {
        let filter = CampaignFilter::default();
        let error = || Err(AppError::Transport);
        let first = Held::after(None, Some((filter.clone(), Ok(ListAnswer::default()))));
        assert!(first.answer.is_some() && first.error.is_none());

        let failed = Held::after(Some(&first), Some((filter, error())));
        assert_eq!(failed.answer, first.answer);
        assert_eq!(failed.error, Some(AppError::Transport));

        let other = CampaignFilter::of_kind(CampaignKind::Interactive);
        let elsewhere = Held::after(Some(&first), Some((other.clone(), error())));
        assert_eq!((elsewhere.answer, elsewhere.filter), (None, Some(other)));
        assert_eq!(Held::after(Some(&failed), None), failed);
    }
}
