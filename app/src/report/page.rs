//! The page behind `/reports/:kind/:id`.

use std::{sync::Arc, time::Duration};

use domain::live::LiveScope;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    answer::ReportAnswer,
    api::load_report,
    params::ReportParams,
    parts::{Frame, ReportFailed, ReportSkeleton, Retry},
    view_model::Outline,
};
use crate::{
    codec::Json,
    error::AppError,
    live::{use_live, use_throttle},
};

/// Fetches follow each other no faster than this. Short enough that an event which arrives just after a fetch is
/// on the page within a second.
const PAUSE: Duration = Duration::from_millis(400);

/// The report of the campaign named in the path (`:id`).
#[component]
pub fn ReportPage() -> impl IntoView {
    let path = use_params_map();
    let id = Memo::new(move |_| path.read().get("id").unwrap_or_default());
    // A page per campaign: nothing of one report stays behind in the next.
    move || view! { <OneReport id=id.get()/> }.into_any()
}

#[component]
fn OneReport(id: String) -> impl IntoView {
    let query = use_query_map();
    let params = Memo::new(move |_| query.with(|query| ReportParams::read(|name| query.get(name))));
    // Moving between tabs or pages of recipients asks nothing new of the report.
    let question = Memo::new(move |_| ReportParams {
        tab: Default::default(),
        lines: None,
        q: String::new(),
        status: None,
        cursor: None,
        message: None,
        ..params.get()
    });
    let campaign = id.clone();
    let answer = Answer::new_with_options(
        move || question.get(),
        move |question| load_report(campaign.clone(), question),
        true,
    );
    view! {
        <Transition fallback=|| view! { <ReportSkeleton/> }>
            <Loaded id=id.clone() answer params/>
        </Transition>
    }
    .into_any()
}

type Answer = Resource<Result<ReportAnswer, AppError>, Json>;

/// The newest good answer, and the error when a later one was none.
#[derive(Clone, PartialEq)]
struct Latest {
    answer: Option<Arc<ReportAnswer>>,
    error: Option<AppError>,
}

#[component]
fn Loaded(id: String, answer: Answer, params: Memo<ReportParams>) -> impl IntoView {
    let latest = Memo::new(move |before: Option<&Latest>| {
        let held = before.and_then(|latest| latest.answer.clone());
        match answer.get() {
            None => Latest {
                answer: held,
                error: None,
            },
            Some(Ok(answer)) => Latest {
                answer: Some(Arc::new(answer)),
                error: None,
            },
            // A figure that can't be refreshed is still the figure of its time.
            Some(Err(error)) => Latest {
                answer: held,
                error: Some(error),
            },
        }
    });
    // Only a new outline makes new elements; new figures move into those that are there.
    let outline = Memo::new(move |_| {
        let variant = params.with(|params| params.variant.clone());
        latest.with(|latest| match (&latest.answer, &latest.error) {
            (Some(answer), _) => Some(Ok(Outline::of(answer, variant.as_deref()))),
            (None, Some(error)) => Some(Err(error.clone())),
            (None, None) => None,
        })
    });
    let retry = Retry::of(answer);
    let id = StoredValue::new(id);
    move || match outline.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ReportFailed error params retry/> }.into_any(),
        Some(Ok(outline)) => {
            let held = move || latest.with(|latest| latest.answer.clone());
            let Some(first) = untrack(held) else {
                return ().into_any();
            };
            let shown = Signal::derive(move || held().unwrap_or_else(|| first.clone()));
            follow(id.get_value(), answer, shown);
            let error = Signal::derive(move || latest.with(|latest| latest.error.clone()));
            view! { <Frame id=id.get_value() outline answer=shown error params retry/> }.into_any()
        }
    }
}

/// Fetches again whenever the campaign changes.
fn follow(id: String, answer: Answer, shown: Signal<Arc<ReportAnswer>>) {
    let since = shown.with_untracked(|shown| shown.card.campaign.version);
    let change = use_live(LiveScope::Campaign(id), since);
    let fetch = use_throttle(PAUSE, move || answer.refetch());
    Effect::new(move |_| {
        let is_news = change.with(|change| {
            change.as_ref().is_some_and(|change| {
                let held = shown.with_untracked(|shown| shown.card.campaign.version);
                change.cards.is_empty()
                    || change.cards.iter().any(|card| card.campaign.version > held)
            })
        });
        if is_news {
            fetch();
        }
    });
}
