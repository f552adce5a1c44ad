//! Plain forms, sent by browsers without scripts: what came of one is told by the page that answers it.
//!
//! A form that was refused is answered with its own page, with what was typed and why it was refused. One that was done
//! leads back to its page, whose address then says which: `?said=check_account`. A name and never a sentence, so that
//! nobody can put words into a page by an address.

use leptos::prelude::*;
use leptos_router::{hooks::use_url, location::Url};
use serde::{Deserialize, Serialize};

use crate::{
    codec::{Json, form_pairs},
    error::AppError,
};

/// Name of the field that says on which page a form stands. Only forms of a page that came as an answer have it: its
/// address isn't the page's.
pub const PAGE_FIELD: &str = "__page";
/// Parameter of a page's address: what was just done there, by its name.
pub const SAID: &str = "said";

/// A plain form that was refused. The server puts it into the context of the page it answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Path of the server function it was sent to.
    pub function: String,
    /// Path and query of the page it stands on.
    pub page: String,
    /// Why it was refused.
    pub error: AppError,
    /// What was typed.
    pub typed: Typed,
}

/// What was typed into a form, without secrets: those are never sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// The fields of a form, as a browser encodes them, without those that are secret by their names.
    #[must_use]
    pub fn of_form(text: &str, is_secret: fn(&str) -> bool) -> Self {
        let pairs = form_pairs(text);
        Self(pairs.filter(|(name, _)| !is_secret(name)).collect())
    }

    /// The text of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs.find_map(|(key, text)| (key == name).then_some(text.as_str()))
    }

    /// Whether the field has this text: a box is checked, a choice made.
    #[must_use]
    pub fn has(&self, name: &str, text: &str) -> bool {
        self.0.iter().any(|(key, held)| key == name && held == text)
    }

    /// All names and texts, in the form's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

/// What a server function is called in addresses: `/ui/check_account123` is `check_account`.
#[must_use]
pub fn name_of(function: &str) -> &str {
    let name = function.rsplit('/').next().unwrap_or(function);
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The refusal this page came with, until one leaves it.
#[derive(Clone, Copy)]
struct Came(StoredValue<Option<Returned>>);

/// Where the router is.
#[derive(Clone, Copy)]
struct Here(ReadSignal<Url>);

/// Makes known what the page came with. The server puts it into the page; the browser takes it from there.
pub(crate) fn provide_returned() {
    let returned = SharedValue::<_, Json>::new_with_encoding(use_context::<Returned>).into_inner();
    provide_context(Came(StoredValue::new(returned)));
}

/// Follows the router: what came with one page is nothing to the next.
pub(crate) fn follow_returned() {
    let url = use_url();
    provide_context(Here(url));
    let Some(came) = use_context::<Came>() else {
        return;
    };
    let path = Memo::new(move |_| url.with(|url| url.path().to_owned()));
    Effect::watch(
        move || path.get(),
        move |_, _, _| came.0.set_value(None),
        false,
    );
}

/// Asks what this page came with.
fn with_returned<T>(ask: impl FnOnce(&Returned) -> T) -> Option<T> {
    let came = use_context::<Came>()?;
    came.0.with_value(|returned| {
        let returned = returned.as_ref()?;
        // The next page is made before this hears that one left.
        let path = returned.page.split('?').next();
        let is_here = use_context::<Here>()
            .is_none_or(|here| here.0.with_untracked(|url| Some(url.path()) == path));
        is_here.then(|| ask(returned))
    })
}

/// Why the form sent to this function was refused, and what was typed into it; none unless the page is the answer.
pub(crate) fn returned_to(function: &str) -> Option<(AppError, Typed)> {
    with_returned(|returned| {
        let is_it = returned.function == function;
        is_it.then(|| (returned.error.clone(), returned.typed.clone()))
    })?
}

/// The page's own address, where it came as the answer to a form.
pub(super) fn page() -> Option<String> {
    with_returned(|returned| returned.page.clone())
}

/// Whether the page's address says that this function was just done.
pub(super) fn is_said(function: &str) -> bool {
    use_context::<Here>().is_some_and(|here| {
        here.0
            .with_untracked(|url| url.search_params().get_str(SAID) == Some(name_of(function)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_left_out() {
        let typed = Typed::of_form("name=T&word=s3cret&at=", |name| name == "word");
        let left: Vec<_> = typed.iter().collect();
        assert_eq!(left, [("name", "T"), ("at", "")]);
    }

    #[test]
    fn a_box_is_one_of_the_texts_of_its_name() {
        let typed = Typed::of_form("scope=read&scope=write&how=here", |_| false);
        assert!(typed.has("scope", "write") && typed.has("how", "here"));
        assert!(!typed.has("scope", "ingest") && !typed.has("write", "scope"));
        assert_eq!(typed.get("scope"), Some("read"));
    }

    #[test]
    fn functions_have_names_without_their_hash() {
        assert_eq!(name_of("/ui/check_account1234567890"), "check_account");
        assert_eq!(name_of("check_account"), "check_account");
    }
}
