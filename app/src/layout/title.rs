//! Title of the document: the only place that writes `<title>`.
//!
//! `leptos_meta` puts the text between the tags as it is, so a name that holds `</title>` would go on as markup. The
//! server writes it as HTML; the browser sets `document.title`, which takes text and must get it unescaped.

use leptos::{prelude::*, text_prop::TextProp};
use leptos_meta::Title;

use crate::codec::escape;

/// Form of every title below it: the page's own words, then the product's name.
#[component]
pub(crate) fn TitleFormat() -> impl IntoView {
    view! { <Title formatter=|text: String| written(whole(&text))/> }
}

/// Title of the document while the page is shown; plain text, without the product's name.
#[component]
pub(crate) fn DocumentTitle(
    /// Plain text; may hold any letter.
    #[prop(into)]
    text: TextProp,
) -> impl IntoView {
    view! { <Title text/> }
}

/// The page's words and the product's name, as plain text.
fn whole(text: &str) -> String {
    if text.is_empty() {
        "Reportage".to_owned()
    } else {
        format!("{text} · Reportage")
    }
}

/// A title as whoever shows it takes it: HTML on the server, plain text in the browser.
fn written(title: String) -> String {
    if cfg!(feature = "ssr") {
        escape(&title)
    } else {
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_comes_last() {
        assert_eq!(whole(""), "Reportage");
        assert_eq!(whole("Sale <b>"), "Sale <b> · Reportage");
    }

    #[test]
    fn the_server_writes_html_and_the_browser_text() {
        let expected = if cfg!(feature = "ssr") {
            "&lt;/title&gt;&lt;b&gt; R&amp;amp;D"
        } else {
            "</title><b> R&amp;D"
        };
        assert_eq!(written("</title><b> R&amp;D".to_owned()), expected);
    }
}
