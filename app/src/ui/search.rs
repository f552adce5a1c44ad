//! A search field that filters while one types.

use std::time::Duration;

use leptos::{html::Input, leptos_dom::helpers::debounce, prelude::*, web_sys::HtmlInputElement};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Icon, IconName};
use crate::routes::with_query;

/// Rest before a search starts.
const REST: Duration = Duration::from_millis(250);

/// A search form that keeps the other parameters of the address.
///
/// # On the server
/// A plain GET form; Enter sends it.
#[component]
pub fn Search(
    /// What it searches.
    label: &'static str,
    /// The path searched.
    #[prop(into)]
    action: Signal<String>,
    /// The other parameters.
    #[prop(into)]
    keep: Signal<Vec<(&'static str, String)>>,
    /// The current search.
    #[prop(into)]
    value: Signal<String>,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let navigate = use_navigate();
    let search = move || {
        let Some(text) = field.get_untracked().map(|field| field.value()) else {
            return;
        };
        if text.trim() == value.get_untracked() {
            return;
        }
        let mut params = keep.get_untracked();
        if !text.trim().is_empty() {
            params.push(("q", text.trim().to_owned()));
        }
        let options = NavigateOptions {
            // One step back is the list before the search, not each word on the way.
            replace: !value.get_untracked().is_empty(),
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&with_query(&action.get_untracked(), &params), options);
    };
    let mut rested = debounce(REST, {
        let search = search.clone();
        move |()| search()
    });
    // Back and forward change the search from outside; what is being typed stays.
    Effect::new(move |_| {
        let value = value.get();
        if let Some(field) = field.get_untracked()
            && field.value().trim() != value
            && !is_focused(&field)
        {
            field.set_value(&value);
        }
    });
    let hidden = move || {
        keep.get()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view()
    };
    view! {
        <form
            class="search"
            role="search"
            method="get"
            action=action
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            {hidden}
            <Icon name=IconName::Search/>
            <input
                class="input search__input"
                type="search"
                name="q"
                node_ref=field
                value=value.get_untracked()
                placeholder=label
                aria-label=label
                autocomplete="off"
                data-shortcut="search"
                aria-keyshortcuts="/"
                on:input=move |_| {
                    rested(());
                }
            />
            <button type="submit" class="button without-js">"Search"</button>
        </form>
    }
    .into_any()
}

fn is_focused(field: &HtmlInputElement) -> bool {
    document()
        .active_element()
        .is_some_and(|focused| field.is_same_node(Some(&focused)))
}
