//! How far an import is, what it found, and what comes next.

use leptos::prelude::*;

use super::{api::ImportAnswer, view_model::bar};
use crate::{
    contacts::params::ContactsParams,
    number::{count, people, plural},
    routes::{Route, encode},
    ui::{Deed, DeedForm},
};

/// The progress bar.
#[component]
pub(super) fn Bar(answer: Signal<ImportAnswer>) -> impl IntoView {
    let at = Memo::new(move |_| answer.with(|answer| bar(&answer.import)));
    let value = move || at.get().map(|(done, _)| done.to_string());
    let max = move || at.get().map(|(_, all)| all.to_string());
    view! { <progress class="progress progress--wide" aria-label="Progress" value=value max=max></progress> }
        .into_any()
}

/// What the rows come to.
#[component]
pub(super) fn Counts(answer: Signal<ImportAnswer>) -> impl IntoView {
    let tile = move |label: &'static str, of: fn(&ImportAnswer) -> u64, basis: &'static str| {
        let value = move || count(answer.with(of));
        view! {
            <div class="tile">
                <dt class="tile__label">{label}</dt>
                <dd class="tile__value">{value}</dd>
                <dd class="tile__basis">{basis}</dd>
            </div>
        }
    };
    view! {
        <dl class="tiles">
            {tile("New", |answer| answer.import.created, "no contacts of yours yet")}
            {tile("Changed", |answer| answer.import.updated, "contacts of yours already")}
            {tile("Not taken", |answer| answer.import.rejected, "rows with an error")}
        </dl>
    }
    .into_any()
}

/// The first errors, and the way to all of them.
#[component]
pub(super) fn Errors(answer: Signal<ImportAnswer>) -> impl IntoView {
    let (id, rejected, errors) = answer.with_untracked(|answer| {
        let import = &answer.import;
        (import.id.clone(), import.rejected, import.errors.clone())
    });
    if errors.is_empty() {
        return ().into_any();
    }
    let file = format!("/contacts/imports/{}/errors.csv", encode(&id));
    let title = match errors.len() as u64 {
        shown if shown < rejected => {
            format!("The first {} of {} errors", count(shown), count(rejected))
        }
        shown => plural(shown, "error", "errors"),
    };
    let rows = errors
        .into_iter()
        .map(|error| {
            view! {
                <tr>
                    <td>{count(error.row)}</td>
                    <td>{error.column}</td>
                    <td class="table__text">{error.message}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3 id="errors-title" class="import__errors">{title}</h3>
        <div class="table-frame" tabindex="0" role="region" aria-labelledby="errors-title">
            <table class="table">
                <thead><tr><th scope="col">"Line"</th><th scope="col">"Column"</th><th scope="col">"What is wrong"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        // Not a page: the browser fetches it itself.
        <p class="import__errors"><a href=file rel="external" download="">"Download all errors"</a></p>
    }
    .into_any()
}

/// The button that writes.
#[component]
pub(super) fn ImportButton(answer: Signal<ImportAnswer>, action: Deed) -> impl IntoView {
    let (id, n) = answer.with_untracked(|answer| {
        let import = &answer.import;
        (import.id.clone(), import.created + import.updated)
    });
    if n == 0 {
        return view! { <p class="panel__lead">"There is nobody to import. Look at the errors, or read the file in another way."</p> }
            .into_any();
    }
    view! {
        <DeedForm action attr:class="form__actions">
            <input type="hidden" name="id" value=id/>
            <button type="submit" class="button button--accent" disabled=action.pending()>{format!("Import {}", people(n))}</button>
        </DeedForm>
    }
    .into_any()
}

/// Where the people are now.
#[component]
pub(super) fn Done(answer: Signal<ImportAnswer>) -> impl IntoView {
    let (list, name) =
        answer.with_untracked(|answer| (answer.list.clone(), answer.import.mapping.list.clone()));
    let list = list.zip(name).map(|(id, name)| {
        let href = ContactsParams {
            list: Some(id),
            ..ContactsParams::default()
        }
        .href();
        view! { <a class="button button--primary" href=href>{format!("Show the list {name}")}</a> }
    });
    view! {
        <div class="form__actions">
            {list}
            <a class="button" href=Route::Contacts.href()>"Show all contacts"</a>
            <a class="button" href=Route::NewImport.href()>"Import another file"</a>
        </div>
    }
    .into_any()
}
