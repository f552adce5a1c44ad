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

/// A message as a sentence: with a capital letter and a full stop.
#[must_use]
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_reads_as_a_sentence() {
        assert_eq!(sentence("give a name"), "Give a name.");
        assert_eq!(sentence("Is it you?"), "Is it you?");
        assert_eq!(sentence(""), "");
    }
}
