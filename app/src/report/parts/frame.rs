//! Head, tabs, and the tab that is open.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Shown,
    head::ReportHead,
    interactive::InteractivePerformance,
    links::LinkTracking,
    overview::Overview,
    performance::Performance,
    recipients::Recipients,
    states::{NothingInRange, NothingYet},
};
use crate::{
    error::AppError,
    report::{
        answer::ReportAnswer,
        params::{ReportParams, Tab},
        view_model::{Content, Outline, interim, tab_shown, tabs},
    },
    ui::{Notice, Tone},
};
use domain::CampaignKind;

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
) -> impl IntoView {
    let shown = Shown { answer, params };
    let (kind, has_links) = (outline.kind, outline.has_links);
    let tab = Memo::new(move |_| tab_shown(params.with(|p| p.tab), kind, has_links));
    let status = shown.derive(|answer| answer.card.campaign.status);
    let has_data = outline.content != Content::NothingYet;
    // Days mean nothing to what a campaign is, nor to the search of its recipients.
    let has_range =
        Memo::new(move |_| has_data && matches!(tab.get(), Tab::Performance | Tab::Links));
    let banner = move || {
        interim(status.get()).filter(|_| has_data).map(|text| {
            view! { <Notice tone=Tone::Info>{text}</Notice> }
        })
    };
    let stale = move || {
        error.get().map(|error| {
            let text = format!("These figures could not be refreshed: {error}");
            view! { <Notice tone=Tone::Bad>{text}</Notice> }
        })
    };
    let outline = StoredValue::new(outline);
    let id = StoredValue::new(id);
    let body = move || match (tab.get(), outline.with_value(|outline| outline.content)) {
        (Tab::Overview, _) => view! { <Overview shown/> }.into_any(),
        (Tab::Recipients, _) => view! { <Recipients id=id.get_value() shown kind/> }.into_any(),
        (_, Content::NothingYet) => view! { <NothingYet id=id.get_value() status/> }.into_any(),
        (_, Content::NothingInRange) => view! { <NothingInRange shown/> }.into_any(),
        (Tab::Links, _) => view! { <LinkTracking shown/> }.into_any(),
        (Tab::Performance, _) => match kind {
            CampaignKind::Messaging => {
                view! { <Performance shown outline=outline.get_value()/> }.into_any()
            }
            CampaignKind::Interactive => {
                view! { <InteractivePerformance shown outline=outline.get_value()/> }.into_any()
            }
        },
    };
    view! {
        <ReportHead shown has_range/>
        {banner}
        {stale}
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

fn go_to(params: &mut ReportParams, tab: Tab) {
    params.tab = tab;
    // What was searched for belongs to the tab that is left.
    params.q.clear();
    params.status = None;
    params.cursor = None;
}
