//! What stands there when there are no figures.

use domain::{CampaignKind, CampaignStatus, report::Bucket, time::RangeChoice};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Retry, Shown, link};
use crate::{
    error::AppError,
    layout::PageHeader,
    report::{
        params::ReportParams,
        view_model::{Failure, Remedy, failure, nothing_yet},
    },
    routes::{Route, with_query},
    ui::{Notice, Tone},
};

/// The page's shape before anything is known. Shown after a moment only, so that fast answers don't blink.
#[component]
pub(in crate::report) fn ReportSkeleton() -> impl IntoView {
    view! {
        <div class="skeletons" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the report…"</p>
            <div class="report-skeleton report-skeleton--head"></div>
            <div class="report-skeleton report-skeleton--tabs"></div>
            <div class="report-skeleton report-skeleton--kpis"></div>
            <div class="report-skeleton report-skeleton--chart"></div>
        </div>
    }
    .into_any()
}

/// The report can't be had.
#[component]
pub(in crate::report) fn ReportFailed(
    /// Why.
    error: AppError,
    /// State of the page.
    params: Memo<ReportParams>,
    /// Asks once more.
    retry: Retry,
) -> impl IntoView {
    let Failure {
        title,
        text,
        remedy,
    } = failure(&error);
    let lists = Route::tab(CampaignKind::Messaging).href();
    view! {
        <PageHeader title=title/>
        <section class="panel empty" role="alert">
            <p>{text}</p>
            <p class="empty__actions">
                {way_on(remedy, params, retry)}<a class="button" href=lists>"Performance Reports"</a>
            </p>
        </section>
    }
    .into_any()
}

/// The report is there, but a later one can't be had: its figures are of their time.
#[component]
pub(super) fn Stale(
    /// Why.
    error: AppError,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let Failure { text, remedy, .. } = failure(&error);
    let text = match remedy {
        Remedy::SignIn => format!("Your session ended, and these figures no longer move. {text}"),
        Remedy::Reset => format!("These are the figures of before. {text}"),
        Remedy::Retry | Remedy::None => {
            format!("These figures could not be refreshed: {error}")
        }
    };
    view! {
        <Notice tone=Tone::Bad>
            <p>{text}</p>
            <p class="notice__actions">{way_on(remedy, shown.params, shown.retry)}</p>
        </Notice>
    }
    .into_any()
}

/// The next step after a failure.
pub(super) fn way_on(remedy: Remedy, params: Memo<ReportParams>, retry: Retry) -> Option<AnyView> {
    let here = use_location();
    let path = here.pathname.get_untracked();
    let search = here.search.get_untracked();
    let here = if search.is_empty() {
        path
    } else {
        format!("{path}?{search}")
    };
    match remedy {
        Remedy::None => None,
        // A link: before scripts run, or without them, it asks for the whole page again.
        Remedy::Retry => Some(
            view! {
                <a
                    class="button"
                    rel="external"
                    href=here
                    aria-disabled=move || retry.is_trying.get().then_some("true")
                    on:click=move |event| {
                        event.prevent_default();
                        if !retry.is_trying.get_untracked() {
                            retry.run.run(());
                        }
                    }
                >
                    {move || if retry.is_trying.get() { "Trying…" } else { "Try again" }}
                </a>
            }
            .into_any(),
        ),
        Remedy::Reset => {
            let href = move || {
                link(params, |params| {
                    params.bucket = Bucket::Auto;
                    params.range = RangeChoice::All;
                    params.cursor = None;
                })
            };
            Some(view! { <a class="button" href=href>"Show the whole campaign"</a> }.into_any())
        }
        // External to the router: signing in again begins with a fresh page.
        Remedy::SignIn => {
            let href = with_query(&Route::SignIn.href(), &[("next", here)]);
            Some(
                view! { <a class="button" rel="external" href=href>"Sign in again"</a> }.into_any(),
            )
        }
    }
}

/// No event has arrived yet.
#[component]
pub(super) fn NothingYet(
    /// The campaign.
    id: String,
    /// Where it stands.
    status: Memo<CampaignStatus>,
) -> impl IntoView {
    let details = Route::Details(id).href();
    view! {
        <section class="panel empty">
            <p class="empty__title">"Nothing to report yet"</p>
            <p>{move || nothing_yet(status.get()).0}</p>
            {move || nothing_yet(status.get()).1.then(|| view! {
                <a class="button" href=details.clone()>"Open Details"</a>
            })}
        </section>
    }
    .into_any()
}

/// The campaign has events, but none that the question lets in.
#[component]
pub(super) fn NothingInRange(
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let href = move || {
        shown.href(|params| {
            params.range = RangeChoice::All;
            params.variant = None;
        })
    };
    view! {
        <section class="panel empty">
            <p class="empty__title">"Nothing happened in this range"</p>
            <p>"The campaign has events on other days, or for another variant."</p>
            <a class="button" href=href>"Show the whole campaign"</a>
        </section>
    }
    .into_any()
}
