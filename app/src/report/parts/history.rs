//! What happened to one message.

use domain::{CampaignKind, recipient::HistoryEntry};
use leptos::prelude::*;

use super::Shown;
use crate::{
    codec::Json,
    layout::Trouble,
    report::{api::load_history, view_model::event_label},
    session::{Session, use_session},
};

/// The history of the message that the page's state names; nothing while it names none.
#[component]
pub(super) fn History(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let message = Memo::new(move |_| shown.params.with(|params| params.message.clone()));
    let history = Resource::<_, Json>::new_with_options(
        move || message.get(),
        move |message| {
            let id = id.clone();
            async move {
                match message {
                    Some(message) => load_history(id, message).await.map(Some),
                    None => Ok(None),
                }
            }
        },
        true,
    );
    let session = StoredValue::new(use_session());
    let content = move || match history.try_get().flatten()? {
        Ok(None) => None,
        Ok(Some(entries)) => {
            // What is closed while its answer is on the way doesn't open again.
            let key = message.get_untracked()?;
            let table = session.with_value(|session| session.as_ref().map(|s| rows(entries, s)));
            let close = untrack(|| shown.href(|params| params.message = None));
            Some(
                view! {
                    <section class="panel history" aria-labelledby="history-title">
                        <div class="panel__head">
                            <h2 id="history-title">"Message "<code>{key}</code></h2>
                            <a class="button button--small" href=close>"Close"</a>
                        </div>
                        {table}
                    </section>
                }
                .into_any(),
            )
        }
        Err(error) => Some(view! { <Trouble error/> }.into_any()),
    };
    view! { <Transition fallback=|| ()>{content}</Transition> }.into_any()
}

/// A recipient that opens what happened to their message; who took part in a campaign without one is only named.
pub(super) fn opens_history(
    kind: CampaignKind,
    recipient: String,
    message: String,
    shown: Shown,
) -> AnyView {
    match kind {
        CampaignKind::Messaging => {
            let href = shown.href(|params| params.message = Some(message));
            view! { <a class="row-link" href=href title="What happened to this message">{recipient}</a> }
                .into_any()
        }
        CampaignKind::Interactive => recipient.into_any(),
    }
}

fn rows(entries: Vec<HistoryEntry>, session: &Session) -> AnyView {
    if entries.is_empty() {
        return view! { <p>"Nothing is known of this message yet."</p> }.into_any();
    }
    let items = entries
        .into_iter()
        .map(|entry| {
            let at = entry.at.parse().ok();
            let at = at.map_or_else(
                || (entry.at.clone(), entry.at.clone()),
                |at| {
                    (
                        format!("{}{}", session.time(at), seconds(session, at)),
                        session.iso(at),
                    )
                },
            );
            let raw = entry
                .raw
                .map(|raw| view! { <span class="raw">{raw}</span> });
            let machine = entry
                .is_machine
                .then(|| view! { <span class="mark mark--quiet">"by a machine"</span> });
            let detail = entry
                .detail
                .map(|detail| view! { <span class="history__detail">{detail}</span> });
            view! {
                <li class="history__entry">
                    <time datetime=at.1.clone() title=at.1>{at.0}</time>
                    <span><strong>{event_label(entry.kind)}</strong>{raw}" "{machine}{detail}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="history__entries">{items}</ol> }.into_any()
}

/// Several things happen to a message within a minute.
fn seconds(session: &Session, at: chrono::DateTime<chrono::Utc>) -> String {
    session.zone.local(at).format(":%S").to_string()
}
