//! Switches that are links: each leads to the same page in another state.

use domain::{
    EvidenceFilter,
    report::{Bucket, Clock},
};
use leptos::prelude::*;

use super::Shown;
use crate::report::{
    params::{Lines, ReportParams},
    view_model::{default_lines, lines_offered},
};

/// One of a few states. `is_on` marks the present one.
pub(super) fn switch(
    label: &'static str,
    options: Vec<(&'static str, Signal<bool>, Signal<String>)>,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(name, is_on, href)| {
            view! {
                <a class="switch__option" href=href aria-current=move || is_on.get().then_some("true")
                    data-noscroll>
                    {name}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="switch" aria-label=label>{options}</nav> }.into_any()
}

fn option<T: Copy + PartialEq + Send + Sync + 'static>(
    shown: Shown,
    name: &'static str,
    value: T,
    now: impl Fn(&ReportParams) -> T + Send + Sync + 'static,
    set: impl Fn(&mut ReportParams, T) + Send + Sync + 'static,
) -> (&'static str, Signal<bool>, Signal<String>) {
    let is_on = Signal::derive(move || shown.params.with(|params| now(params) == value));
    let href = Signal::derive(move || shown.href(|params| set(params, value)));
    (name, is_on, href)
}

/// Send time or event time.
#[component]
pub(super) fn ClockSwitch(shown: Shown) -> impl IntoView {
    let of = |name, clock| option(shown, name, clock, |p| p.clock, |p, clock| p.clock = clock);
    switch(
        "Clock",
        vec![of("Event time", Clock::Event), of("Send time", Clock::Send)],
    )
}

/// People or everything.
#[component]
pub(super) fn EvidenceSwitch(shown: Shown) -> impl IntoView {
    let of = |name, evidence| {
        option(
            shown,
            name,
            evidence,
            |p| p.evidence,
            |p, evidence| p.evidence = evidence,
        )
    };
    switch(
        "Evidence",
        vec![
            of("Human-likely", EvidenceFilter::Human),
            of("All events", EvidenceFilter::All),
        ],
    )
}

/// Width of the points. What is drawn is marked, even when it was chosen by itself.
#[component]
pub(super) fn BucketSwitch(shown: Shown) -> impl IntoView {
    let drawn = shown.derive(|answer| answer.series.bucket);
    let of = |name, bucket| {
        let is_on = Signal::derive(move || drawn.get() == bucket);
        let href = Signal::derive(move || shown.href(|params| params.bucket = bucket));
        (name, is_on, href)
    };
    switch(
        "Granularity",
        vec![
            of("15 min", Bucket::Quarter),
            of("Hour", Bucket::Hour),
            of("Day", Bucket::Day),
            of("Week", Bucket::Week),
        ],
    )
}

/// What people did, or what became of the messages.
#[component]
pub(super) fn LinesSwitch(shown: Shown) -> impl IntoView {
    let offered = shown.derive(lines_offered);
    let by_itself = shown.derive(default_lines);
    let of = move |name, lines| {
        let is_on = Signal::derive(move || {
            shown
                .params
                .with(|params| params.lines)
                .unwrap_or(by_itself.get())
                == lines
        });
        let href = Signal::derive(move || shown.href(|params| params.lines = Some(lines)));
        (name, is_on, href)
    };
    move || {
        (offered.with(Vec::len) > 1).then(|| {
            switch(
                "Lines",
                vec![
                    of("Engagement", Lines::Engagement),
                    of("Delivery", Lines::Delivery),
                ],
            )
        })
    }
}

/// Arms of an A/B test.
#[component]
pub(super) fn VariantSwitch(shown: Shown, variants: Vec<String>) -> impl IntoView {
    let is_on = move |variant: Option<String>| {
        move || {
            shown
                .params
                .with(|params| params.variant == variant)
                .then_some("true")
        }
    };
    let all = move || shown.href(|params| params.variant = None);
    let options = variants
        .into_iter()
        .map(|variant| {
            let wanted = variant.clone();
            let href = move || shown.href(|params| params.variant = Some(wanted.clone()));
            view! {
                <a class="switch__option" href=href aria-current=is_on(Some(variant.clone()))>
                    {variant.clone()}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="switch" aria-label="Variant">
            <a class="switch__option" href=all aria-current=is_on(None)>"All variants"</a>
            {options}
        </nav>
    }
    .into_any()
}
