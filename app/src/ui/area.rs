//! Text inside a `<textarea>`: the only place that sets inner HTML.

use leptos::tachys::html::element::{InnerHtml, inner_html};

use crate::codec::escape;

/// What a `<textarea>` holds at first, as an attribute to spread over it: `{..area_text(text)}`.
///
/// As inner HTML, escaped: as a child it would be written unescaped by the server, and an empty text node would be a
/// space.
#[must_use]
pub fn area_text(text: &str) -> InnerHtml<String> {
    inner_html(escape(text))
}
