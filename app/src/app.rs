//! The application: providers and the route table, nothing else.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};

use domain::CampaignKind;

use crate::{
    later::{self, Office},
    layout::{Frame, NotFoundPage, TitleFormat, guarded},
    reports::{CampaignsPage, provide_tab_memory},
    routes,
    session::provide_session,
    sign_in::{CodePage, JoinPage, SetupPage, SignInPage},
    ui::provide_returned,
};

/// Everything below the document's body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_session();
    provide_returned();
    provide_tab_memory();
    let home = routes::Route::tab(CampaignKind::Messaging).href();

    // Pages wait for their data: they can be read without scripts, and answer 404 where nothing is.
    view! {
        <TitleFormat/>
        <Router>
            <Frame>
                <FlatRoutes fallback=|| view! { <NotFoundPage/> }>
                    <Route path=path!("/") view=move || view! { <Redirect path=home.clone()/> }/>
                    <Route path=path!("/reports/messaging") ssr=SsrMode::Async view=|| guarded(|| {
                        view! { <CampaignsPage kind=CampaignKind::Messaging/> }.into_any()
                    })/>
                    <Route path=path!("/reports/interactive") ssr=SsrMode::Async view=|| guarded(|| {
                        view! { <CampaignsPage kind=CampaignKind::Interactive/> }.into_any()
                    })/>
                    <Route path=path!("/reports/messaging/:id") ssr=SsrMode::Async view=later::Report/>
                    <Route path=path!("/reports/interactive/:id") ssr=SsrMode::Async view=later::Report/>
                    <Route path=path!("/campaigns/new") ssr=SsrMode::Async view=Office::NewCampaign/>
                    <Route path=path!("/campaigns/:id/edit/:step") ssr=SsrMode::Async view=Office::Edit/>
                    <Route path=path!("/campaigns/:id/details") ssr=SsrMode::Async view=Office::Details/>
                    <Route path=path!("/settings") ssr=SsrMode::Async view=Office::Settings/>
                    <Route path=path!("/contacts") ssr=SsrMode::Async view=Office::Contacts/>
                    <Route path=path!("/contacts/new") ssr=SsrMode::Async view=Office::NewContact/>
                    <Route path=path!("/contacts/imports/new") ssr=SsrMode::Async view=Office::NewImport/>
                    <Route path=path!("/contacts/imports/:id") ssr=SsrMode::Async view=Office::Import/>
                    <Route path=path!("/contacts/:id") ssr=SsrMode::Async view=Office::Contact/>
                    <Route path=path!("/settings/carriers") ssr=SsrMode::Async view=Office::Carriers/>
                    <Route path=path!("/settings/carriers/new") ssr=SsrMode::Async view=Office::NewCarrier/>
                    <Route path=path!("/settings/carriers/:id") ssr=SsrMode::Async view=Office::Carrier/>
                    <Route path=path!("/settings/activity") ssr=SsrMode::Async view=Office::Activity/>
                    <Route path=path!("/sign-in") view=|| view! { <SignInPage/> }/>
                    <Route path=path!("/sign-in/code") view=|| view! { <CodePage/> }/>
                    <Route path=path!("/join") view=|| view! { <JoinPage/> }/>
                    <Route path=path!("/setup") view=|| view! { <SetupPage/> }/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}
