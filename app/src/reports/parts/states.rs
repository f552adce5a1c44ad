//! A list without cards: none yet, none that match, none to be had, none so far.

use domain::{CampaignFilter, CampaignKind, Refusal, time::format_range, user::Role};
use leptos::prelude::*;

use super::super::{
    list::List,
    view_model::{is_filtered, over_all_time},
};
use crate::{
    error::AppError,
    layout::SessionEnded,
    routes::Route,
    session::Session,
    ui::{Icon, IconName},
};

/// Nothing there: says what will appear and offers the next step.
#[component]
pub(super) fn NoCampaigns(
    /// The filters nothing fits.
    filter: CampaignFilter,
    /// Whether the tab is empty whatever the filters.
    is_first: bool,
    /// Who looks at it.
    session: Session,
) -> impl IntoView {
    let kind = filter.kind;
    if is_first {
        return view! { <FirstCampaign kind may_create=session.may(Role::Editor)/> }.into_any();
    }
    let today = untrack(|| session.today());
    let range = filter.range.resolve(today, session.week_start());
    let text = match range {
        Some(range) => format!(
            "None was created {} that fits the other filters.",
            format_range(range)
        ),
        None => "None fits the filters.".to_owned(),
    };
    let everything = range
        .is_some()
        .then(|| view! { <a class="button button--primary" href=Route::Campaigns(over_all_time(&filter)).href()>"Show all dates"</a> });
    let clear = is_filtered(&filter)
        .then(|| view! { <a class="button" href=Route::tab(kind).href()>"Clear filters"</a> });
    view! {
        <div class="list empty">
            <p class="empty__title">"No campaigns here"</p>
            <p>{text}</p>
            <div class="empty__actions">{everything} {clear}</div>
        </div>
    }
    .into_any()
}

#[component]
fn FirstCampaign(kind: CampaignKind, may_create: bool) -> impl IntoView {
    let (title, text) = match kind {
        CampaignKind::Messaging => (
            "No messaging campaigns yet",
            "SMS, email, push, WhatsApp and RCS campaigns appear here, with their results as events arrive.",
        ),
        CampaignKind::Interactive => (
            "No interactive campaigns yet",
            "Forms, trivia, raffles, coupons and the like appear here, with who took part.",
        ),
    };
    let create = may_create.then(|| {
        view! {
            <a class="button button--primary" href=Route::NewCampaign(kind).href()>
                <Icon name=IconName::Plus/>"New campaign"
            </a>
        }
    });
    view! {
        <div class="list empty">
            <p class="empty__title">{title}</p>
            <p>{text}</p>
            <div class="empty__actions">{create}</div>
        </div>
    }
    .into_any()
}

/// It could not be read: what happened, what is safe, what to do.
#[component]
pub(super) fn Failed(list: List, error: AppError) -> impl IntoView {
    if error == AppError::Refused(Refusal::Unauthenticated) {
        return view! { <SessionEnded/> }.into_any();
    }
    let href = Route::Campaigns(list.filter.get_untracked()).href();
    view! {
        <div class="list empty" role="alert">
            <p class="empty__title">"The campaigns could not be read"</p>
            <p>{error.to_string()}</p>
            <a
                class="button"
                href=href
                on:click=move |event| {
                    event.prevent_default();
                    list.refresh.call();
                }
            >
                "Try again"
            </a>
        </div>
    }
    .into_any()
}

/// The shape of the page while it is read. It stays invisible for a moment, so that quick answers don't blink.
#[component]
pub(in crate::reports) fn ListSkeleton() -> impl IntoView {
    let row = |_| {
        view! {
            <li class="card">
                <div class="card__who">
                    <span class="card__icon"></span>
                    <div class="card__text"><span class="bone bone--long"></span><span class="bone"></span></div>
                </div>
                <div class="card__state"><span class="bone"></span></div>
                <div class="figures"><span class="bone bone--long"></span></div>
            </li>
        }
    };
    view! {
        <div class="bones" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading campaigns"</p>
            <div class="tabs" aria-hidden="true"><span class="tab"><span class="bone"></span></span></div>
            <div class="filters" aria-hidden="true"><span class="chip"><span class="bone"></span></span></div>
            <ul class="list" aria-hidden="true">{(0..8).map(row).collect_view()}</ul>
        </div>
    }
    .into_any()
}
