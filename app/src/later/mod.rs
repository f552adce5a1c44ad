//! Pages whose code the browser fetches when one of them is opened, and not with the first page it shows.
//!
//! With the feature `split`, `.ci/site.sh` cuts the program in two: what the lists and the reports need, with which a
//! visit begins, and what only the pages named here need. Without the feature (`make watch`, the server) it is one.

#[cfg_attr(feature = "split", path = "fetched.rs")]
#[cfg_attr(not(feature = "split"), path = "present.rs")]
mod part;
#[cfg(test)]
mod tests;

use leptos::prelude::*;
use leptos_router::{ChooseView, hooks::use_location};

use crate::{
    contacts::{ContactPage, ContactsPage, ImportPage, NewContactPage, NewImportPage},
    editor::{EditPage, NewCampaignPage},
    layout::turned_away,
    preferences::{ActivityPage, CarrierPage, CarriersPage, NewCarrierPage, SettingsPage},
};

/// Where the server has the code of these pages; the server gives it as context where [`is_later`] says that the page
/// asked for is one of them, and the document then has it fetched together with the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaterPath(pub &'static str);

/// The code of these pages could not be fetched: the server is out of reach, or has another version by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The rest of the program could not be loaded. Reload the page.")]
pub struct Missing;

/// A page of the second part. For people signed in; everybody else goes to sign in and comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    NewCampaign,
    Edit,
    Settings,
    Carriers,
    NewCarrier,
    Carrier,
    Activity,
    Contacts,
    NewContact,
    Contact,
    NewImport,
    Import,
}

/// Whether the page at `path` is one of the second part. Addresses in between that lead nowhere may count as such.
#[must_use]
pub fn is_later(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match segments.next() {
        Some("contacts" | "settings") => true,
        Some("campaigns") => segments.next() == Some("new") || segments.next() == Some("edit"),
        _ => false,
    }
}

/// Fetches what the page at `path` needs beyond what is loaded; at once where that is nothing.
///
/// The page can then be taken over in one go, as if the program had never been cut.
///
/// # Errors
/// [`Missing`] when it can't be had.
pub async fn fetch_for(path: &str) -> Result<(), Missing> {
    if is_later(path) {
        part::fetch().await?;
    }
    Ok(())
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        if let Some(elsewhere) = turned_away() {
            return elsewhere;
        }
        part::draw(self).await.unwrap_or_else(|Missing| as_document())
    }

    async fn preload(&self) {
        // Whoever opens the page hears of a failure, from `choose`.
        _ = part::fetch().await;
    }
}

/// What the second part begins with: nothing else may name these pages, or their code is in the first.
fn page(page: Page) -> AnyView {
    match page {
        Page::NewCampaign => view! { <NewCampaignPage/> }.into_any(),
        Page::Edit => view! { <EditPage/> }.into_any(),
        Page::Settings => view! { <SettingsPage/> }.into_any(),
        Page::Carriers => view! { <CarriersPage/> }.into_any(),
        Page::NewCarrier => view! { <NewCarrierPage/> }.into_any(),
        Page::Carrier => view! { <CarrierPage/> }.into_any(),
        Page::Activity => view! { <ActivityPage/> }.into_any(),
        Page::Contacts => view! { <ContactsPage/> }.into_any(),
        Page::NewContact => view! { <NewContactPage/> }.into_any(),
        Page::Contact => view! { <ContactPage/> }.into_any(),
        Page::NewImport => view! { <NewImportPage/> }.into_any(),
        Page::Import => view! { <ImportPage/> }.into_any(),
    }
}

/// Goes to the page as if by a plain link: a new document brings code of one version, or the browser says what is wrong.
fn as_document() -> AnyView {
    let here = use_location();
    let href = here.pathname.get_untracked() + &here.search.get_untracked();
    // The browser is leaving; there is nobody to tell that it could not.
    _ = window().location().set_href(&href);
    ().into_any()
}
