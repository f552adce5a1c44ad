//! Where one can go. What isn't built yet is absent.

use domain::CampaignKind;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{account::Account, brand::Brand};
use crate::{
    reports::remembered,
    routes::Route,
    session::Session,
    ui::{Icon, IconName},
};

/// The navigation: a column beside the page, a bar above it on phones.
#[component]
pub(crate) fn Sidebar(
    /// Who is signed in.
    session: Session,
) -> impl IntoView {
    let workspace = session.viewer.workspace.clone();
    let demo = workspace.is_demo.then(|| {
        view! { <span class="side__demo">"Demonstration data"</span> }
    });
    // Back to the list as one left it; *Clear* there is the way to the whole.
    let reports = Signal::derive(|| Route::Campaigns(remembered(CampaignKind::Messaging)).href());
    view! {
        <div class="side">
            <a class="side__brand" href=Route::tab(CampaignKind::Messaging).href() aria-label="Reportage"><Brand/></a>
            <nav class="side__nav" aria-label="Main">
                <NavLink section="/reports" href=reports icon=IconName::Reports more="Performance " label="Reports"/>
                <NavLink section="/contacts" href=Route::Contacts.href() icon=IconName::Person label="Contacts"/>
                <NavLink section="/settings" href=Route::Settings.href() icon=IconName::Settings label="Settings"/>
            </nav>
            <div class="side__foot">
                {demo}
                <p class="side__workspace">{workspace.name}" · "{workspace.time_zone}</p>
                <Account viewer=session.viewer/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn NavLink(
    section: &'static str,
    #[prop(into)] href: Signal<String>,
    icon: IconName,
    /// Words before the label, which phones have no room to show.
    #[prop(optional)]
    more: &'static str,
    label: &'static str,
) -> impl IntoView {
    let path = use_location().pathname;
    // Details and *New campaign* belong to the reports, though their addresses begin otherwise.
    let current = move || {
        path.with(|path| {
            path.starts_with(section) || (section == "/reports" && path.starts_with("/campaigns"))
        })
    };
    view! {
        <a class="side__link" href=href aria-current=move || current().then_some("page")>
            <Icon name=icon/>
            <span><span class="side__more">{more}</span>{label}</span>
        </a>
    }
    .into_any()
}
