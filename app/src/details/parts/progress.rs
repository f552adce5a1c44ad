//! How far it has come.

use domain::{CampaignKind, CampaignStatus, campaign::CampaignCard};
use leptos::prelude::*;

use crate::campaign::statistics;

/// Figures so far, moving while events arrive. Absent while nothing was recorded.
#[component]
pub(in crate::details) fn Progress(
    card: Memo<CampaignCard>,
    /// Whether it is sent from here: then another panel says how far it is.
    is_ours: bool,
) -> impl IntoView {
    let title = Memo::new(move |_| {
        card.with(|card| match (card.campaign.kind, card.campaign.status) {
            (CampaignKind::Messaging, CampaignStatus::InProgress) if !is_ours => "Sending",
            (_, CampaignStatus::Pending) => "Statistics up to the pause",
            _ => "Statistics so far",
        })
    });
    let has_any = Memo::new(move |_| {
        card.with(|card| {
            card.campaign.first_event_at.is_some()
                || card.campaign.status == CampaignStatus::InProgress
        })
    });
    let bar = move || {
        card.with(|card| {
            let all = card.figures.recipients;
            let is_sending = !is_ours && card.campaign.status == CampaignStatus::InProgress && all > 0;
            is_sending.then(|| {
                let done = card.figures.sent.min(all).to_string();
                view! { <progress class="progress" aria-label="Progress" value=done max=all.to_string()></progress> }
            })
        })
    };
    let tiles = move || {
        card.with(statistics)
            .into_iter()
            .map(|figure| {
                view! {
                    <div class="tile">
                        <dt class="tile__label">{figure.label}</dt>
                        <dd class="tile__value">{figure.value}</dd>
                        <dd class="tile__basis">{figure.basis}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        {move || has_any.get().then(|| view! {
            <section class="panel" aria-labelledby="progress-title">
                <h2 id="progress-title" class="panel__title">{title}</h2>
                <dl class="tiles">{tiles}</dl>
                {bar}
            </section>
        })}
    }
    .into_any()
}
