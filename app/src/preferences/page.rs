//! The page behind `/settings`.

use domain::{Refusal, user::Role};
use leptos::prelude::*;

use super::{
    account::Account,
    api::{
        AddPerson, ChangePassword, CreateToken, RemovePerson, ResetFactor, ResetLink, RevokeToken,
        SaveWorkspace, load_settings,
    },
    parts::{Confirm, Here, Nav, Password, People, Tokens, Workspace},
};
use crate::{
    codec::Json,
    error::AppError,
    layout::{PageHeader, Trouble},
    session::use_session,
    ui::{Deed, Notice, Tone},
};

/// What Settings can do.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) save: Deed,
    pub(super) people: PeopleDeeds,
    pub(super) create: Deed,
    pub(super) revoke: Deed,
}

/// What can be done with people.
#[derive(Clone, Copy)]
pub(super) struct PeopleDeeds {
    pub(super) add: Deed,
    pub(super) link: Deed,
    pub(super) factor: Deed,
    pub(super) remove: Deed,
}

impl PeopleDeeds {
    /// Grows with each answer to one of them.
    fn version(self) -> usize {
        let all = [self.add, self.link, self.factor, self.remove];
        all.into_iter().map(Deed::version).sum()
    }
}

/// Settings. Below admin, only one's own account.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let password = Deed::of::<ChangePassword>();
    let admin = session.may(Role::Admin).then(|| view! { <AdminSettings/> });
    view! {
        <PageHeader title="Settings"/>
        <Nav here=Here::General/>
        <div class="settings">
            {admin}
            <Password action=password/>
            <Account/>
        </div>
    }
    .into_any()
}

#[component]
fn AdminSettings() -> impl IntoView {
    let deeds = Deeds {
        save: Deed::of::<SaveWorkspace>(),
        people: PeopleDeeds {
            add: Deed::of::<AddPerson>(),
            link: Deed::of::<ResetLink>(),
            factor: Deed::of::<ResetFactor>(),
            remove: Deed::of::<RemovePerson>(),
        },
        create: Deed::of::<CreateToken>(),
        revoke: Deed::of::<RevokeToken>(),
    };
    // The workspace's name and zone stand on every page: they are read with the next document.
    Effect::new(move |_| {
        if let Some(Ok(())) = deeds.save.answer() {
            // A browser that refuses to reload shows the new values the next time.
            let _ = window().location().reload();
        }
    });
    let changes = move || deeds.people.version() + deeds.create.version() + deeds.revoke.version();
    let settings = Resource::<_, Json>::new_with_options(changes, |_| load_settings(), false);
    let content = move || {
        settings.get().map(|answer| match answer {
            Ok(settings) => {
                let (people, tokens) = (settings.people.clone(), settings.tokens.clone());
                let (made, link) = (settings.made_token.clone(), settings.made_link.clone());
                view! {
                    <Workspace settings action=deeds.save/>
                    <People people link deeds=deeds.people/>
                    <Tokens tokens made create=deeds.create revoke=deeds.revoke/>
                }
                .into_any()
            }
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    view! { <Transition fallback=SettingsSkeleton>{content}</Transition> }.into_any()
}

/// The sections by their names while they are read; invisible for a moment, so that quick answers don't blink.
#[component]
fn SettingsSkeleton() -> impl IntoView {
    let section = |title: &'static str| {
        view! {
            <div class="panel">
                <h2 class="panel__title">{title}</h2>
                <div aria-hidden="true"><span class="bone bone--long"></span><span class="bone"></span></div>
            </div>
        }
    };
    view! {
        <div class="bones settings" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading settings"</p>
            {["Workspace", "People", "API tokens"].map(section).collect_view()}
        </div>
    }
    .into_any()
}

/// The outcome of an action: its error, a sentence when it worked, or a form for the password that it wants first.
pub(super) fn outcome(action: Deed, done: &'static str) -> Option<AnyView> {
    Some(match action.told()? {
        Ok(()) if done.is_empty() => return None,
        Ok(()) => view! { <Notice tone=Tone::Good>{done}</Notice> }.into_any(),
        Err(AppError::Refused(Refusal::Unconfirmed)) => view! { <Confirm/> }.into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    })
}
