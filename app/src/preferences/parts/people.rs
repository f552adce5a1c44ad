//! Who can sign in.

use domain::user::Role;
use leptos::prelude::*;

use super::super::{
    api::Person,
    page::{PeopleDeeds, outcome},
};
use crate::{
    session::{Session, use_session},
    ui::{Deed, DeedForm, Notice, Tone},
};

/// The list, a form for one more, and the link for them, this once.
#[component]
pub(in crate::preferences) fn People(
    people: Vec<Person>,
    link: Option<String>,
    deeds: PeopleDeeds,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let add = deeds.add;
    let rows = people
        .into_iter()
        .map(|person| row(person, &session, deeds))
        .collect_view();
    let made = move || {
        let new = [deeds.link, add]
            .into_iter()
            .find_map(|deed| deed.returned::<String>()?.ok());
        new.or_else(|| link.clone())
    };
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
            <p class="panel__lead">"A person you add gets a link and chooses a password with it. Nobody else knows the password."</p>
            {move || outcome(add, "")}
            {move || outcome(deeds.link, "")}
            {move || outcome(deeds.factor, "The second factor is off.")}
            {move || outcome(deeds.remove, "")}
            {move || made().map(|link| view! {
                <Notice tone=Tone::Good>
                    <p>"Give them this link. It is not shown again, and works once: for 72 hours for somebody new, else for 24."</p>
                    <code class="secret">{link}</code>
                </Notice>
            })}
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="people-title">
                <table class="table">
                    <thead><tr><th scope="col">"Email"</th><th scope="col">"Role"</th><th scope="col" class="table__wide">"Last seen"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th></tr></thead>
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
                <button type="submit" class="button" disabled=add.pending()>"Add"</button>
            </DeedForm>
        </section>
    }
    .into_any()
}

/// A person, with what can be done about them.
fn row(person: Person, session: &Session, deeds: PeopleDeeds) -> impl IntoView + use<> {
    let seen = match person.last_seen_at.and_then(|at| at.parse().ok()) {
        Some(at) => session.time(at),
        None if person.is_invited => "invited".to_owned(),
        None => "never".to_owned(),
    };
    let email = person.email;
    let forms = (email != session.viewer.email).then(|| {
        let factor = person.has_factor.then(|| {
            button(
                deeds.factor,
                &email,
                "Second factor off",
                "button button--small",
            )
        });
        view! {
            <div class="table__actions">
                {button(deeds.link, &email, "New link", "button button--small")}
                {factor}
                {button(deeds.remove, &email, "Remove", "button button--small button--danger")}
            </div>
        }
    });
    view! {
        <tr>
            <td>{email.clone()}</td>
            <td class="table__word">{person.role.as_str()}</td>
            <td class="table__wide">{seen}</td>
            <td class="table__end">{forms}</td>
        </tr>
    }
}

/// A form of one button that does something about a person.
fn button(
    action: Deed,
    email: &str,
    text: &'static str,
    class: &'static str,
) -> impl IntoView + use<> {
    let (email, label) = (email.to_owned(), format!("{text} {email}"));
    view! {
        <DeedForm action>
            <input type="hidden" name="email" value=email/>
            <button type="submit" class=class aria-label=label>{text}</button>
        </DeedForm>
    }
}
