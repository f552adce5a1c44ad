//! *Performance* of a messaging campaign.

use domain::event::Dimension;
use leptos::prelude::*;

use super::{
    Shown,
    arms::Arms,
    breakdown::BreakdownPanel,
    definition::{AboutPanel, about},
    kpi_strip::KpiStrip,
    switches::{BucketSwitch, ClockSwitch, EvidenceSwitch, LinesSwitch, VariantSwitch},
    uplift::AgainstHoldout,
};
use crate::{
    chart::ChartPanel,
    report::view_model::{
        Outline, breakdown, failure_reasons, funnel_about, funnel_chart, opt_out_reasons,
        statuses_about, statuses_chart, time_about, time_chart,
    },
};

/// The tab.
#[component]
pub(super) fn Performance(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
    /// Which elements it has.
    outline: Outline,
) -> impl IntoView {
    let statuses = shown.derive(|answer| statuses_chart(&answer.report));
    let funnel = shown.derive(|answer| funnel_chart(&answer.report));
    let source = shown.source();
    view! {
        <KpiStrip shown/>
        <Questions shown variants=outline.variants/>
        <Arms shown/>
        <AgainstHoldout id shown/>
        <div class="grid">
            <div class="grid__whole"><TimeChart shown/></div>
            <div class="grid__half">
                <ChartPanel id="funnel" spec=funnel source
                    about=move || about(shown, "funnel", |a| funnel_about(&a.report))/>
            </div>
            <div class="grid__half">
                <ChartPanel id="statuses" spec=statuses source
                    about=move || about(shown, "statuses", |a| statuses_about(&a.report))/>
            </div>
        </div>
        <Breakdowns shown/>
    }
    .into_any()
}

/// The switches that change every figure on the page.
#[component]
pub(super) fn Questions(
    /// The report.
    shown: Shown,
    /// Arms of the A/B test.
    variants: Vec<String>,
) -> impl IntoView {
    let variants = (variants.len() > 1).then(|| view! { <VariantSwitch shown variants/> });
    view! {
        <div class="questions">
            <ClockSwitch shown/>
            <EvidenceSwitch shown/>
            {variants}
        </div>
    }
    .into_any()
}

/// Counts over time.
#[component]
pub(super) fn TimeChart(shown: Shown) -> impl IntoView {
    let lines = Memo::new(move |_| shown.params.with(|params| params.lines));
    let spec = Memo::new(move |_| shown.answer.with(|answer| time_chart(answer, lines.get())));
    let switches = move || view! { <LinesSwitch shown/> <BucketSwitch shown/> };
    let about = move || {
        let make = Signal::derive(move || {
            let about = shown
                .answer
                .with(|answer| spec.with(|spec| time_about(spec, &answer.report)));
            Some(about)
        });
        view! { <AboutPanel shown id="time" make/> }
    };
    view! { <ChartPanel id="time" spec source=shown.source() about switches/> }.into_any()
}

/// Every breakdown that has rows.
#[component]
pub(super) fn Breakdowns(shown: Shown) -> impl IntoView {
    view! {
        <div class="lists">
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Link)/>
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Country)/>
            <BreakdownPanel shown make=|a| failure_reasons(&a.report.breakdowns)/>
            <BreakdownPanel shown make=|a| opt_out_reasons(&a.report.breakdowns)/>
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Os)/>
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Device)/>
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Carrier)/>
            <BreakdownPanel shown make=|a| breakdown(&a.report.breakdowns, Dimension::Variant)/>
        </div>
    }
    .into_any()
}
