//! The ways between the pages of Settings.

use domain::user::Role;
use leptos::prelude::*;

use super::Confirmation;
use crate::{routes::Route, session::use_session};

/// A page of Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::preferences) enum Here {
    /// The workspace, its people and tokens.
    General,
    /// Accounts at carriers.
    Carriers,
    /// Who did what.
    Activity,
}

/// Links to the pages of Settings. Below admin there is one page only, so there are none. Below them, what came of
/// a password that was given again.
#[component]
pub(in crate::preferences) fn Nav(here: Here) -> impl IntoView {
    let is_admin = use_session().is_some_and(|session| session.may(Role::Admin));
    let links = [
        (Here::General, Route::Settings, "General"),
        (Here::Carriers, Route::Carriers, "Carriers"),
        (Here::Activity, Route::Activity, "Activity"),
    ];
    let nav = is_admin.then(|| {
        let links = links
            .into_iter()
            .map(|(page, route, label)| {
                view! { <a class="tab" href=route.href() aria-current=(page == here).then_some("page")>{label}</a> }
            })
            .collect_view();
        view! { <nav class="tabs" aria-label="Settings">{links}</nav> }
    });
    view! { {nav}<Confirmation/> }
}
