//! The page behind `/settings/carriers`.

use domain::{carrier::AccountInfo, user::Role};
use leptos::prelude::*;

use super::{
    api::load_accounts,
    view_model::{channels, today},
};
use crate::{
    codec::Json,
    layout::{Crumb, PageHeader, Trouble},
    preferences::parts::{Here, Nav},
    routes::Route,
    session::{Session, use_session},
    ui::{Icon, IconName, Notice, Tone},
};

/// All accounts.
#[component]
pub fn CarriersPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let is_admin = session.may(Role::Admin);
    let content = if is_admin {
        view! { <Accounts session/> }.into_any()
    } else {
        not_yours()
    };
    let crumbs = vec![Crumb::new(Route::Settings.href(), "Settings")];
    let add = move || {
        is_admin.then(|| {
            view! {
                <a class="button button--accent" href=Route::NewCarrier.href() data-shortcut="new"><Icon name=IconName::Plus/>"Add account"</a>
            }
        })
    };
    view! {
        <PageHeader title="Carriers" crumbs actions=add/>
        <Nav here=Here::Carriers/>
        {content}
    }
    .into_any()
}

/// What people below admin read.
pub(super) fn not_yours() -> AnyView {
    view! { <Notice tone=Tone::Info>"Only admins manage accounts at carriers. Ask an admin for that role."</Notice> }
        .into_any()
}

#[component]
fn Accounts(session: Session) -> impl IntoView {
    let accounts = Resource::<_, Json>::new_with_options(|| (), |()| load_accounts(), false);
    let session = StoredValue::new(session);
    let content = move || {
        accounts.get().map(|answer| match answer {
            Ok(answer) => session.with_value(|session| list(answer.accounts, session)),
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    let wait = || {
        view! { <div class="report-skeleton report-skeleton--rows" aria-busy="true"><p class="visually-hidden" role="status">"Loading the accounts"</p></div> }
    };
    view! { <Transition fallback=wait>{content}</Transition> }.into_any()
}

fn list(accounts: Vec<AccountInfo>, session: &Session) -> AnyView {
    if accounts.is_empty() {
        return view! {
            <section class="panel empty">
                <p class="empty__title">"No carrier yet"</p>
                <p>"Campaigns go out by an account at a carrier. The sandbox plays one, to try everything without sending anything."</p>
                <a class="button button--accent" href=Route::NewCarrier.href()>"Add account"</a>
            </section>
        }
        .into_any();
    }
    let rows = accounts
        .into_iter()
        .map(|account| {
            let last = account
                .last_event_at
                .map_or_else(|| "never".to_owned(), |at| session.time(at));
            let state = match &account.trouble {
                Some(_) => view! { <span class="pill tone--bad"><i class="pill__dot" aria-hidden="true"></i><span>"Trouble"</span></span> },
                None => view! { <span class="pill tone--ok"><i class="pill__dot" aria-hidden="true"></i><span>"Ready"</span></span> },
            };
            let trouble = account.trouble.clone();
            view! {
                <tr>
                    <th scope="row"><a class="row-link" href=Route::Carrier(account.id.clone()).href()>{account.name.clone()}</a></th>
                    <td>{account.protocol.label()}</td>
                    <td>{channels(account.protocol)}</td>
                    <td title=trouble>{state}</td>
                    <td>{last}</td>
                    <td>{today(&account)}</td>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <section class="panel panel--table" aria-label="Accounts">
            <div class="scroll" tabindex="0" role="region" aria-label="Accounts">
                <table class="data data--rows">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Protocol"</th>
                            <th scope="col">"Channels"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Last event"</th>
                            <th scope="col">"Last day"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
