//! A button that asks before it does what has no way back.

use leptos::{html::Dialog, prelude::*};

use super::{Deed, DeedForm, Icon, IconName, popover};

/// The words of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The question.
    pub title: String,
    /// What it is about, by name; left out when empty.
    pub subject: String,
    /// What comes of it.
    pub text: &'static str,
    /// The button that changes nothing.
    pub keep: &'static str,
    /// The button that does it.
    pub go: String,
}

/// A button that opens a question, and the question: a native popover with a form in it.
///
/// # On the server
/// The closed dialog with a plain form: both work without scripts.
#[component]
pub fn Ask(
    /// Id of the dialog, unique in the page.
    #[prop(into)]
    id: String,
    /// What the button says; for a button with an icon only, its name.
    #[prop(into)]
    label: String,
    /// Shown instead of the label.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What the button is called where its label isn't enough.
    #[prop(optional, into)]
    name: Option<String>,
    /// Class of the button, and of the one that does it.
    class: &'static str,
    /// Class of the button that does it.
    go_class: &'static str,
    /// The words.
    words: Words,
    /// What is sent, by names of the function's arguments.
    fields: Vec<(&'static str, String)>,
    /// What it does.
    action: Deed,
    /// Whether it can't be done now.
    #[prop(optional)]
    is_disabled: bool,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let title = format!("{id}-title");
    let labelled_by = title.clone();
    let (opens, closes) = (id.clone(), id.clone());
    let called = name.or_else(|| icon.map(|_| label.clone()));
    let tip = icon.map(|_| label.clone());
    let face = match icon {
        Some(name) => view! { <Icon name/> }.into_any(),
        None => label.into_any(),
    };
    let subject =
        (!words.subject.is_empty()).then(|| view! { <p><strong>{words.subject}</strong></p> });
    let hidden = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <button type="button" class=class popovertarget=opens aria-label=called title=tip disabled=is_disabled>{face}</button>
        <dialog class="dialog" id=id popover="auto" node_ref=node aria-labelledby=labelled_by>
            <h2 id=title>{words.title}</h2>
            <div class="dialog__text">
                {subject}
                <p>{words.text}</p>
            </div>
            <DeedForm action on_send=move |()| popover::close(node) attr:class="dialog__actions">
                {hidden}
                <button type="button" class="button" popovertarget=closes popovertargetaction="hide">{words.keep}</button>
                <button type="submit" class=go_class>{words.go}</button>
            </DeedForm>
        </dialog>
    }
    .into_any()
}
