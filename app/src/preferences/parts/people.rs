//! Who can sign in.

use domain::user::Role;
use leptos::prelude::*;

use super::super::{api::Person, page::outcome};
use crate::session::use_session;
use crate::ui::{Deed, DeedForm};

/// The list, and a form for one more.
#[component]
pub(in crate::preferences) fn People(
    people: Vec<Person>,
    add: Deed,
    remove: Deed,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let me = session.viewer.email.clone();
    let rows = people
        .into_iter()
        .map(|person| {
            let seen = person
                .last_seen_at
                .and_then(|at| at.parse().ok())
                .map_or_else(|| "never".to_owned(), |at| session.time(at));
            let label = format!("Remove {}", person.email);
            let email = person.email.clone();
            let form = (email != me).then(|| {
                view! {
                    <DeedForm action=remove>
                        <input type="hidden" name="email" value=email/>
                        <button type="submit" class="button button--small button--danger" aria-label=label>"Remove"</button>
                    </DeedForm>
                }
            });
            view! {
                <tr>
                    <td>{person.email}</td>
                    <td class="table__word">{person.role.as_str()}</td>
                    <td>{seen}</td>
                    <td class="table__end">{form}</td>
                </tr>
            }
        })
        .collect_view();
    let roles = [
        (Role::Viewer, "Viewer: reads"),
        (Role::Editor, "Editor: also changes campaigns"),
        (Role::Admin, "Admin: also changes settings"),
    ]
    .map(|(role, label)| {
        let is_chosen = add.chosen("role", role.as_str(), false);
        view! { <option value=role.as_str() selected=is_chosen>{label}</option> }
    })
    .collect_view();
    view! {
        <section class="panel" aria-labelledby="people-title">
            <h2 id="people-title" class="panel__title">"People"</h2>
            {move || outcome(add, "Added.")}
            {move || outcome(remove, "")}
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="people-title">
                <table class="table">
                    <thead><tr><th scope="col">"Email"</th><th scope="col">"Role"</th><th scope="col">"Last seen"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <DeedForm action=add attr:class="form__row">
                <label class="field">
                    <span class="field__label">"Email"</span>
                    <input class="input" type="email" name="email" required=true autocomplete="off" value=add.kept("email", None)/>
                </label>
                <label class="field">
                    <span class="field__label">"Role"</span>
                    <select class="input" name="role">{roles}</select>
                </label>
                <label class="field">
                    <span class="field__label">"First password, 12 characters or more"</span>
                    <input class="input" type="password" name="password" required=true minlength="12" autocomplete="new-password"/>
                </label>
                <button type="submit" class="button" disabled=add.pending()>"Add"</button>
            </DeedForm>
        </section>
    }
    .into_any()
}
