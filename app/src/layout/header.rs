//! The head of a page: where it is, what it is called, what can be done.

use leptos::{html::H1, prelude::*};

use super::{title::DocumentTitle, use_arrival};

/// A step on the way to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: String,
}

impl Crumb {
    /// A step.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// Title, breadcrumbs and actions. Also sets the document's title, and takes the keyboard on a change of page.
#[component]
pub fn PageHeader(
    /// The page's title.
    #[prop(into)]
    title: Signal<String>,
    /// The way to it.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// Buttons and links at its right.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// What stands under the title.
    #[prop(optional, into)]
    meta: ViewFnOnce,
    /// What stands right beside the title.
    #[prop(optional, into)]
    badge: ViewFnOnce,
) -> impl IntoView {
    let trail = (!crumbs.is_empty()).then(|| {
        let steps = crumbs
            .into_iter()
            .map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a></li> })
            .collect_view();
        view! { <nav class="crumbs" aria-label="Breadcrumb"><ol>{steps}</ol></nav> }
    });
    // Below a suspended page the server may write the document's head when the first attempt at the body,
    // and its signals with it, is gone already: the text at that time stands in.
    let first = title.get_untracked();
    let text = move || title.try_get().unwrap_or_else(|| first.clone());
    let heading = NodeRef::<H1>::new();
    if let Some(arrival) = use_arrival() {
        Effect::new(move |_| arrival.at(heading, title.get_untracked()));
    }
    view! {
        <DocumentTitle text/>
        <header class="head">
            <div class="head__text">
                {trail}
                <div class="head__title"><h1 node_ref=heading tabindex="-1">{title}</h1>{badge.run()}</div>
                {meta.run()}
            </div>
            <div class="head__actions">{actions.run()}</div>
        </header>
    }
    .into_any()
}
