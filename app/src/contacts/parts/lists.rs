//! Saved lists.

use domain::{contact::ContactList, user::Role};
use leptos::prelude::*;

use crate::{
    contacts::params::ContactsParams,
    layout::Trouble,
    number::people,
    session::{Session, use_session},
    ui::{Ask, Deed, DeedForm, Words},
};

/// A form for one more list.
#[component]
pub(in crate::contacts) fn NewList(action: Deed) -> impl IntoView {
    let refused = move || {
        action
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Trouble error/> })
    };
    view! {
        {refused}
        <DeedForm action attr:class="finder">
            <label class="field finder__text">
                <span class="field__label">"Name of the new list"</span>
                <input class="input" name="name" required=true maxlength="200" autocomplete="off" value=action.kept("name", None)/>
            </label>
            <button type="submit" class="button" disabled=action.pending()>"Create list"</button>
        </DeedForm>
    }
    .into_any()
}

/// One row per list.
#[component]
pub(in crate::contacts) fn Lists(lists: Vec<ContactList>, action: Deed) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let refused = move || {
        action
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Trouble error/> })
    };
    if lists.is_empty() {
        return view! {
            {refused}
            <section class="panel empty">
                <p class="empty__title">"No lists yet"</p>
                <p>"A list holds people a campaign can be sent to. An import puts everybody of its file on one."</p>
            </section>
        }
        .into_any();
    }
    let rows = lists
        .into_iter()
        .map(|list| row(list, &session, action))
        .collect_view();
    view! {
        {refused}
        <section class="panel panel--table" aria-label="Lists">
            <div class="scroll" tabindex="0" role="region" aria-label="Lists">
                <table class="data data--rows data--stacks">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Members"</th>
                            <th scope="col" class="data__extra">"Created"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(list: ContactList, session: &Session, action: Deed) -> AnyView {
    let members = ContactsParams {
        list: Some(list.id.clone()),
        ..ContactsParams::default()
    };
    let name = list.name.clone();
    let made = session.iso(list.created_at);
    let delete = session
        .may(Role::Editor)
        .then(|| view! { <DeleteOne id=list.id name=list.name action/> });
    view! {
        <tr>
            <th scope="row"><a class="row-link" href=members.href()>{name}</a></th>
            <td>{people(list.members)}</td>
            <td class="data__extra"><time datetime=made.clone() title=made>{session.time(list.created_at)}</time></td>
            <td class="data__number">{delete}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn DeleteOne(id: String, name: String, action: Deed) -> impl IntoView {
    let words = Words {
        title: "Delete this list?".to_owned(),
        subject: name.clone(),
        text: "Its members stay contacts. Campaigns that were to go to it have to be given another audience.",
        keep: "Keep it",
        go: "Delete".to_owned(),
    };
    view! {
        <Ask
            id=format!("delete-{id}")
            label="Delete"
            name=format!("Delete {name}")
            class="button button--small button--danger"
            go_class="button button--danger"
            words
            fields=vec![("id", id)]
            action
        />
    }
    .into_any()
}
