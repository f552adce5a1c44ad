//! One tab.

use std::collections::HashMap;

use domain::{
    CampaignFilter, CampaignKind,
    campaign::{CampaignCard, CampaignPage},
    live::{LiveChange, LiveScope},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    api::fetch,
    parts::{Cards, Filters, ListSkeleton, Tabs},
    tab_memory::remember,
};
use crate::{
    codec::Json,
    error::AppError,
    layout::PageHeader,
    live::use_live,
    routes::Route,
    session::use_session,
    ui::{Icon, IconName},
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The filters, as the address has them.
    pub(super) filter: Memo<CampaignFilter>,
    /// The page they give.
    pub(super) page: Resource<Result<CampaignPage, AppError>, Json>,
    /// Cards that changed since, by campaign id.
    pub(super) changed: RwSignal<HashMap<String, CampaignCard>>,
    /// When the live stream last spoke, RFC 3339.
    pub(super) updated_at: RwSignal<Option<String>>,
}

impl List {
    /// The page, once it is there. Read it under a `Transition` only.
    pub(super) fn loaded(self) -> Option<CampaignPage> {
        self.page.get().and_then(Result::ok)
    }
}

/// One tab of Performance Reports.
#[component]
pub fn CampaignsPage(
    /// Which.
    kind: CampaignKind,
) -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| CampaignFilter::from_params(kind, |name| query.get_str(name)))
    });
    let list = List {
        filter,
        page: Resource::new_with_options(move || filter.get(), fetch, false),
        changed: RwSignal::new(HashMap::new()),
        updated_at: RwSignal::new(None),
    };
    remember(filter);
    follow_live(list);
    let pending = follow_pending(list);
    let may_create = use_session().is_some_and(|session| session.may(Role::Editor));
    let actions = move || {
        may_create.then(|| {
            view! {
                <a class="button button--primary" href=Route::NewCampaign(kind).href() data-shortcut="new">
                    <Icon name=IconName::Plus/>"New campaign"
                </a>
            }
        })
    };
    view! {
        <PageHeader title="Performance Reports" actions/>
        <Transition fallback=ListSkeleton>
            <Tabs list/>
            <Filters list/>
            <div class="list-frame" aria-busy=move || pending.get().to_string()>
                <Cards list/>
            </div>
        </Transition>
    }
    .into_any()
}

/// Whether the cards are those of other filters than the address has. Not what the transition says of itself:
/// after hydration that may stay on, and the list with it dim.
///
/// # On the server
/// Never: effects run in browsers.
fn follow_pending(list: List) -> RwSignal<bool> {
    let pending = RwSignal::new(false);
    Effect::watch(
        move || list.filter.get(),
        move |_, _, _| pending.set(true),
        false,
    );
    Effect::new(move |_| {
        list.page.track();
        pending.set(false);
    });
    pending
}

/// Listens to the live stream from the version of the first page on.
///
/// # On the server
/// Nothing: effects run in browsers.
fn follow_live(list: List) {
    let owner = Owner::current();
    let live = RwSignal::new(None::<Signal<Option<LiveChange>>>);
    Effect::new(move |_| {
        if live.with_untracked(Option::is_some) {
            return;
        }
        if let (Some(page), Some(owner)) = (list.loaded(), owner.as_ref()) {
            live.set(Some(
                owner.with(|| use_live(LiveScope::Workspace, page.version)),
            ));
        }
    });
    Effect::new(move |_| {
        let Some(change) = live.get().and_then(|live| live.get()) else {
            return;
        };
        list.updated_at.set(Some(change.at));
        if change.cards.is_empty() {
            list.changed.set(HashMap::new());
            list.page.refetch();
            return;
        }
        list.changed.update(|changed| {
            changed.extend(
                change
                    .cards
                    .into_iter()
                    .map(|card| (card.campaign.id.clone(), card)),
            );
        });
    });
}
