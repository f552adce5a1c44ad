//! The page behind `/campaigns/:id/edit/:step`.

use domain::{Refusal, sending::Step, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    api::{SaveStep, load_step},
    given::Given,
    parts::Stepper,
    sheet::Sheet,
    steps::StepView,
};
use crate::{
    codec::Json,
    error::AppError,
    layout::{Crumb, NotFoundPage, PageHeader, Trouble},
    routes::Route,
    session::use_session,
    ui::{Deed, Notice, Tone},
};

/// A step of the campaign named in the path.
#[component]
pub fn EditPage() -> impl IntoView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        params.with(|params| {
            let step = params.get("step").unwrap_or_default();
            (params.get("id").unwrap_or_default(), step.parse().ok())
        })
    });
    let may_edit = use_session().is_some_and(|session| session.may(Role::Editor));
    // A page per step: nothing of one stays behind in the next.
    move || {
        match place.get() {
        (id, Some(step)) if may_edit => view! { <OneStep id step/> }.into_any(),
        (_, Some::<Step>(_)) => view! {
            <PageHeader title="Campaign"/>
            <Notice tone=Tone::Info>"Editors and admins make campaigns. Ask an admin for that role."</Notice>
        }
        .into_any(),
        _ => view! { <NotFoundPage/> }.into_any(),
    }
    }
}

#[component]
fn OneStep(id: String, step: Step) -> impl IntoView {
    let save = Deed::of::<SaveStep>();
    // What was refused leaves the form as it is; what was saved is read again.
    let saved = Memo::new(move |before: Option<&usize>| {
        let version = save.version();
        match save.answer() {
            Some(Ok(())) => version,
            _ => before.copied().unwrap_or_default(),
        }
    });
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).unwrap_or_default();
            (get("arm"), get("add"))
        })
    });
    let given = Resource::<_, Json>::new_with_options(
        move || (asked.get(), saved.get()),
        move |((arm, add), _)| load_step(id.clone(), step, arm, add),
        false,
    );
    let content = move || {
        given.get().map(|answer| match answer {
            Ok(given) => untrack(|| view! { <Content given save/> }.into_any()),
            Err(AppError::Refused(Refusal::NotFound { .. })) => {
                view! { <NotFoundPage/> }.into_any()
            }
            Err(error) => view! {
                <PageHeader title=step.label()/>
                <Trouble error/>
            }
            .into_any(),
        })
    };
    view! { <Transition fallback=Skeleton>{content}</Transition> }.into_any()
}

#[component]
pub(super) fn Content(given: Given, save: Deed) -> impl IntoView {
    let campaign = given.campaign.clone();
    let list = Route::tab(campaign.kind).href();
    let details = Route::Details(campaign.id).href();
    let crumbs = vec![
        Crumb::new(list, "Performance Reports"),
        Crumb::new(details.clone(), "Details"),
    ];
    let line = format!(
        "{} · #{} · {}",
        campaign.campaign_type.label(),
        campaign.number,
        campaign.status.label()
    );
    let meta = move || view! { <p class="head__meta">{line.clone()}</p> };
    let launched = (!given.is_open).then(|| {
        view! {
            <Notice tone=Tone::Info>
                "This campaign was launched: it can be read here, not changed. "
                <a href=details>"Open its details"</a>
            </Notice>
        }
    });
    let sheet = Sheet::new(given, save);
    // A refusal that belongs to a field stands there.
    let refused = move || {
        let error = save.answer().and_then(Result::err);
        let error = error.filter(|_| sheet.refused().is_none());
        error.map(|error| view! { <Trouble error/> })
    };
    view! {
        <PageHeader title=campaign.name crumbs meta/>
        <Stepper sheet/>
        {launched}
        {refused}
        <StepView sheet/>
    }
    .into_any()
}

/// The frame of a step while it is read; invisible for a moment, so that quick answers don't blink.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="bones" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the step"</p>
            <div class="panel" aria-hidden="true">
                <span class="bone"></span>
                <span class="bone bone--long"></span>
                <span class="bone bone--long"></span>
            </div>
        </div>
    }
    .into_any()
}
