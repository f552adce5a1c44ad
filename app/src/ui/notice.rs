//! A sentence about what happened.

use leptos::prelude::*;

use super::{Icon, IconName};

/// What kind of sentence it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Bad,
    /// Worth knowing.
    Info,
}

/// A message in the flow of the page, announced to assistive technology.
///
/// # On the server
/// The same.
#[component]
pub fn Notice(
    /// Its tone.
    tone: Tone,
    /// The sentence.
    children: Children,
) -> impl IntoView {
    let (class, role, icon) = match tone {
        Tone::Good => ("notice notice--good", "status", IconName::Check),
        Tone::Bad => ("notice notice--bad", "alert", IconName::Warning),
        Tone::Info => ("notice notice--info", "status", IconName::Quiz),
    };
    view! {
        <div class=class role=role>
            <Icon name=icon/>
            <div class="notice__text">{children()}</div>
        </div>
    }
    .into_any()
}
