//! A file that is read into a field, in the browser.

use leptos::{
    ev::Event,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlInputElement, HtmlTextAreaElement},
};

use crate::editor::sheet::Sheet;

/// Chooses a file whose text goes into the field `target`.
///
/// # On the server
/// Not shown without scripts: there one pastes.
#[component]
pub(in crate::editor) fn Upload(
    sheet: Sheet,
    target: &'static str,
    accept: &'static str,
) -> impl IntoView {
    let is_unread = RwSignal::new(false);
    let read = move |event: Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.and_then(|input| input.files()?.get(0));
        if let Some(file) = file {
            text_of(file, move |text| {
                is_unread.set(text.is_none());
                put(target, &text.unwrap_or_default());
                sheet.read();
            });
        }
    };
    let trouble = move || {
        is_unread.get().then(|| {
            view! { <span class="field__error" role="alert">"The file could not be read. Open it in an editor and paste its text."</span> }
        })
    };
    view! {
        <div class="field needs-js">
            <label class="field__label" for="upload">"Upload a file"</label>
            <input class="input input--file" id="upload" type="file" accept=accept on:change=read/>
            {trouble}
        </div>
    }
    .into_any()
}

fn put(id: &str, text: &str) {
    let area = document().get_element_by_id(id);
    let area = area.and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
    if let Some(area) = area {
        area.set_value(text);
    }
}

#[cfg(feature = "hydrate")]
fn text_of(file: web_sys::File, then: impl FnOnce(Option<String>) + 'static) {
    leptos::task::spawn_local(async move {
        let text = wasm_bindgen_futures::JsFuture::from(file.text()).await;
        then(text.ok().and_then(|text| text.as_string()));
    });
}

#[cfg(not(feature = "hydrate"))]
fn text_of(_: web_sys::File, then: impl FnOnce(Option<String>) + 'static) {
    then(None);
}
