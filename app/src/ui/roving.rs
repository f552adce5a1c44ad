//! Moving the keyboard within a group of links or buttons: tabs, menus.

use leptos::{ev, html::ElementType, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use super::popover;

/// The keys that move back and on.
pub(crate) type Keys = (&'static str, &'static str);
/// In a row.
pub(crate) const SIDEWAYS: Keys = ("ArrowLeft", "ArrowRight");
/// In a column.
pub(crate) const UPWARDS: Keys = ("ArrowUp", "ArrowDown");

/// Moves the keyboard to the next element within `node` that fits the selector, around its ends, or to the first or
/// last one. Other keys are left alone, and so are those held with a modifier: they are the browser's.
pub(crate) fn move_along<E>(event: &ev::KeyboardEvent, node: NodeRef<E>, selector: &str, keys: Keys)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    let Some(group) = popover::element(node).filter(|_| !is_modified(event)) else {
        return;
    };
    let items = items(&group, selector);
    if let Some(to) = destination(&event.key(), keys, focused(&items), items.len()) {
        event.prevent_default();
        focus(items.into_iter().nth(to));
    }
}

/// Whether a key is held together with one that makes it a command of the browser.
pub(crate) fn is_modified(event: &ev::KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Index to go to from `at`, if the key moves at all.
fn destination(key: &str, (back, on): Keys, at: Option<usize>, n: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    match key {
        "Home" => Some(0),
        "End" => Some(last),
        key if key == on => Some(at.map_or(0, |at| if at == last { 0 } else { at + 1 })),
        key if key == back => Some(at.map_or(last, |at| at.checked_sub(1).unwrap_or(last))),
        _ => None,
    }
}

/// The elements within a group that fit a selector.
pub(crate) fn items(group: &HtmlElement, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = group.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|n| found.item(n)?.dyn_into().ok())
        .collect()
}

/// Index of the element that has the keyboard.
pub(crate) fn focused(items: &[HtmlElement]) -> Option<usize> {
    let focused = document().active_element()?;
    items
        .iter()
        .position(|item| item.is_same_node(Some(&focused)))
}

/// Gives an element the keyboard.
pub(crate) fn focus(item: Option<HtmlElement>) {
    if let Some(item) = item {
        // An item that can't take focus leaves it where it is.
        let _ = item.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_around_the_ends() {
        let to = |key, at| destination(key, SIDEWAYS, at, 3);
        assert_eq!(
            [
                to("ArrowRight", Some(0)),
                to("ArrowRight", Some(2)),
                to("ArrowRight", None)
            ],
            [Some(1), Some(0), Some(0)]
        );
        assert_eq!(
            [
                to("ArrowLeft", Some(2)),
                to("ArrowLeft", Some(0)),
                to("ArrowLeft", None)
            ],
            [Some(1), Some(2), Some(2)]
        );
        assert_eq!([to("Home", Some(2)), to("End", None)], [Some(0), Some(2)]);
        assert_eq!(
            [to("ArrowUp", Some(1)), to(" ", Some(1)), to("a", None)],
            [None; 3]
        );
        assert_eq!(destination("Home", UPWARDS, None, 0), None);
    }
}
