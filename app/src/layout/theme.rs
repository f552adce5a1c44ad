//! Light, dark, or as the system has it.
//!
//! The document's head applies a stored choice before the first paint; this only changes it.

use leptos::{prelude::*, web_sys::Storage};

use crate::ui::{Icon, IconName};

const KEY: &str = "theme";

/// Three choices, one of them on. It needs a script, so styles hide it without one.
///
/// # On the server
/// *System* is on: what is stored is known to the browser only.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(String::from("system"));
    Effect::new(move |_| {
        if let Some(stored) = storage().and_then(|s| s.get_item(KEY).ok().flatten()) {
            theme.set(stored);
        }
    });
    let choose = move |choice: &'static str| {
        theme.set(choice.to_owned());
        apply(choice);
    };
    let option = move |choice: &'static str, label: &'static str, icon: IconName| {
        view! {
            <button
                type="button"
                class="segment__option"
                aria-pressed=move || (theme.get() == choice).to_string()
                on:click=move |_| choose(choice)
            >
                <Icon name=icon/>
                <span>{label}</span>
            </button>
        }
    };
    view! {
        <div class="segment needs-js" role="group" aria-label="Theme">
            {option("light", "Light", IconName::Sun)}
            {option("dark", "Dark", IconName::Moon)}
            {option("system", "System", IconName::System)}
        </div>
    }
    .into_any()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn apply(choice: &str) {
    let Some(root) = document().document_element() else {
        return;
    };
    // A browser that refuses storage still changes the theme for this page.
    if choice == "system" {
        let _ = root.remove_attribute("data-theme");
        let _ = storage().map(|s| s.remove_item(KEY));
    } else {
        let _ = root.set_attribute("data-theme", choice);
        let _ = storage().map(|s| s.set_item(KEY, choice));
    }
}
