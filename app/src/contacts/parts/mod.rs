//! The tabs of the contacts.

mod blocklist;
mod imports;
mod lists;
mod people;

pub(super) use blocklist::{Blocklist, BlocklistFinder};
pub(super) use imports::Imports;
pub(super) use lists::{Lists, NewList};
pub(super) use people::{People, PeopleFinder};

use leptos::prelude::*;

use super::params::ContactsParams;

/// The ways to the next page and back to the first.
pub(super) fn pages(params: &ContactsParams, next: Option<String>) -> AnyView {
    let first = params.cursor.is_some().then(|| {
        let href = params.at(None).href();
        view! { <a class="button button--quiet" href=href>"Back to the first page"</a> }
    });
    let next = next.map(|cursor| {
        let href = params.at(Some(cursor)).href();
        view! { <a class="button" href=href>"Next page"</a> }
    });
    view! { <nav class="pages" aria-label="Pages">{first}{next}</nav> }.into_any()
}
