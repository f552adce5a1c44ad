//! What is known about a campaign.

use domain::campaign::CampaignCard;
use leptos::prelude::*;

use crate::{number, session::Session};

/// Names and dates, one to a line.
#[component]
pub(in crate::details) fn Facts(card: Memo<CampaignCard>, session: Session) -> impl IntoView {
    let rows = move || {
        let campaign = card.with(|card| card.campaign.clone());
        let time =
            |at: Option<_>| at.map_or_else(|| number::NONE.to_owned(), |at| session.time(at));
        let text = |text: Option<String>| {
            text.filter(|text| !text.is_empty())
                .unwrap_or_else(|| number::NONE.to_owned())
        };
        [
            ("Sender", text(Some(campaign.sender))),
            ("Type", campaign.campaign_type.label().to_owned()),
            ("Number", format!("#{}", campaign.number)),
            ("Goes out", time(campaign.scheduled_at)),
            ("First event", time(campaign.first_event_at)),
            ("Last event", time(campaign.last_event_at)),
            ("Campaign id", campaign.id),
            ("External id", text(campaign.external_id)),
            ("Time zone", session.zone.name.clone()),
        ]
        .map(
            |(name, value)| view! { <div class="facts__row"><dt>{name}</dt><dd>{value}</dd></div> },
        )
        .collect_view()
    };
    view! {
        <section class="panel" aria-labelledby="facts-title">
            <h2 id="facts-title" class="panel__title">"Campaign"</h2>
            <dl class="facts">{rows}</dl>
        </section>
    }
    .into_any()
}
