//! *Campaign Overview*: what the campaign is.

use domain::CampaignKind;
use leptos::prelude::*;

use super::{Shown, sent::SentParts};
use crate::{number::count, session::use_session};

/// The tab.
#[component]
pub(super) fn Overview(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
    /// Messaging or interactive.
    kind: CampaignKind,
) -> impl IntoView {
    let sent = (kind == CampaignKind::Messaging).then(|| view! { <SentParts id shown/> });
    let card = shown.derive(|answer| answer.card.clone());
    let session = StoredValue::new(use_session());
    let facts = move || {
        let card = card.get();
        let campaign = card.campaign;
        let time = |at| session.with_value(|s| s.as_ref().map(|s| s.time(at)).unwrap_or_default());
        let zone =
            session.with_value(|s| s.as_ref().map(|s| s.zone.name.clone()).unwrap_or_default());
        let mut facts = vec![
            ("Name", campaign.name),
            ("Type", campaign.campaign_type.label().to_owned()),
            ("Number", format!("#{}", campaign.number)),
            ("Campaign ID", campaign.id),
        ];
        facts.extend(campaign.external_id.map(|id| ("External ID", id)));
        if !campaign.sender.is_empty() {
            facts.push(("Sender", campaign.sender));
        }
        facts.push(("Status", campaign.status.label().to_owned()));
        facts.push(("Recipients", count(card.figures.recipients)));
        facts.push(("Created", time(campaign.created_at)));
        facts.extend(campaign.scheduled_at.map(|at| ("Scheduled for", time(at))));
        facts.extend(campaign.first_event_at.map(|at| ("First event", time(at))));
        facts.extend(campaign.last_event_at.map(|at| ("Latest event", time(at))));
        facts.push(("Time zone", zone));
        facts
            .into_iter()
            .map(|(what, fact)| view! { <div class="overview__fact"><dt>{what}</dt><dd>{fact}</dd></div> })
            .collect_view()
    };
    view! {
        <section class="panel" aria-labelledby="overview">
            <div class="panel__head"><h2 id="overview">"Campaign"</h2></div>
            <dl class="overview">{facts}</dl>
        </section>
        {sent}
    }
    .into_any()
}
