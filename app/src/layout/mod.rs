//! What stands around every page: the sidebar, the page's head, and the way in for people not signed in.

mod account;
mod arrival;
mod brand;
mod header;
mod not_found;
mod shortcuts;
mod sidebar;
mod theme;
mod title;
mod trouble;

pub(crate) use arrival::use_arrival;
pub use brand::Brand;
pub use header::{Crumb, PageHeader};
pub use not_found::NotFoundPage;
pub(crate) use title::{DocumentTitle, TitleFormat};
pub use trouble::{SessionEnded, Trouble};

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{routes, session::use_session, ui::follow_returned};
use arrival::provide_arrival;
use shortcuts::Shortcuts;
use sidebar::Sidebar;

/// The frame of every page. Without a session there is no sidebar, because nothing in it could be opened.
#[component]
pub fn Frame(
    /// The routes.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let bare = session.is_none();
    follow_returned();
    let title = provide_arrival().title();
    view! {
        // External to the router, which would scroll there but leave the keyboard behind.
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app" class:app--bare=bare>
            {session.map(|session| view! { <Sidebar session/> <Shortcuts/> }.into_any())}
            <main id="main" class="main" tabindex="-1">
                <p class="visually-hidden" aria-live="polite">{title}</p>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// A page for people signed in; everybody else goes to sign in and comes back.
pub(crate) fn guarded(page: impl Fn() -> AnyView) -> AnyView {
    turned_away().unwrap_or_else(page)
}

/// For people not signed in: the way to sign in and back, instead of a page.
pub(crate) fn turned_away() -> Option<AnyView> {
    if use_session().is_some() {
        return None;
    }
    let path = sign_in_and_return();
    Some(view! { <Redirect path/> }.into_any())
}

/// Where one signs in to come back to the present page.
fn sign_in_and_return() -> String {
    let here = use_location();
    let path = here.pathname.get_untracked();
    let search = here.search.get_untracked();
    let next = if search.is_empty() {
        path
    } else {
        format!("{path}?{search}")
    };
    routes::with_query(&routes::Route::SignIn.href(), &[("next", next)])
}
