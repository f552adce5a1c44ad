//! Each tab keeps its own filters while one looks at the other, and its place while one looks into a campaign.

use domain::{CampaignFilter, CampaignKind};
use leptos::prelude::*;

use super::{parts::Place, shown::Shown};

/// What a tab showed when it was left.
#[derive(Clone, Debug)]
pub(super) struct Left {
    /// With these filters.
    pub(super) filter: CampaignFilter,
    /// These cards.
    pub(super) shown: Shown,
    /// Here.
    pub(super) place: Option<Place>,
}

/// What is remembered from now until the document is left.
#[derive(Clone, Copy)]
pub(crate) struct TabMemory {
    filters: RwSignal<[CampaignFilter; 2]>,
    left: StoredValue<[Option<Left>; 2]>,
}

impl TabMemory {
    /// The filters a tab was left with.
    pub(crate) fn filters(self, kind: CampaignKind) -> CampaignFilter {
        self.filters.with(|filters| filters[index(kind)].clone())
    }

    /// Keeps what a tab shows.
    pub(super) fn leave(self, left: Left) {
        let at = index(left.filter.kind);
        self.left.update_value(|all| all[at] = Some(left));
    }

    /// What the tab showed when it was left, if it had the same filters.
    pub(super) fn left(self, filter: &CampaignFilter) -> Option<Left> {
        self.left
            .with_value(|all| all[index(filter.kind)].clone())
            .filter(|left| left.filter == *filter)
    }
}

/// Makes both tabs remembered.
pub(crate) fn provide_tab_memory() {
    provide_context(TabMemory {
        filters: RwSignal::new(CampaignKind::ALL.map(CampaignFilter::of_kind)),
        left: StoredValue::new([None, None]),
    });
}

/// What is remembered of both tabs.
#[must_use]
pub(crate) fn use_tab_memory() -> Option<TabMemory> {
    use_context()
}

/// The filters a tab was left with.
#[must_use]
pub(crate) fn remembered(kind: CampaignKind) -> CampaignFilter {
    use_tab_memory().map_or_else(
        || CampaignFilter::of_kind(kind),
        |memory| memory.filters(kind),
    )
}

/// Remembers the filters of the tab they are for, as they change.
///
/// # On the server
/// Nothing is remembered: the address says it all.
pub(super) fn remember(filter: Memo<CampaignFilter>) {
    let Some(memory) = use_tab_memory() else {
        return;
    };
    Effect::new(move |_| {
        let filter = filter.get();
        memory.filters.update(|filters| {
            let at = index(filter.kind);
            filters[at] = CampaignFilter {
                cursor: None,
                ..filter
            };
        });
    });
}

fn index(kind: CampaignKind) -> usize {
    match kind {
        CampaignKind::Messaging => 0,
        CampaignKind::Interactive => 1,
    }
}
