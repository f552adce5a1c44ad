//! *Performance* of an interactive campaign, first version.

use leptos::prelude::*;

use super::{
    Shown,
    definition::about,
    kpi_strip::KpiStrip,
    performance::{Breakdowns, Questions, TimeChart},
};
use crate::{
    chart::ChartPanel,
    report::view_model::{
        Outline, funnel_about, funnel_chart, interactions_about, interactions_chart,
    },
};

/// The tab.
#[component]
pub(super) fn InteractivePerformance(
    /// The report.
    shown: Shown,
    /// Which elements it has.
    outline: Outline,
) -> impl IntoView {
    let funnel = shown.derive(|answer| funnel_chart(&answer.report));
    let interactions = shown.derive(|answer| interactions_chart(&answer.report));
    let source = shown.source();
    view! {
        <KpiStrip shown/>
        <Questions shown variants=outline.variants/>
        <div class="grid">
            <div class="grid__half">
                <ChartPanel id="funnel" spec=funnel source
                    about=move || about(shown, "funnel", |a| funnel_about(&a.report))/>
            </div>
            <div class="grid__half">
                <ChartPanel id="interactions" spec=interactions source
                    about=move || about(shown, "interactions", |a| interactions_about(&a.report))/>
            </div>
            <div class="grid__whole"><TimeChart shown/></div>
        </div>
        <Breakdowns shown/>
    }
    .into_any()
}
