//! Pages whose code the browser fetches when one of them is opened, and not with the first page it shows.
//!
//! With the feature `split`, `.ci/site.sh` cuts the program in parts: the first, which every page needs and the lists
//! need alone, and one for each [`Part`]. Without the feature (`make watch`, the server) it is in one piece.

#[cfg_attr(feature = "split", path = "fetched.rs")]
#[cfg_attr(not(feature = "split"), path = "present.rs")]
mod part;
#[cfg(test)]
mod tests;

use leptos::prelude::*;
use leptos_router::{ChooseView, hooks::use_location};

use crate::{
    contacts::{ContactPage, ContactsPage, ImportPage, NewContactPage, NewImportPage},
    details::DetailsPage,
    editor::{EditPage, NewCampaignPage},
    layout::turned_away,
    preferences::{ActivityPage, CarrierPage, CarriersPage, NewCarrierPage, SettingsPage},
    report::ReportPage,
};

/// A part of the program beside the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Reports, with their charts.
    Report,
    /// What one does before and beside them: campaigns in the making and under way, contacts, settings.
    Office,
}

/// Where the server has what the page asked for needs beside the first part; the server gives it as context, and the
/// document has it fetched together with the first part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterPaths(pub Vec<&'static str>);

/// The code of these pages could not be fetched: the server is out of reach, or has another version by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The rest of the program could not be loaded. Reload the page.")]
pub struct Missing;

/// The page of [`Part::Report`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report;

/// A page of [`Part::Office`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Office {
    Details,
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

impl Part {
    /// What its file is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Office => "office",
        }
    }

    /// The part that the page at `path` is in; none for the first. Addresses in between that lead nowhere may have one.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        match (segments.next()?, segments.nth(1)) {
            ("contacts" | "settings" | "campaigns", _) => Some(Self::Office),
            ("reports", Some(_)) => Some(Self::Report),
            _ => None,
        }
    }
}

/// Fetches what the page at `path` needs beyond what is loaded; at once where that is nothing.
///
/// The page can then be taken over in one go, as if the program had never been cut.
///
/// # Errors
/// [`Missing`] when it can't be had.
pub async fn fetch_for(path: &str) -> Result<(), Missing> {
    match Part::of(path) {
        Some(Part::Report) => part::fetch_report().await,
        Some(Part::Office) => part::fetch_office().await,
        None => Ok(()),
    }
}

impl ChooseView for Report {
    async fn choose(self) -> AnyView {
        opened(part::report()).await
    }

    // Whoever opens the page hears of a failure.
    async fn preload(&self) {
        _ = part::fetch_report().await;
    }
}

impl ChooseView for Office {
    async fn choose(self) -> AnyView {
        opened(part::office(self)).await
    }

    async fn preload(&self) {
        _ = part::fetch_office().await;
    }
}

/// A page for people signed in, once its code is there; everybody else goes to sign in and comes back.
async fn opened(page: impl Future<Output = Result<AnyView, Missing>>) -> AnyView {
    match turned_away() {
        Some(elsewhere) => elsewhere,
        None => page.await.unwrap_or_else(|Missing| as_document()),
    }
}

/// What [`Part::Report`] begins with. Nothing in the first part may name the page, or its code is there.
fn report() -> AnyView {
    view! { <ReportPage/> }.into_any()
}

/// What [`Part::Office`] begins with; the same holds for these pages.
fn office(page: Office) -> AnyView {
    match page {
        Office::Details => view! { <DetailsPage/> }.into_any(),
        Office::NewCampaign => view! { <NewCampaignPage/> }.into_any(),
        Office::Edit => view! { <EditPage/> }.into_any(),
        Office::Settings => view! { <SettingsPage/> }.into_any(),
        Office::Carriers => view! { <CarriersPage/> }.into_any(),
        Office::NewCarrier => view! { <NewCarrierPage/> }.into_any(),
        Office::Carrier => view! { <CarrierPage/> }.into_any(),
        Office::Activity => view! { <ActivityPage/> }.into_any(),
        Office::Contacts => view! { <ContactsPage/> }.into_any(),
        Office::NewContact => view! { <NewContactPage/> }.into_any(),
        Office::Contact => view! { <ContactPage/> }.into_any(),
        Office::NewImport => view! { <NewImportPage/> }.into_any(),
        Office::Import => view! { <ImportPage/> }.into_any(),
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
