//! One tab.

use chrono::NaiveDate;
use domain::{CampaignFilter, CampaignKind, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    api::fetch,
    follow::follow_live,
    list::{List, Question},
    parts::{Cards, Filters, ListSkeleton, Tabs},
    tab_memory::remember,
};
use crate::{
    layout::PageHeader,
    routes::Route,
    session::{use_server_clock, use_session},
    ui::{Icon, IconName},
};

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
    let question = Question::new_with_options(
        move || filter.get(),
        |filter| async move { (filter.clone(), fetch(filter).await) },
        false,
    );
    remember(filter);
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
            <Loaded filter question/>
        </Transition>
    }
    .into_any()
}

#[component]
fn Loaded(filter: Memo<CampaignFilter>, question: Question) -> impl IntoView {
    let (Some(session), Some(clock)) = (use_session(), use_server_clock()) else {
        return ().into_any();
    };
    let today: Memo<NaiveDate> = clock.today();
    let list = List::new(filter, question, today);
    follow_live(list, session);
    // Whether the cards are those of other filters than the address has. Not what the transition says of itself:
    // after hydration that may stay on, and the list with it dim.
    let is_pending = move || {
        let filter = list.filter.get();
        list.held
            .with(|held| held.filter.as_ref().is_some_and(|held| *held != filter))
    };
    // Which list that is: tests wait for the one of the address.
    let of = move || {
        let filter = list.held.with(|held| held.filter.clone());
        filter.map(|filter| Route::Campaigns(filter).href())
    };
    view! {
        <Tabs list/>
        <Filters list/>
        <div class="list-frame" aria-busy=move || is_pending().to_string() data-of=of>
            <Cards list/>
        </div>
    }
    .into_any()
}
