//! What a campaign says, before it says it.

use domain::{Campaign, Channel, content};
use leptos::prelude::*;

use crate::campaign::Preview;

/// The message as somebody of the audience is going to get it, version by version.
#[component]
pub(in crate::details) fn GoesOut(
    campaign: Campaign,
    previews: Vec<content::Preview>,
) -> impl IntoView {
    let channel = Channel::of_type(campaign.campaign_type).unwrap_or_default();
    let several = previews.len() > 1;
    let shown = previews
        .into_iter()
        .map(|preview| {
            let title = if several {
                format!("Version {}", preview.variant)
            } else {
                "Message".to_owned()
            };
            let label = title.clone();
            view! {
                <section class="panel" aria-label=label>
                    <div class="panel__head"><h2>{title}</h2></div>
                    <Preview id=campaign.id.clone() channel preview/>
                </section>
            }
        })
        .collect_view();
    view! { <div class="previews" class:previews--mail=channel == Channel::Email>{shown}</div> }
        .into_any()
}
