//! Each tab keeps its own filters while one looks at the other.

use domain::{CampaignFilter, CampaignKind};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct TabMemory(RwSignal<[CampaignFilter; 2]>);

/// Makes both tabs remembered, from now until the page is left.
pub(crate) fn provide_tab_memory() {
    provide_context(TabMemory(RwSignal::new(
        CampaignKind::ALL.map(CampaignFilter::of_kind),
    )));
}

/// The filters a tab was left with.
pub(super) fn remembered(kind: CampaignKind) -> CampaignFilter {
    use_context::<TabMemory>().map_or_else(
        || CampaignFilter::of_kind(kind),
        |memory| memory.0.with(|filters| filters[index(kind)].clone()),
    )
}

/// Remembers the filters of the tab they are for, as they change.
///
/// # On the server
/// Nothing is remembered: the address says it all.
pub(super) fn remember(filter: Memo<CampaignFilter>) {
    let Some(memory) = use_context::<TabMemory>() else {
        return;
    };
    Effect::new(move |_| {
        let filter = filter.get();
        memory.0.update(|filters| {
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
