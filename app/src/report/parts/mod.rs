//! Elements of a report.

mod arms;
mod breakdown;
mod definition;
mod frame;
mod head;
mod history;
mod interactive;
mod kpi_strip;
mod links;
mod overview;
mod performance;
mod positions;
mod recipients;
mod sent;
mod states;
mod switches;
mod uplift;

pub(super) use frame::Frame;
pub(super) use states::{ReportFailed, ReportSkeleton};

use std::sync::Arc;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{answer::ReportAnswer, params::ReportParams};
use crate::{chart::Source, codec::Json};

/// Asks once more for what could not be had, or for something newer.
#[derive(Clone, Copy)]
pub(super) struct Retry {
    /// Asks.
    pub(super) run: Callback<()>,
    /// Whether the answer is still awaited.
    pub(super) is_trying: Signal<bool>,
}

impl Retry {
    /// Asks a resource again.
    pub(super) fn of<T>(answer: Resource<T, Json>) -> Self
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let is_trying = RwSignal::new(false);
        Effect::new(move |_| {
            // Any answer ends the attempt, the same error as before included.
            answer.track();
            is_trying.set(false);
        });
        let run = Callback::new(move |()| {
            is_trying.set(true);
            answer.refetch();
        });
        Self {
            run,
            is_trying: is_trying.into(),
        }
    }
}

/// What every part is given.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// The newest answer.
    pub(super) answer: Signal<Arc<ReportAnswer>>,
    /// State of the page.
    pub(super) params: Memo<ReportParams>,
    /// Asks for a newer answer.
    pub(super) retry: Retry,
}

impl Shown {
    /// Something derived from the answer, computed again only when the answer is new.
    pub(super) fn derive<T: PartialEq + Send + Sync + 'static>(
        self,
        make: impl Fn(&ReportAnswer) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.answer.with(|answer| make(answer)))
    }

    /// Link to the page with one thing changed.
    pub(super) fn href(self, change: impl FnOnce(&mut ReportParams)) -> String {
        link(self.params, change)
    }

    /// What its charts are of: campaign and days, for their files.
    pub(super) fn source(self) -> Signal<Source> {
        let source = self.derive(|answer| {
            let range = &answer.report.range;
            let days = range.from.zip(range.to);
            Source {
                about: format!("Campaign {}", answer.card.campaign.number),
                span: days.map_or_else(String::new, |(from, to)| format!("{from}..{to}")),
            }
        });
        source.into()
    }
}

/// Link to the page in another state.
fn link(params: Memo<ReportParams>, change: impl FnOnce(&mut ReportParams)) -> String {
    let mut params = params.get();
    change(&mut params);
    // Relative to the page: an empty query must be said, or the link would keep the one at hand.
    let query = crate::routes::with_query("", &params.to_params());
    if query.is_empty() {
        "?".to_owned()
    } else {
        query
    }
}
