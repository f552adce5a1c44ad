//! What stands there when there are no figures.

use domain::{CampaignKind, CampaignStatus, Refusal, time::RangeChoice};
use leptos::prelude::*;

use super::Shown;
use crate::{error::AppError, layout::PageHeader, report::view_model::nothing_yet, routes::Route};

/// The page's shape before anything is known. Shown after a moment only, so that fast answers don't blink.
#[component]
pub(in crate::report) fn ReportSkeleton() -> impl IntoView {
    view! {
        <div class="skeletons" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the report…"</p>
            <div class="skeleton skeleton--head"></div>
            <div class="skeleton skeleton--tabs"></div>
            <div class="skeleton skeleton--kpis"></div>
            <div class="skeleton skeleton--chart"></div>
        </div>
    }
    .into_any()
}

/// The report can't be had.
#[component]
pub(in crate::report) fn ReportFailed(
    /// Why.
    error: AppError,
) -> impl IntoView {
    let (title, is_gone) = match &error {
        AppError::Refused(Refusal::NotFound { .. }) => ("There is no such campaign", true),
        AppError::Refused(_) => ("This report is not for you", true),
        _ => ("The report could not be loaded", false),
    };
    let text = if is_gone {
        "It may have been deleted, or the address is mistyped.".to_owned()
    } else {
        format!("{error} Events keep being recorded; nothing is lost.")
    };
    let lists = Route::tab(CampaignKind::Messaging).href();
    let again = (!is_gone).then(|| view! { <a class="button" href="">"Try again"</a> });
    view! {
        <PageHeader title=title/>
        <section class="panel empty" role="alert">
            <p>{text}</p>
            <p class="empty__actions">{again}<a class="button" href=lists>"Performance Reports"</a></p>
        </section>
    }
    .into_any()
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
