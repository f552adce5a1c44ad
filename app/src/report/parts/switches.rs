//! Switches that are links: each leads to the same page in another state.

use domain::{
    EvidenceFilter,
    report::{Bucket, Clock},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::Shown;
use crate::report::{
    params::{Lines, ReportParams},
    view_model::{bucket_name, buckets_offered, default_lines, lines_offered},
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

/// Width of the points. Where it is chosen by itself, the chosen one is named and marked.
#[component]
pub(super) fn BucketSwitch(shown: Shown) -> impl IntoView {
    let offered = shown.derive(|answer| buckets_offered(&answer.report.range));
    let drawn = shown.derive(|answer| answer.series.bucket);
    let is_auto = Memo::new(move |_| shown.params.with(|params| params.bucket) == Bucket::Auto);
    let option = move |bucket| {
        let is_on = move || {
            let on = if is_auto.get() {
                Bucket::Auto
            } else {
                drawn.get()
            };
            (on == bucket).then_some("true")
        };
        let is_chosen = move || is_auto.get() && drawn.get() == bucket;
        let href = move || shown.href(|params| params.bucket = bucket);
        let chosen = (bucket == Bucket::Auto).then_some({
            move || {
                is_auto.get().then(|| {
                    view! { <span class="switch__detail">" · "{bucket_name(drawn.get())}</span> }
                })
            }
        });
        view! {
            <a class="switch__option" class:switch__option--chosen=is_chosen href=href aria-current=is_on
                data-noscroll>
                {bucket_name(bucket)}{chosen}
            </a>
        }
    };
    view! {
        <nav class="switch" aria-label="Granularity">
            {move || offered.get().into_iter().map(option).collect_view()}
        </nav>
    }
    .into_any()
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

/// More arms than this are a list to choose from instead of a row.
const VARIANTS_IN_A_ROW: usize = 4;

/// Arms of an A/B test.
#[component]
pub(super) fn VariantSwitch(shown: Shown, variants: Vec<String>) -> impl IntoView {
    if variants.len() > VARIANTS_IN_A_ROW {
        return view! { <VariantChoice shown variants/> }.into_any();
    }
    let option = |variant: Option<String>| {
        let name = variant.clone().unwrap_or_else(|| "All variants".to_owned());
        let (held, wanted) = (variant.clone(), variant);
        let is_on = move || {
            let is_on = shown.params.with(|params| params.variant == held);
            is_on.then_some("true")
        };
        let href = move || shown.href(|params| params.variant = wanted.clone());
        view! {
            <a class="switch__option" href=href aria-current=is_on title=name.clone() data-noscroll>
                <span class="switch__name">{name.clone()}</span>
            </a>
        }
    };
    let arms = variants.into_iter().map(Some);
    let options = std::iter::once(None).chain(arms).map(option).collect_view();
    view! { <nav class="switch" aria-label="Variant">{options}</nav> }.into_any()
}

/// Arms of an A/B test with many of them.
#[component]
fn VariantChoice(shown: Shown, variants: Vec<String>) -> impl IntoView {
    let navigate = use_navigate();
    let on_change = move |event| {
        let chosen = Some(event_target_value(&event)).filter(|name| !name.is_empty());
        let href = untrack(|| shown.href(|params| params.variant = chosen));
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&href, options);
    };
    let now = move || {
        shown
            .params
            .with(|params| params.variant.clone().unwrap_or_default())
    };
    // Without a script the form itself says everything.
    let hidden = move || {
        let mut kept = shown.params.with(ReportParams::to_params);
        kept.retain(|(name, _)| *name != "variant");
        let field = |(name, value)| view! { <input type="hidden" name=name value=value/> };
        kept.into_iter().map(field).collect_view()
    };
    let options = variants
        .into_iter()
        .map(|variant| {
            let held = variant.clone();
            let is_on = move || now() == held;
            view! { <option value=variant.clone() selected=is_on>{variant.clone()}</option> }
        })
        .collect_view();
    view! {
        <form method="get" class="variants">
            {hidden}
            <select class="input variants__choice" name="variant" aria-label="Variant" prop:value=now on:change=on_change>
                <option value="" selected=move || now().is_empty()>"All variants"</option>
                {options}
            </select>
            <button type="submit" class="button without-js">"Show"</button>
        </form>
    }
    .into_any()
}
