//! Native popovers, as far as a script has to touch them.

use leptos::{html::ElementType, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

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

/// The element of a node reference, without following it.
pub(crate) fn element<E>(node: NodeRef<E>) -> Option<HtmlElement>
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    node.get_untracked()?.dyn_into().ok()
}
