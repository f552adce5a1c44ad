//! Where one is signed in.

use domain::account::SessionInfo;
use leptos::prelude::*;

use crate::{
    preferences::page::outcome,
    session::{Session, use_session},
    ui::{Deed, DeedForm},
};

/// The sessions, and ways to end them.
#[component]
pub(super) fn Sessions(sessions: Vec<SessionInfo>, end: Deed, end_others: Deed) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let others = (sessions.len() > 1).then(|| {
        view! {
            <DeedForm action=end_others>
                <button type="submit" class="button" disabled=end_others.pending()>"Sign out everywhere else"</button>
            </DeedForm>
        }
    });
    let rows = sessions
        .into_iter()
        .map(|one| row(one, &session, end))
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="sessions-title">
            <h2 id="sessions-title" class="panel__title">"Your sessions"</h2>
            <p class="panel__lead">"Where you are signed in. End what you don't know, and change your password then."</p>
            {move || outcome(end, "Ended.")}
            {move || outcome(end_others, "You are signed in here only.")}
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="sessions-title">
                <table class="table">
                    <thead><tr><th scope="col">"Browser"</th><th scope="col" class="table__wide">"Signed in"</th><th scope="col">"Last used"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {others}
        </section>
    }
    .into_any()
}

fn row(one: SessionInfo, session: &Session, end: Deed) -> impl IntoView + use<> {
    let time = |at: &str| {
        at.parse()
            .map_or_else(|_| String::new(), |at| session.time(at))
    };
    let (created, seen) = (time(&one.created_at), time(&one.last_seen_at));
    let browser = if one.browser.is_empty() {
        "Unknown browser".to_owned()
    } else {
        one.browser
    };
    let action = if one.is_this {
        view! { <span>"This one"</span> }.into_any()
    } else {
        let label = format!("End {browser}, signed in {created}");
        view! {
            <DeedForm action=end>
                <input type="hidden" name="id" value=one.id/>
                <button type="submit" class="button button--small button--danger" aria-label=label>"End"</button>
            </DeedForm>
        }
        .into_any()
    };
    view! {
        <tr>
            <td>{browser}</td>
            <td class="table__wide">{created}</td>
            <td>{seen}</td>
            <td class="table__end">{action}</td>
        </tr>
    }
}
