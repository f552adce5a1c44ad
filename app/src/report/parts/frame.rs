//! Head, tabs, and the tab that is open.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Retry, Shown,
    head::ReportHead,
    interactive::InteractivePerformance,
    links::LinkTracking,
    overview::Overview,
    performance::Performance,
    recipients::Recipients,
    states::{NothingInRange, NothingYet, Stale},
};
use crate::{
    campaign::ChangeStatus,
    error::AppError,
    number::plural,
    report::{
        answer::ReportAnswer,
        params::{ReportParams, Tab},
        view_model::{Content, Outline, interim, tab_shown, tabs},
    },
    routes::Route,
    session::use_session,
    ui::{Deed, Notice, Tone},
};
use domain::{CampaignKind, CampaignStatus, user::Role};

/// A report that could be loaded.
#[component]
pub(in crate::report) fn Frame(
    /// The campaign.
    id: String,
    /// Which elements it has.
    outline: Outline,
    /// Its figures.
    answer: Signal<Arc<ReportAnswer>>,
    /// Why they could not be refreshed.
    error: Signal<Option<AppError>>,
    /// State of the page.
    params: Memo<ReportParams>,
    /// Asks for newer figures.
    retry: Retry,
) -> impl IntoView {
    let shown = Shown {
        answer,
        params,
        retry,
    };
    let (kind, has_links) = (outline.kind, outline.has_links);
    let tab = Memo::new(move |_| tab_shown(params.with(|p| p.tab), kind, has_links));
    let status = shown.derive(|answer| answer.card.campaign.status);
    let has_data = outline.content != Content::NothingYet;
    // Days mean nothing to what a campaign is, nor to the search of its recipients.
    let has_range =
        Memo::new(move |_| has_data && matches!(tab.get(), Tab::Performance | Tab::Links));
    let stale = move || error.get().map(|error| view! { <Stale error shown/> });
    let pause = Deed::of::<ChangeStatus>();
    // The live stream says so too, where there is one.
    Effect::new(move |_| {
        if let Some(Ok(())) = pause.answer() {
            retry.run.run(());
        }
    });
    let outline = StoredValue::new(outline);
    let id = StoredValue::new(id);
    let body = move || match (tab.get(), outline.with_value(|outline| outline.content)) {
        (Tab::Overview, _) => view! { <Overview id=id.get_value() shown kind/> }.into_any(),
        (Tab::Recipients, _) => view! { <Recipients id=id.get_value() shown kind/> }.into_any(),
        (_, Content::NothingYet) => view! { <NothingYet id=id.get_value() status/> }.into_any(),
        (_, Content::NothingInRange) => view! { <NothingInRange shown/> }.into_any(),
        (Tab::Links, _) => view! { <LinkTracking id=id.get_value() shown/> }.into_any(),
        (Tab::Performance, _) => match kind {
            CampaignKind::Messaging => {
                view! { <Performance id=id.get_value() shown outline=outline.get_value()/> }
                    .into_any()
            }
            CampaignKind::Interactive => {
                view! { <InteractivePerformance shown outline=outline.get_value()/> }.into_any()
            }
        },
    };
    view! {
        <ReportHead shown has_range pause/>
        <NotPaused pause/>
        {has_data.then(|| view! { <Banner id=id.get_value() status/> })}
        {stale}
        <HeldNotice id=id.get_value() shown/>
        <nav class="tabs" aria-label="Report">
            {tabs(kind, has_links).into_iter().map(|(name, label)| view! {
                <a
                    class="tab"
                    href=move || shown.href(|params| go_to(params, name))
                    aria-current=move || (tab.get() == name).then_some("page")
                >
                    {label}
                </a>
            }).collect_view()}
        </nav>
        {body}
    }
    .into_any()
}

/// Why a campaign could not be paused.
#[component]
fn NotPaused(pause: Deed) -> impl IntoView {
    move || match pause.answer() {
        Some(Err(error)) => Some(view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> }),
        _ => None,
    }
}

/// That the campaign isn't over, and what can be done with a paused one.
#[component]
fn Banner(id: String, status: Memo<CampaignStatus>) -> impl IntoView {
    let may = use_session().is_some_and(|session| session.may(Role::Editor));
    let details = Route::Details(id).href();
    move || {
        let status = status.get();
        let way_on = (may && status == CampaignStatus::Pending).then(|| {
            view! { <a href=details.clone()>"Change or resume it in Details"</a> }
        });
        interim(status).map(|text| {
            view! { <Notice tone=Tone::Info><span>{text}" "</span>{way_on}</Notice> }
        })
    }
}

/// That messages are held, and where that is decided.
#[component]
fn HeldNotice(id: String, shown: Shown) -> impl IntoView {
    let held = shown.derive(|answer| answer.held);
    let details = Route::Details(id).href();
    move || {
        let n = held.get();
        (n > 0).then(|| {
            let text = format!(
                "{} held: the carrier may have taken them or not. ",
                plural(n, "message is", "messages are")
            );
            let href = details.clone();
            view! { <Notice tone=Tone::Info><span>{text}</span><a href=href>"Decide in Details"</a></Notice> }
        })
    }
}

fn go_to(params: &mut ReportParams, tab: Tab) {
    params.tab = tab;
    // What was searched for belongs to the tab that is left.
    params.q.clear();
    params.status = None;
    params.cursor = None;
    params.message = None;
}
