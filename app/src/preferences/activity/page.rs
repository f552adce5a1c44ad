//! The page behind `/settings/activity`.

use domain::{
    carrier::{AuditEntry, AuditPage},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::load_audit;
use crate::{
    codec::Json,
    layout::{Crumb, PageHeader, Trouble},
    preferences::parts::{Here, Nav},
    routes::{Route, with_query},
    session::{Session, use_session},
    ui::{Notice, Tone},
};

/// Who did what, newest first.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let content = if session.may(Role::Admin) {
        view! { <Log session/> }.into_any()
    } else {
        view! { <Notice tone=Tone::Info>"Only admins see who did what."</Notice> }.into_any()
    };
    let crumbs = vec![Crumb::new(Route::Settings.href(), "Settings")];
    view! {
        <PageHeader title="Activity" crumbs/>
        <Nav here=Here::Activity/>
        {content}
    }
    .into_any()
}

#[component]
fn Log(session: Session) -> impl IntoView {
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let page = Resource::<_, Json>::new_with_options(move || cursor.get(), load_audit, false);
    let session = StoredValue::new(session);
    let content = move || {
        page.get().map(|answer| match answer {
            Ok(page) => {
                let is_first = cursor.with_untracked(Option::is_none);
                session.with_value(|session| table(page, is_first, session))
            }
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    let wait = || {
        view! { <div class="report-skeleton report-skeleton--rows" aria-busy="true"><p class="visually-hidden" role="status">"Loading the activity"</p></div> }
    };
    view! { <Transition fallback=wait>{content}</Transition> }.into_any()
}

fn table(page: AuditPage, is_first: bool, session: &Session) -> AnyView {
    if page.entries.is_empty() {
        return view! {
            <section class="panel empty">
                <p class="empty__title">"Nothing yet"</p>
                <p>"What people and tokens change in this workspace is written down here."</p>
            </section>
        }
        .into_any();
    }
    let rows = page
        .entries
        .into_iter()
        .map(|entry| row(entry, session))
        .collect_view();
    let first = (!is_first).then(|| {
        view! { <a class="button button--quiet" href=Route::Activity.href()>"Back to the newest"</a> }
    });
    let next = page.next_cursor.map(|cursor| {
        let href = with_query(&Route::Activity.href(), &[("cursor", cursor)]);
        view! { <a class="button" href=href>"Earlier"</a> }
    });
    view! {
        <section class="panel panel--table" aria-label="Activity">
            <div class="scroll" tabindex="0" role="region" aria-label="Activity">
                <table class="data data--rows">
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"To what"</th>
                            <th scope="col">"Detail"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <nav class="pages" aria-label="Pages">{first}{next}</nav>
        </section>
    }
    .into_any()
}

fn row(entry: AuditEntry, session: &Session) -> AnyView {
    let at = session.iso(entry.at);
    let raw = entry.action.clone();
    view! {
        <tr>
            <td><time datetime=at.clone() title=at>{session.time(entry.at)}</time></td>
            <td>{actor(&entry.actor)}</td>
            <td title=raw>{action(&entry.action)}</td>
            <td class="data__text">{entry.subject}</td>
            <td class="data__text">{entry.detail}</td>
        </tr>
    }
    .into_any()
}

/// Who: a person, a token, or the program itself.
fn actor(actor: &str) -> String {
    match actor.strip_prefix("token:") {
        Some(name) => format!("Token {name}"),
        None if actor == "system" => "Reportage".to_owned(),
        None if actor == "console" => "Command line".to_owned(),
        None => actor.to_owned(),
    }
}

/// `campaign.launched` as *Campaign launched*.
fn action(action: &str) -> String {
    let words = action.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_and_actions_are_words() {
        assert_eq!(actor("ana@example.org"), "ana@example.org");
        assert_eq!(actor("token:CI"), "Token CI");
        assert_eq!(actor("system"), "Reportage");
        assert_eq!(actor("console"), "Command line");
        assert_eq!(action("campaign.rest_cancelled"), "Campaign rest cancelled");
        assert_eq!(action(""), "");
    }
}
