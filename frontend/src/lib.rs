//! The WebAssembly entry: takes over the page that the server rendered.

use leptos::{
    mount::hydrate_body,
    prelude::*,
    wasm_bindgen::{JsError, prelude::wasm_bindgen},
};

/// Called once by the script of `HydrationScripts`.
///
/// # Errors
/// When the page's code can't be fetched. The document hears of it as of any failure, and shows the forms that work
/// without scripts.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsError> {
    console_error_panic_hook::set_once();
    let path = window().location().pathname().unwrap_or_default();
    app::later::fetch_for(&path).await?;
    hydrate_body(app::App);
    // Says "clicks work now": the browser tests wait for it, and the style can tell the two states apart.
    if let Some(root) = document().document_element() {
        _ = root.set_attribute("data-hydrated", "true");
    }
    Ok(())
}
