//! The three filters and the search.

use domain::time::RangeChoice;
use leptos::prelude::*;

use super::super::{
    list::List,
    view_model::{is_filtered, params_without, status_options, type_options},
};
use crate::{
    routes::Route,
    session::use_session,
    ui::{CalendarSetting, DateRangeFilter, Icon, IconName, Menu, Search},
};

/// *Show*, *Campaign type*, *Status* and the search; they combine and stand in the address.
#[component]
pub(in crate::reports) fn Filters(list: List) -> impl IntoView {
    let filter = list.filter;
    let kind = filter.with_untracked(|filter| filter.kind);
    let setting = use_session().map(|session| {
        Signal::derive(move || CalendarSetting {
            today: list.today.get(),
            week_start: session.week_start(),
            zone: session.zone.name.clone(),
        })
    });
    let path = Signal::stored(Route::tab(kind).href());
    let range = setting.map(|setting| {
        let value = Signal::derive(move || filter.with(|filter| filter.range));
        let keep = Signal::derive(move || filter.with(|filter| params_without(filter, "range")));
        view! {
            <DateRangeFilter label="Show" value default=RangeChoice::default() all="All" action=path keep setting/>
        }
    });
    let type_name = Signal::derive(move || {
        filter.with(|f| f.campaign_type.map_or("All", |t| t.label()).to_owned())
    });
    let status_name =
        Signal::derive(move || filter.with(|f| f.status.map_or("All", |s| s.label()).to_owned()));
    // A menu is made anew only when it says something else: one in it keeps the keyboard.
    let types = Memo::new(move |_| {
        let answer = list.newest();
        filter.with(|f| type_options(f, answer.as_ref().map(|answer| &answer.page)))
    });
    let statuses = Memo::new(move |_| {
        let answer = list.newest();
        filter.with(|f| status_options(f, answer.as_ref().map(|answer| &answer.page)))
    });
    let query = Signal::derive(move || filter.with(|filter| filter.query.clone()));
    let keep_for_search = Signal::derive(move || filter.with(|f| params_without(f, "q")));
    let clear = move || {
        filter.with(is_filtered).then(|| {
            view! {
                <a class="button button--quiet" href=Route::tab(kind).href()>
                    <Icon name=IconName::Close/>"Clear"
                </a>
            }
        })
    };
    view! {
        <div class="filters">
            {range}
            <Menu
                id="type"
                label="Campaign type"
                value=type_name
                is_set=Signal::derive(move || filter.with(|f| f.campaign_type.is_some()))
                options=types
            />
            <Menu
                id="status"
                label="Status"
                value=status_name
                is_set=Signal::derive(move || filter.with(|f| f.status.is_some()))
                options=statuses
            />
            {clear}
            <Search label="Search name or number" action=path keep=keep_for_search value=query/>
        </div>
    }
    .into_any()
}
