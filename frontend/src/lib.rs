//! The WebAssembly entry: takes over the page that the server rendered.

use leptos::{mount::hydrate_body, prelude::*, wasm_bindgen};

/// Called once by the script of `HydrationScripts`.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    hydrate_body(app::App);
    // Says "clicks work now": the browser tests wait for it, and the style can tell the two states apart.
    if let Some(root) = document().document_element() {
        _ = root.set_attribute("data-hydrated", "true");
    }
}
