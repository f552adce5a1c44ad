//! One row per person.

use domain::{
    contact::{Contact, ContactCounts, ContactPage},
    user::Role,
};
use leptos::prelude::*;

use super::pages;
use crate::{
    contacts::{
        api::Shown,
        page::Question,
        params::ContactsParams,
        view_model::{called, count_tiles, devices, words},
    },
    number::NONE,
    routes::Route,
    session::{Session, use_session},
    ui::Finder,
};

/// Search, list and blocked ones.
#[component]
pub(in crate::contacts) fn PeopleFinder(
    params: Memo<ContactsParams>,
    question: Question,
) -> impl IntoView {
    let q = move || params.with(|params| params.q.clone());
    let blocked = move || params.with(|params| params.blocked);
    // Masked addresses can't be searched by parts: nobody finds the rest out letter by letter.
    let hint = if use_session().is_some_and(|session| session.may(Role::Admin)) {
        "Name, number or address"
    } else {
        "Part of a name"
    };
    let lists = move || {
        let lists = match question.get() {
            Some(Ok(Shown::People { lists, .. })) => lists,
            _ => return None,
        };
        let chosen = params.with(|params| params.list.clone());
        let options = lists
            .into_iter()
            .map(|list| {
                let is_chosen = chosen.as_ref() == Some(&list.id);
                view! { <option value=list.id selected=is_chosen>{list.name}</option> }
            })
            .collect_view();
        Some(view! {
            <label class="field finder__list">
                <span class="field__label">"List"</span>
                <select class="input" name="list">
                    <option value="" selected=chosen.is_none()>"Everybody"</option>
                    {options}
                </select>
            </label>
        })
    };
    view! {
        <Finder action="/contacts">
            <label class="field finder__text">
                <span class="field__label">"Find"</span>
                <input class="input" type="search" name="q" maxlength="128" placeholder=hint data-shortcut="search" value=q prop:value=q/>
            </label>
            <Transition fallback=|| ()>{lists}</Transition>
            <label class="choice finder__choice">
                <input type="checkbox" name="blocked" value="true" checked=blocked prop:checked=blocked/>
                "Blocked only"
            </label>
            <button type="submit" class="button button--primary">"Search"</button>
        </Finder>
    }
    .into_any()
}

/// The figures and the rows.
#[component]
pub(in crate::contacts) fn People(
    counts: ContactCounts,
    page: ContactPage,
    params: Memo<ContactsParams>,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let params = params.get_untracked();
    let tiles = count_tiles(&counts)
        .into_iter()
        .map(|tile| {
            view! {
                <div class="counts__tile">
                    <dt class="kpi__label">{tile.label}</dt>
                    <dd class="kpi__value">{tile.value}</dd>
                    <dd class="kpi__note">{tile.note}</dd>
                </div>
            }
        })
        .collect_view();
    let rows = if page.contacts.is_empty() {
        nobody(
            &params,
            counts.contacts,
            page.next_cursor.as_deref(),
            &session,
        )
    } else {
        table(page, &params, &session)
    };
    view! {
        <section aria-label="How many can be reached"><dl class="counts">{tiles}</dl></section>
        {rows}
    }
    .into_any()
}

fn table(page: ContactPage, params: &ContactsParams, session: &Session) -> AnyView {
    let rows = page
        .contacts
        .into_iter()
        .map(|contact| row(contact, session))
        .collect_view();
    view! {
        <section class="panel panel--table" aria-label="People">
            <div class="scroll" tabindex="0" role="region" aria-label="People">
                <table class="data data--rows data--stacks">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Phone"</th>
                            <th scope="col">"Email"</th>
                            <th scope="col">"Channels"</th>
                            <th scope="col" class="data__extra">"Push"</th>
                            <th scope="col" class="data__extra">"Added"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {pages(params, page.next_cursor)}
        </section>
    }
    .into_any()
}

fn row(contact: Contact, session: &Session) -> AnyView {
    let name = called(&contact);
    let words = words(&contact)
        .into_iter()
        .map(|word| view! { <li class=word.class>{word.text}</li> })
        .collect_view();
    let devices = if contact.devices == 0 {
        NONE.to_owned()
    } else {
        devices(&contact)
    };
    let text = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
    let added = session.iso(contact.created_at);
    view! {
        <tr>
            <th scope="row"><a class="row-link" href=Route::Contact(contact.id).href()>{name}</a></th>
            <td>{text(contact.phone)}</td>
            <td>{text(contact.email)}</td>
            <td><ul class="marks">{words}</ul></td>
            <td class="data__extra">{devices}</td>
            <td class="data__extra"><time datetime=added.clone() title=added>{session.time(contact.created_at)}</time></td>
        </tr>
    }
    .into_any()
}

/// Nobody at all, nobody so far, or nobody who matches.
fn nobody(
    params: &ContactsParams,
    contacts: u64,
    next: Option<&str>,
    session: &Session,
) -> AnyView {
    if let Some(cursor) = next {
        let href = params.at(Some(cursor.to_owned())).href();
        return view! {
            <section class="panel empty">
                <p class="empty__title">"Nobody found so far"</p>
                <p>"There are more to look through."</p>
                <a class="button" href=href>"Search on"</a>
            </section>
        }
        .into_any();
    }
    if contacts > 0 || params.is_filtered() {
        return view! {
            <section class="panel empty">
                <p class="empty__title">"Nobody matches"</p>
                <p>"Search for a part of a name, or choose another list."</p>
                <a class="button" href=Route::Contacts.href()>"Show everybody"</a>
            </section>
        }
        .into_any();
    }
    let ways = session.may(Role::Editor).then(|| {
        view! {
            <p class="empty__actions">
                <a class="button button--accent" href=Route::NewImport.href()>"Import a file"</a>
                <a class="button" href=Route::NewContact.href()>"New contact"</a>
            </p>
        }
    });
    view! {
        <section class="panel empty">
            <p class="empty__title">"No contacts yet"</p>
            <p>"The people you write to stand here, with what they agreed to."</p>
            {ways}
        </section>
    }
    .into_any()
}
