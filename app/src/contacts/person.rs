//! The pages behind `/contacts/new` and `/contacts/:id`.

use domain::{
    Refusal,
    contact::{Consent, Contact},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    api::{DeleteContact, SaveContact, load_contact},
    rows::{attribute_rows, consent_rows},
    view_model::{called, devices},
};
use crate::{
    codec::Json,
    error::AppError,
    layout::{Crumb, NotFoundPage, PageHeader, Trouble},
    routes::Route,
    session::{Session, use_session},
    ui::{Ask, Deed, DeedForm, IconName, Notice, Tone, Words},
};

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new(Route::Contacts.href(), "Contacts")]
}

/// *New contact*.
#[component]
pub fn NewContactPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let action = Deed::of::<SaveContact>();
    let content = if session.may(Role::Editor) {
        view! { <div class="sheet"><Outcome action/><Form contact=None action session/></div> }
            .into_any()
    } else {
        view! { <Notice tone=Tone::Info>"Editors and admins add contacts. Ask an admin for that role."</Notice> }
            .into_any()
    };
    view! {
        <PageHeader title="New contact" crumbs=crumbs()/>
        {content}
    }
    .into_any()
}

/// One contact, named in the path.
#[component]
pub fn ContactPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    move || view! { <OneContact id=id.get()/> }.into_any()
}

#[component]
fn OneContact(id: String) -> impl IntoView {
    let (save, delete) = (Deed::of::<SaveContact>(), Deed::of::<DeleteContact>());
    let saved = save.done();
    let question = Resource::<_, Json>::new_with_options(
        move || saved.get(),
        move |_| load_contact(id.clone()),
        false,
    );
    let content = move || {
        question.get().map(|answer| match answer {
            Ok(contact) => view! { <Content contact save delete/> }.into_any(),
            Err(AppError::Refused(Refusal::NotFound { .. })) => {
                view! { <NotFoundPage/> }.into_any()
            }
            Err(error) => view! {
                <PageHeader title="Contact" crumbs=crumbs()/>
                <Trouble error/>
            }
            .into_any(),
        })
    };
    view! { <Transition fallback=PersonSkeleton>{content}</Transition> }.into_any()
}

#[component]
fn PersonSkeleton() -> impl IntoView {
    view! {
        <div class="bones" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the contact"</p>
            <header class="head"><div class="head__text"><h1>"Contact"</h1></div></header>
            <div class="panel" aria-hidden="true"><span class="bone bone--long"></span><span class="bone bone--long"></span><span class="bone"></span></div>
        </div>
    }
    .into_any()
}

/// What came of saving.
#[component]
fn Outcome(action: Deed) -> impl IntoView {
    move || {
        action.told().map(|answer| match answer {
            Ok(()) => view! { <Notice tone=Tone::Good>"Saved."</Notice> }.into_any(),
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    }
}

#[component]
fn Content(contact: Contact, save: Deed, delete: Deed) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let name = called(&contact);
    let meta = format!(
        "Added {} · changed {} · {}",
        session.time(contact.created_at),
        session.time(contact.updated_at),
        devices(&contact)
    );
    let bin = session.may(Role::Admin).then(|| {
        let (id, name) = (contact.id.clone(), name.clone());
        view! { <Bin id name action=delete/> }
    });
    let refused = move || {
        delete
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Trouble error/> })
    };
    let may_edit = session.may(Role::Editor);
    let blocked = view! { <Blocked contact=contact.clone()/> };
    view! {
        <PageHeader title=name crumbs=crumbs() meta=move || view! { <p class="head__meta">{meta}</p> } actions=move || bin/>
        {refused}
        <Outcome action=save/>
        <div class="details">
            <fieldset class="details__main bare" disabled=!may_edit>
                <Form contact=Some(contact) action=save session/>
            </fieldset>
            {blocked}
        </div>
    }
    .into_any()
}

