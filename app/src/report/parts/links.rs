//! *Link Tracking*.

use domain::event::Dimension;
use leptos::prelude::*;

use super::{
    Shown,
    breakdown::BreakdownPanel,
    definition::about,
    positions::Positions,
    switches::{ClockSwitch, EvidenceSwitch},
};
use crate::{
    chart::ChartPanel,
    report::view_model::{clicks_by, links_about, links_chart},
};

/// The tab.
#[component]
pub(super) fn LinkTracking(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let links = shown.derive(|answer| links_chart(&answer.report));
    let table = shown.derive(|answer| links_chart(&answer.report).table);
    view! {
        <div class="questions"><ClockSwitch shown/> <EvidenceSwitch shown/></div>
        <div class="grid">
            <div class="grid__whole">
                <ChartPanel id="links" spec=links source=shown.source()
                    about=move || about(shown, "links", |a| links_about(&a.report))/>
            </div>
        </div>
        <section class="panel panel--table" aria-labelledby="links-table">
            <div class="panel__head"><h2 id="links-table">"Links"</h2></div>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="links-table">
                {move || table.with(crate::chart::data_table)}
            </div>
        </section>
        <Positions id shown/>
        <div class="lists">
            <BreakdownPanel shown make=|a| clicks_by(&a.report.breakdowns, Dimension::Os)/>
            <BreakdownPanel shown make=|a| clicks_by(&a.report.breakdowns, Dimension::Country)/>
            <BreakdownPanel shown make=|a| clicks_by(&a.report.breakdowns, Dimension::Device)/>
        </div>
    }
    .into_any()
}
