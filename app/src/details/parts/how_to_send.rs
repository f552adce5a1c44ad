//! How events get here.

use domain::{Campaign, CampaignKind};
use leptos::prelude::*;

use crate::routes::Route;

/// A request to copy, with the campaign's own id in it.
#[component]
pub(in crate::details) fn HowToSend(campaign: Campaign, address: String) -> impl IntoView {
    let kind = match campaign.kind {
        CampaignKind::Messaging => "sent",
        CampaignKind::Interactive => "visited",
    };
    let at = campaign.created_at.format("%Y-%m-%dT%H:%M:%SZ");
    let id = campaign.external_id.unwrap_or(campaign.id);
    let request = format!(
        "curl -X POST {address}/ingest/v1/events \\\n  \
         -H \"Authorization: Bearer $REPORTAGE_TOKEN\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"id\": \"event-1\", \"campaign\": \"{id}\", \"message\": \"message-1\",\n       \
         \"recipient\": \"ana@example.com\", \"kind\": \"{kind}\", \"at\": \"{at}\"}}'"
    );
    view! {
        <section class="panel" aria-labelledby="how-title">
            <h2 id="how-title" class="panel__title">"Point events at this campaign"</h2>
            <p class="panel__lead">
                "Nothing was recorded yet. Send events as they happen, one or thousands at a time; each is counted once, by its id. A token with the scope "
                <code>"ingest"</code>" comes from "<a href=Route::Settings.href()>"Settings"</a>"."
            </p>
            <pre class="code" tabindex="0" aria-label="Example request"><code>{request}</code></pre>
        </section>
    }
    .into_any()
}
