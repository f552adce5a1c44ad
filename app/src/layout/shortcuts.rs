//! Keys that work on every page, and the list of them.

use domain::CampaignKind;
use leptos::{ev, html::Dialog, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};
use leptos_router::hooks::use_navigate;

use crate::{
    reports::use_tab_memory,
    routes::Route,
    ui::{Icon, IconName},
};

const KEYS: [(&[&str], &str); 7] = [
    (&["/"], "Search campaigns"),
    (&["g", "r"], "Go to Performance Reports"),
    (&["g", "c"], "Go to Contacts"),
    (&["g", "s"], "Go to Settings"),
    (&["n"], "New campaign"),
    (&["?"], "This list"),
    (&["Esc"], "Close what is open"),
];

/// Listens for the shortcuts and holds the dialog that lists them.
///
/// # On the server
/// The closed dialog.
#[component]
pub(crate) fn Shortcuts() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let navigate = use_navigate();
    // `g` waits for the letter that says where to.
    let going = StoredValue::new(false);
    let memory = use_tab_memory();
    let reports = move || {
        let kind = CampaignKind::Messaging;
        memory.map_or_else(
            || Route::tab(kind),
            |memory| Route::Campaigns(untrack(|| memory.filters(kind))),
        )
    };

    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
                return;
            }
            let key = event.key();
            let was_going =
                going.try_update_value(|going| std::mem::replace(going, key == "g")) == Some(true);
            let go = |route: Route| {
                navigate(&route.href(), Default::default());
                true
            };
            // A key that finds nothing to do here is the browser's again.
            let is_done = match (was_going, key.as_str()) {
                (true, "r") => go(reports()),
                (true, "c") => go(Route::Contacts),
                (true, "s") => go(Route::Settings),
                (false, "/") => focus_search(),
                (false, "n") => click("[data-shortcut=new]"),
                (false, "?") => show(dialog),
                _ => false,
            };
            if is_done {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });

    let rows = KEYS
        .into_iter()
        .map(|(keys, what)| {
            let keys = keys
                .iter()
                .map(|key| view! { <kbd>{*key}</kbd>" " })
                .collect_view();
            view! { <div class="shortcuts__row"><dt>{keys}</dt><dd>{what}</dd></div> }
        })
        .collect_view();
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="shortcuts-title">
            <form method="dialog" class="dialog__head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <button class="button button--quiet button--icon" aria-label="Close"><Icon name=IconName::Close/></button>
            </form>
            <dl class="shortcuts">{rows}</dl>
        </dialog>
    }
    .into_any()
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .and_then(|element| {
            element
                .closest("input, textarea, select, [contenteditable], dialog, [popover]")
                .ok()
                .flatten()
        })
        .is_some()
}

fn find(selector: &str) -> Option<HtmlElement> {
    document()
        .query_selector(selector)
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}

fn focus_search() -> bool {
    // A field that can't take focus leaves it where it is.
    find("[data-shortcut=search]").is_some_and(|field| field.focus().is_ok())
}

fn click(selector: &str) -> bool {
    let found = find(selector);
    if let Some(element) = &found {
        element.click();
    }
    found.is_some()
}

/// Fails only when the dialog is open already.
fn show(dialog: NodeRef<Dialog>) -> bool {
    dialog
        .get_untracked()
        .is_some_and(|dialog| dialog.show_modal().is_ok())
}
