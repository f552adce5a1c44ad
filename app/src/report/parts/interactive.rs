//! *Performance* of an interactive campaign, first version.

use leptos::prelude::*;

use super::{
    Shown,
    kpi_strip::KpiStrip,
    performance::{Breakdowns, Questions, TimeChart},
};
use crate::{
    chart::ChartPanel,
    report::view_model::{Outline, funnel_chart, interactions_chart},
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
    view! {
        <KpiStrip shown/>
        <Questions shown variants=outline.variants/>
        <div class="grid">
            <div class="grid__half"><ChartPanel id="funnel" spec=funnel/></div>
            <div class="grid__half"><ChartPanel id="interactions" spec=interactions/></div>
            <div class="grid__whole"><TimeChart shown/></div>
        </div>
        <Breakdowns shown/>
    }
    .into_any()
}
