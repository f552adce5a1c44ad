//! The page behind `/contacts/imports/new`.

use domain::user::Role;
use leptos::prelude::*;

use crate::{
    contacts::params::{ContactsParams, Tab},
    layout::{Crumb, PageHeader},
    routes::{Route, UPLOAD_PATH},
    session::use_session,
    ui::{Notice, Tone, returned_to, sentence},
};

/// Takes a file. A plain form: the browser sends the file as it is, with or without scripts.
#[component]
pub fn NewImportPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let imports = ContactsParams::of_tab(Tab::Imports).href();
    let crumbs = vec![
        Crumb::new(Route::Contacts.href(), "Contacts"),
        Crumb::new(imports.clone(), "Imports"),
    ];
    let refused = returned_to(UPLOAD_PATH).map(|(error, typed)| {
        let name = typed.get("file").filter(|name| !name.is_empty());
        let name = name.map(|name| format!("“{name}” was not taken. "));
        view! { <Notice tone=Tone::Bad>{name}{sentence(&error.to_string())}</Notice> }
    });
    let content = if session.may(Role::Editor) {
        view! {
            <div class="sheet">
                {refused}
                <form class="panel form" action=UPLOAD_PATH method="post" enctype="multipart/form-data">
                    <label class="field">
                        <span class="field__label">"File"</span>
                        <input class="input input--file" type="file" name="file" required=true accept=".csv,.tsv,.txt,.xlsx,text/csv"/>
                        <span class="field__hint">"CSV or XLSX, one person in a row, names of the columns in the first. Up to a million rows."</span>
                    </label>
                    <p class="field__hint">"Nothing is written yet: next you say what each column means, and every row is checked."</p>
                    <div class="form__actions">
                        <button type="submit" class="button button--accent">"Upload"</button>
                        <a class="button" href=imports>"Cancel"</a>
                    </div>
                </form>
            </div>
        }
        .into_any()
    } else {
        view! { <Notice tone=Tone::Info>"Editors and admins import contacts. Ask an admin for that role."</Notice> }
            .into_any()
    };
    view! {
        <PageHeader title="Import a file" crumbs/>
        {content}
    }
    .into_any()
}
