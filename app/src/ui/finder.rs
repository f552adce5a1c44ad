//! A form whose fields are the page's address.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::deed::fields;

/// A search form: its fields become the query of the address, without those that are empty.
///
/// # On the server
/// A plain GET form.
#[component]
pub fn Finder(
    /// The path searched.
    action: &'static str,
    /// The fields, and a button.
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let send = move |event: SubmitEvent| {
        // Fields that can't be read leave the form to the browser.
        let Some(fields) = fields(&event) else {
            return;
        };
        event.prevent_default();
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address(action, &fields), options);
    };
    view! {
        <form method="get" class="finder" role="search" action=action on:submit=send>{children()}</form>
    }
    .into_any()
}

/// The path with the fields that say something.
fn address(path: &str, fields: &str) -> String {
    let said: Vec<_> = fields
        .split('&')
        .filter(|field| !field.is_empty() && !field.ends_with('='))
        .collect();
    if said.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", said.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_left_out() {
        assert_eq!(address("/x", "q=&list=a%3D&b="), "/x?list=a%3D");
        assert_eq!(address("/x", "q="), "/x");
        assert_eq!(address("/x", ""), "/x");
    }
}