/// On which channels the person is not written to, and why.
#[component]
fn Blocked(contact: Contact) -> impl IntoView {
    let rows = if contact.suppressed.is_empty() {
        view! { <p class="panel__lead">"No address of this contact is on the blocklist."</p> }
            .into_any()
    } else {
        let rows = contact
            .suppressed
            .into_iter()
            .map(|(channel, source)| {
                view! { <div class="facts__row"><dt>{channel.label()}</dt><dd>{source.label()}</dd></div> }
            })
            .collect_view();
        view! {
            <dl class="facts">{rows}</dl>
            <p class="field__hint">"Nothing is sent there. An admin can change that in the "<a href="/contacts?tab=blocklist">"blocklist"</a>"."</p>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="blocked-title">
            <h2 id="blocked-title" class="panel__title">"Blocked"</h2>
            {rows}
        </section>
    }
    .into_any()
}

#[component]
fn Bin(id: String, name: String, action: Deed) -> impl IntoView {
    let words = Words {
        title: "Delete this contact?".to_owned(),
        subject: name,
        text: "Name, addresses and attributes are removed for good. Reports keep their figures, and blocked addresses stay blocked.",
        keep: "Keep it",
        go: "Delete".to_owned(),
    };
    view! {
        <Ask
            id="delete"
            label="Delete"
            icon=IconName::Trash
            class="button button--icon button--danger"
            go_class="button button--danger"
            words
            fields=vec![("id", id)]
            action
        />
    }
    .into_any()
}

/// The fields of a contact.
#[component]
fn Form(contact: Option<Contact>, action: Deed, session: Session) -> impl IntoView {
    // Addresses that are masked can be replaced, and are never sent back.
    let sees_all = contact.is_none() || session.may(Role::Admin);
    let address = |held: Option<String>| {
        if sees_all { (held, None) } else { (None, held) }
    };
    let known = contact.clone();
    let held = move |of: fn(&Contact) -> Option<String>| known.as_ref().and_then(of);
    let (phone, phone_hint) = address(held(|contact| contact.phone.clone()));
    let (email, email_hint) = address(held(|contact| contact.email.clone()));
    let hint = (!sees_all).then(|| {
        view! { <p class="field__hint">"Number and e-mail address are shown in part. Left empty, they stay as they are."</p> }
    });
    let attributes = attribute_rows(contact.as_ref(), action);
    let consents = consent_rows(contact.as_ref(), action);
    let name = action.kept("name", held(|contact| Some(contact.name.clone())));
    let own_id = action.kept("external_id", held(|contact| contact.external_id.clone()));
    let zone = action.kept("time_zone", held(|contact| contact.time_zone.clone()));
    let is_renewed = action.chosen("is_renewed", "true", false);
    let renewed = contact.as_ref().is_some_and(|contact| {
        contact.consents.contains(&Consent::Unsubscribed) || !contact.suppressed.is_empty()
    });
    let renewed = renewed.then(|| {
        view! {
            <label class="choice">
                <input type="checkbox" name="is_renewed" value="true" checked=is_renewed/>
                "They agreed anew themselves, after leaving"
            </label>
        }
    });
    let verb = if contact.is_some() {
        "Save"
    } else {
        "Add contact"
    };
    view! {
        <DeedForm action attr:class="panel form">
            <input type="hidden" name="id" value=held(|contact| Some(contact.id.clone())).unwrap_or_default()/>
            <label class="field">
                <span class="field__label">"Name"</span>
                <input class="input" name="name" maxlength="200" autocomplete="off" value=name/>
            </label>
            <div class="form__row">
                <label class="field">
                    <span class="field__label">"Phone, with + and country"</span>
                    <input class="input" type="tel" name="phone" maxlength="40" autocomplete="off" value=action.kept("phone", phone) placeholder=phone_hint/>
                </label>
                <label class="field">
                    <span class="field__label">"Email"</span>
                    <input class="input" type="email" name="email" maxlength="320" autocomplete="off" value=action.kept("email", email) placeholder=email_hint/>
                </label>
            </div>
            {hint}
            <div class="form__row">
                <label class="field">
                    <span class="field__label">"Your own id (optional)"</span>
                    <input class="input" name="external_id" maxlength="128" autocomplete="off" value=own_id/>
                </label>
                <label class="field">
                    <span class="field__label">"Time zone (optional)"</span>
                    <input class="input" name="time_zone" maxlength="64" autocomplete="off" placeholder="Europe/Madrid" value=zone/>
                </label>
            </div>
            <fieldset class="field">
                <legend class="field__label">"What they agreed to"</legend>
                <div class="consents">{consents}</div>
                {renewed}
            </fieldset>
            <fieldset class="field">
                <legend class="field__label">"Attributes"</legend>
                <p class="field__hint">"Names have letters, digits and _. An attribute without a value is removed."</p>
                <div class="pairs">{attributes}</div>
            </fieldset>
            <div class="form__actions">
                <button type="submit" class="button button--accent" disabled=action.pending()>{verb}</button>
                <a class="button" href=Route::Contacts.href()>"Back"</a>
            </div>
        </DeedForm>
    }
    .into_any()
}
