//! ECharts and the browser's observers, as far as drawings need them; the script, fetched once; files.
//!
//! Charming's own renderer finds elements by id, merges options and never disposes; these bindings take
//! the element, say how an option is taken, and dispose.

use std::{cell::RefCell, time::Duration};

use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, Node, Url};

#[wasm_bindgen]
extern "C" {
    /// An ECharts instance.
    pub(super) type Instance;

    #[wasm_bindgen(js_namespace = echarts, js_name = init, catch)]
    pub(super) fn init(
        element: &Element,
        theme: &JsValue,
        options: &JsValue,
    ) -> Result<Instance, JsValue>;

    #[wasm_bindgen(method, js_name = setOption, catch)]
    pub(super) fn set_option(
        this: &Instance,
        option: &JsValue,
        how: &JsValue,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    pub(super) fn resize(this: &Instance);

    #[wasm_bindgen(method)]
    pub(super) fn dispose(this: &Instance);

    #[wasm_bindgen(method, js_name = dispatchAction, catch)]
    pub(super) fn dispatch(this: &Instance, action: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = getDataURL, catch)]
    pub(super) fn data_url(this: &Instance, options: &JsValue) -> Result<String, JsValue>;

    /// `ResizeObserver` and `MutationObserver` take a callback and are disconnected alike.
    #[wasm_bindgen(js_name = ResizeObserver)]
    pub(super) type SizeWatch;

    #[wasm_bindgen(constructor, js_class = "ResizeObserver")]
    pub(super) fn new(callback: &Function) -> SizeWatch;

    #[wasm_bindgen(method)]
    pub(super) fn observe(this: &SizeWatch, element: &Element);

    #[wasm_bindgen(method)]
    pub(super) fn disconnect(this: &SizeWatch);

    #[wasm_bindgen(js_name = MutationObserver)]
    pub(super) type ThemeWatch;

    #[wasm_bindgen(constructor, js_class = "MutationObserver")]
    pub(super) fn new(callback: &Function) -> ThemeWatch;

    #[wasm_bindgen(method)]
    pub(super) fn observe(this: &ThemeWatch, node: &Node, options: &JsValue);

    #[wasm_bindgen(method)]
    pub(super) fn disconnect(this: &ThemeWatch);
}

thread_local! {
    static ECHARTS: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Fetches ECharts, once for all drawings. A script made by a trusted script may run under
/// `strict-dynamic`; where it lies, the page says in a `<meta>`.
pub(super) async fn fetch_echarts() -> Result<(), JsValue> {
    let promise = ECHARTS.with_borrow_mut(|held| held.get_or_insert_with(request).clone());
    let fetched = JsFuture::from(promise).await.map(|_| ());
    if fetched.is_err() {
        // The next drawing tries again.
        ECHARTS.with_borrow_mut(Option::take);
    }
    fetched
}

fn request() -> Promise {
    Promise::new(&mut |resolve, reject| {
        if append_script(&resolve, &reject).is_err() {
            let _ = reject.call0(&JsValue::NULL);
        }
    })
}

fn append_script(resolve: &Function, reject: &Function) -> Result<(), JsValue> {
    let meta = document().query_selector(r#"meta[name="echarts"]"#)?;
    let path = meta.and_then(|meta| meta.get_attribute("content"));
    let script = document().create_element("script")?;
    script.set_attribute("src", &path.ok_or(JsValue::NULL)?)?;
    script.add_event_listener_with_callback("load", resolve)?;
    script.add_event_listener_with_callback("error", reject)?;
    document()
        .head()
        .ok_or(JsValue::NULL)?
        .append_child(&script)?;
    Ok(())
}

/// How long a text stays readable for the browser that saves it.
const FILE_KEPT: Duration = Duration::from_secs(40);

/// Hands a text to the browser as a file.
pub(super) fn save_text(name: &str, kind: &str, text: &str) {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let bag = BlobPropertyBag::new();
    bag.set_type(kind);
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &bag) else {
        return;
    };
    if let Ok(url) = Url::create_object_url_with_blob(&blob) {
        save(name, &url);
        // Some browsers read the text only after the click has been handled.
        set_timeout(
            move || {
                let _ = Url::revoke_object_url(&url);
            },
            FILE_KEPT,
        );
    }
}

pub(super) fn save(name: &str, url: &str) {
    let Ok(element) = document().create_element("a") else {
        return;
    };
    if let Ok(link) = element.dyn_into::<HtmlAnchorElement>() {
        link.set_href(url);
        link.set_download(name);
        link.click();
    }
}
