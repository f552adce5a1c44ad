//! The page behind `/settings`.

use domain::user::Role;
use leptos::prelude::*;

use super::{
    api::{
        AddPerson, ChangePassword, CreateToken, RemovePerson, RevokeToken, SaveWorkspace,
        load_settings,
    },
    parts::{Password, People, Tokens, Workspace},
};
use crate::{
    codec::Json,
    error::AppError,
    layout::PageHeader,
    session::use_session,
    ui::{Deed, Notice, Tone},
};

/// What Settings can do.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) save: Deed,
    pub(super) add: Deed,
    pub(super) remove: Deed,
    pub(super) create: Deed,
    pub(super) revoke: Deed,
}

/// Settings. Below admin, only one's own password.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let password = Deed::of::<ChangePassword>();
    let admin = session.may(Role::Admin).then(|| view! { <AdminSettings/> });
    view! {
        <PageHeader title="Settings"/>
        <div class="settings">
            {admin}
            <Password action=password/>
        </div>
    }
    .into_any()
}

#[component]
fn AdminSettings() -> impl IntoView {
    let deeds = Deeds {
        save: Deed::of::<SaveWorkspace>(),
        add: Deed::of::<AddPerson>(),
        remove: Deed::of::<RemovePerson>(),
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
    let changes = move || {
        deeds.add.version()
            + deeds.remove.version()
            + deeds.create.version()
            + deeds.revoke.version()
    };
    let settings = Resource::<_, Json>::new_with_options(changes, |_| load_settings(), false);
    let content = move || {
        settings.get().map(|answer| match answer {
            Ok(settings) => {
                let (people, tokens) = (settings.people.clone(), settings.tokens.clone());
                let made = settings.made_token.clone();
                view! {
                    <Workspace settings action=deeds.save/>
                    <People people add=deeds.add remove=deeds.remove/>
                    <Tokens tokens made create=deeds.create revoke=deeds.revoke/>
                }
                .into_any()
            }
            Err(error) => view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> }.into_any(),
        })
    };
    view! { <Transition>{content}</Transition> }.into_any()
}

/// The outcome of an action: its error, or a sentence when it worked.
pub(super) fn outcome(answer: Option<Result<(), AppError>>, done: &'static str) -> Option<AnyView> {
    Some(match answer? {
        Ok(()) if done.is_empty() => return None,
        Ok(()) => view! { <Notice tone=Tone::Good>{done}</Notice> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> }.into_any(),
    })
}
