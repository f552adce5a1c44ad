//! The list itself, or why there is none.

use std::sync::Arc;

use domain::{CampaignFilter, campaign::CampaignPage};
use leptos::prelude::*;

use super::{
    super::{
        api::ListAnswer,
        list::{Held, List},
        news::News,
        view_model::tab_total,
    },
    card::Card,
    foot::Foot,
    paging::use_paging,
    states::{Failed, NoCampaigns},
};
use crate::{
    campaign::ChangeStatus,
    error::AppError,
    layout::Trouble,
    session::{Session, use_session},
    ui::{Deed, Icon, IconName},
};

/// What is there, as far as it needs other elements. Answers that only bring newer cards change nothing here.
#[derive(Clone, PartialEq)]
enum Shape {
    Waiting,
    Failed(AppError),
    Empty {
        filter: CampaignFilter,
        is_first: bool,
    },
    Pages(CampaignFilter),
}

impl Shape {
    fn of(held: &Held) -> Self {
        match (&held.filter, &held.answer, &held.error) {
            (Some(filter), Some(answer), _) => Self::of_page(filter, &answer.page),
            (_, None, Some(error)) => Self::Failed(error.clone()),
            _ => Self::Waiting,
        }
    }

    fn of_page(filter: &CampaignFilter, page: &CampaignPage) -> Self {
        let filter = filter.clone();
        if page.cards.is_empty() {
            let is_first = tab_total(page, filter.kind) == 0;
            return Self::Empty { filter, is_first };
        }
        Self::Pages(filter)
    }
}

/// The cards, or why there are none.
#[component]
pub(in crate::reports) fn Cards(list: List) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    // The live stream tells what pausing changed.
    let pause = Deed::of::<ChangeStatus>();
    let refused = move || {
        let error = pause.answer().and_then(Result::err);
        error.map(|error| view! { <Trouble error/> })
    };
    let outdated = Memo::new(move |_| {
        list.held
            .with(|held| held.error.clone().filter(|_| held.answer.is_some()))
    });
    let outdated = move || outdated.get().map(|error| view! { <Trouble error/> });
    let shape = Memo::new(move |_| list.held.with(Shape::of));
    let content = move || {
        let session = session.clone();
        match shape.get() {
            Shape::Waiting => ().into_any(),
            Shape::Failed(error) => view! { <Failed list error/> }.into_any(),
            Shape::Empty { filter, is_first } => {
                view! { <NoCampaigns filter is_first session/> }.into_any()
            }
            Shape::Pages(filter) => {
                let first = list.held.with_untracked(|held| held.answer.clone());
                first
                    .map(|first| view! { <Pages list filter first session pause/> })
                    .into_any()
            }
        }
    };
    view! { {refused} {outdated} {content} }.into_any()
}

#[component]
fn Pages(
    list: List,
    filter: CampaignFilter,
    first: Arc<ListAnswer>,
    session: Session,
    pause: Deed,
) -> impl IntoView {
    let kind = filter.kind;
    let next = first.page.next_cursor.clone();
    let paging = use_paging(list, filter.clone(), first);
    let news = {
        let (session, filter) = (session.clone(), filter.clone());
        Memo::new(move |_| {
            let today = list.today.get();
            paging.shown.with(|shown| {
                list.changed
                    .with(|changed| News::of(shown, changed, &filter, &session, today))
            })
        })
    };
    let refresh = move || {
        news.get().label().map(|label| view! {
            <button type="button" class="button button--accent list__newer" on:click=move |_| list.refresh.call()>
                <Icon name=IconName::Plus/>
                {label}
            </button>
        })
    };
    let cards = {
        let session = session.clone();
        view! {
            <For
                each=move || paging.shown.with(|shown| shown.cards.clone())
                key=|card| card.campaign.id.clone()
                children=move |card| view! { <Card card list session=session.clone() pause/> }
            />
        }
    };
    view! {
        {refresh}
        <ul class=format!("list list--{kind}") aria-label="Campaigns">{cards}</ul>
        <Foot list paging filter next session/>
    }
    .into_any()
}
