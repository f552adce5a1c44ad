//! Who is signed in, the theme, and the way out.

use domain::user::Viewer;
use leptos::prelude::*;

use super::theme::ThemeSwitch;
use crate::ui::{Icon, IconName};

/// A button that opens the account's menu. Opening needs no script: it is a native popover.
#[component]
pub(crate) fn Account(
    /// Who is signed in.
    viewer: Viewer,
) -> impl IntoView {
    let initial = viewer
        .email
        .chars()
        .next()
        .map(|c| c.to_uppercase().to_string());
    view! {
        <button type="button" class="account" popovertarget="account-menu" aria-label=format!("Account of {}", viewer.email)>
            // Drawn by the style: text in here would have to be part of the button's name.
            <span class="account__initial" data-initial=initial></span>
            <span class="account__email">{viewer.email.clone()}</span>
        </button>
        <div id="account-menu" class="popover popover--account" popover="auto">
            <p class="account__who">
                <strong>{viewer.email}</strong>
                <span>{viewer.role.as_str()}</span>
            </p>
            <ThemeSwitch/>
            <form method="post" action="/sign-out">
                <button type="submit" class="menu__item"><Icon name=IconName::SignOut/>"Sign out"</button>
            </form>
        </div>
    }
    .into_any()
}
