//! The page behind `/contacts`.

use domain::user::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    api::{Block, CreateList, DeleteList, Shown, Unblock, load_contacts},
    params::{ContactsParams, Tab},
    parts::{Blocklist, BlocklistFinder, Imports, Lists, NewList, People, PeopleFinder},
};
use crate::{
    codec::Json,
    error::AppError,
    layout::{PageHeader, Trouble},
    routes::Route,
    session::use_session,
    ui::{Deed, Icon, IconName},
};

/// Asks for what the tab shows.
pub(super) type Question = Resource<Result<Shown, AppError>, Json>;

/// What can be done on this page.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) create_list: Deed,
    pub(super) delete_list: Deed,
    pub(super) block: Deed,
    pub(super) unblock: Deed,
}

impl Deeds {
    fn new() -> Self {
        Self {
            create_list: Deed::of::<CreateList>(),
            delete_list: Deed::of::<DeleteList>(),
            block: Deed::of::<Block>(),
            unblock: Deed::of::<Unblock>(),
        }
    }

    /// Grows with each finished change.
    fn version(self) -> usize {
        [self.create_list, self.delete_list, self.block, self.unblock]
            .map(Deed::version)
            .into_iter()
            .sum()
    }
}

/// People, lists, the blocklist and imports.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let may_edit = session.may(Role::Editor);
    let query = use_query_map();
    let params =
        Memo::new(move |_| query.with(|query| ContactsParams::read(|name| query.get(name))));
    let tab = Memo::new(move |_| params.with(|params| params.tab));
    let deeds = Deeds::new();
    let question = Question::new_with_options(
        move || (params.get(), deeds.version()),
        move |(params, _)| load_contacts(params),
        true,
    );
    let actions = move || {
        may_edit.then(|| {
            view! {
                <a class="button" href=Route::NewImport.href()>"Import a file"</a>
                <a class="button button--accent" href=Route::NewContact.href() data-shortcut="new"><Icon name=IconName::Plus/>"New contact"</a>
            }
        })
    };
    let tabs = Tab::ALL
        .into_iter()
        // Whoever may not bring files in has none to see.
        .filter(|name| may_edit || *name != Tab::Imports)
        .map(|name| {
            view! {
                <a class="tab" href=ContactsParams::of_tab(name).href() aria-current=move || (tab.get() == name).then_some("page")>
                    {name.label()}
                </a>
            }
        })
        .collect_view();
    let above = move || match tab.get() {
        Tab::People => view! { <PeopleFinder params question/> }.into_any(),
        Tab::Lists => may_edit
            .then(|| view! { <NewList action=deeds.create_list/> })
            .into_any(),
        Tab::Blocklist => view! { <BlocklistFinder params deeds may_edit/> }.into_any(),
        Tab::Imports => ().into_any(),
    };
    view! {
        <PageHeader title="Contacts" actions/>
        <nav class="tabs" aria-label="Contacts">{tabs}</nav>
        {above}
        <Transition fallback=RowsSkeleton>
            {move || question.get().map(|answer| untrack(|| shown(answer, params, deeds)))}
        </Transition>
    }
    .into_any()
}

/// The answer, whatever tab it is of: while another is on its way, the one before stays.
fn shown(answer: Result<Shown, AppError>, params: Memo<ContactsParams>, deeds: Deeds) -> AnyView {
    match answer {
        Ok(Shown::People { counts, page, .. }) => view! { <People counts page params/> }.into_any(),
        Ok(Shown::Lists(lists)) => view! { <Lists lists action=deeds.delete_list/> }.into_any(),
        Ok(Shown::Blocklist(page)) => view! { <Blocklist page params deeds/> }.into_any(),
        Ok(Shown::Imports(imports)) => view! { <Imports imports/> }.into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    }
}

/// The shape of a table while it is read.
#[component]
fn RowsSkeleton() -> impl IntoView {
    view! {
        <div class="report-skeleton report-skeleton--rows" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading contacts"</p>
        </div>
    }
    .into_any()
}
