//! Native popovers, as far as a script has to touch them.

use leptos::{ev, html::ElementType, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use super::roving;

/// Whether the popover of this element is open.
pub(crate) fn is_open(element: &HtmlElement) -> bool {
    element.matches(":popover-open").unwrap_or(false)
}

/// Closes a popover; one that is closed stays closed.
pub(crate) fn close<E>(node: NodeRef<E>)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    if let Some(element) = element(node).filter(is_open) {
        // Between the check and the call it may have closed itself.
        let _ = element.hide_popover();
    }
}

/// Keeps the Tab key within a popover that is a dialog: after its last element comes its first.
pub(crate) fn keep_tab_within<E>(event: &ev::KeyboardEvent, node: NodeRef<E>)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    if event.key() != "Tab" || roving::is_modified(event) {
        return;
    }
    let Some(element) = element(node) else { return };
    let stops: Vec<_> = roving::items(&element, "a[href], button, input, select, [tabindex]")
        .into_iter()
        // What is not displayed has no parent to be placed by.
        .filter(|item| {
            item.tab_index() >= 0
                && !item.has_attribute("disabled")
                && item.offset_parent().is_some()
        })
        .collect();
    let Some(last) = stops.len().checked_sub(1) else {
        return;
    };
    let to = match (roving::focused(&stops), event.shift_key()) {
        (Some(at), false) if at == last => 0,
        (Some(0) | None, true) => last,
        _ => return,
    };
    event.prevent_default();
    roving::focus(stops.into_iter().nth(to));
}

/// The element of a node reference, without following it.
pub(crate) fn element<E>(node: NodeRef<E>) -> Option<HtmlElement>
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    node.try_get_untracked()??.dyn_into().ok()
}
