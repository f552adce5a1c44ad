//! What stands in a form: texts by name. Drafts travel to the browser as these and come back as these, so that the
//! browser needs no reader of drafts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{codec::form_pairs, ui::Typed};

/// Texts by name. Rows have a number in their names: `data.0.name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The text of a field; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Numbers of the rows called `prefix`, in order.
    #[must_use]
    pub fn rows(&self, prefix: &str) -> Vec<u32> {
        let mut rows: Vec<u32> = self
            .0
            .keys()
            .filter_map(|name| name.strip_prefix(prefix)?.strip_prefix('.'))
            .filter_map(|rest| rest.split('.').next()?.parse().ok())
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The fields of a form, as a browser encodes them.
    #[must_use]
    pub fn of_form(text: &str) -> Self {
        let pair = |(name, text): (String, String)| Some((inner(&name)?.to_owned(), text));
        Self(form_pairs(text).filter_map(pair).collect())
    }

    /// These fields with what was typed into a form over them. What no form sends stays: it is only told.
    #[must_use]
    pub fn under(mut self, typed: &Typed) -> Self {
        self.0.retain(|name, _| name.starts_with("told."));
        let typed = typed.iter();
        self.0.extend(
            typed.filter_map(|(name, text)| Some((inner(name)?.to_owned(), text.to_owned()))),
        );
        self
    }
}

/// `text` of `fields[text]`.
fn inner(name: &str) -> Option<&str> {
    name.strip_prefix("fields[")?.strip_suffix(']')
}

/// What only forms and drafts of the server need.
#[cfg(feature = "ssr")]
impl Fields {
    /// The text of a field without space around it.
    #[must_use]
    pub fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// Whether there is anything in the field: a box is checked, a choice made.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.trimmed(name).is_empty()
    }

    /// Sets a field. An empty text is kept: it makes a row that isn't filled in yet.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes away a row, or a field.
    pub fn remove(&mut self, prefix: &str) {
        let is_of = |name: &str| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.retain(|name, _| !is_of(name));
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_the_browser_writes_it() {
        let text = "id=c1&fields%5Btext%5D=50%25+f%C3%BCr+%7B%7B+name+%7D%7D%0D%0A%26&fields[data.0.name]=k&=";
        let fields = Fields::of_form(text);
        assert_eq!(fields.get("text"), "50% für {{ name }}\r\n&");
        assert_eq!(fields.get("data.0.name"), "k");
        assert_eq!(fields.get("id"), "");
    }

    #[test]
    fn what_was_typed_takes_the_place_of_what_was_saved() {
        let mut saved = Fields::default();
        for (name, text) in [("text", "old"), ("box", "1"), ("told.sender", "S")] {
            saved.set(name, text);
        }
        let fields = saved.under(&Typed::of_form(
            "id=c&fields[text]=new&fields[data.1.name]=k",
            |_| false,
        ));
        assert_eq!(fields.get("text"), "new");
        assert_eq!(fields.get("told.sender"), "S");
        assert_eq!(fields.rows("data"), [1]);
        // A box that isn't checked sends nothing.
        assert!(!fields.has("box"));
    }

    #[test]
    fn rows_are_found_by_their_numbers_and_taken_away_whole() {
        let mut fields = Fields::default();
        for name in [
            "g.0.r.10.kind",
            "g.0.r.2.kind",
            "g.0.r.2.value",
            "g.1.join",
            "gx.7.y",
        ] {
            fields.set(name, "");
        }
        assert_eq!(fields.rows("g"), [0, 1]);
        assert_eq!(fields.rows("g.0.r"), [2, 10]);
        fields.remove("g.0.r.2");
        assert_eq!(fields.rows("g.0.r"), [10]);
        fields.remove("g.0.r.1");
        assert_eq!(fields.rows("g.0.r"), [10]);
    }
}
