//! Elements of a report.

mod breakdown;
mod definition;
mod frame;
mod head;
mod interactive;
mod kpi_strip;
mod links;
mod overview;
mod performance;
mod recipients;
mod states;
mod switches;

pub(super) use frame::Frame;
pub(super) use states::{ReportFailed, ReportSkeleton};

use std::sync::Arc;

use leptos::prelude::*;

use super::{answer::ReportAnswer, params::ReportParams};

/// What every part is given.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// The newest answer.
    pub(super) answer: Signal<Arc<ReportAnswer>>,
    /// State of the page.
    pub(super) params: Memo<ReportParams>,
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
        let mut params = self.params.get();
        change(&mut params);
        // Relative to the page: an empty query must be said, or the link would keep the one at hand.
        let query = crate::routes::with_query("", &params.to_params());
        if query.is_empty() {
            "?".to_owned()
        } else {
            query
        }
    }
}
