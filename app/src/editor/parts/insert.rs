//! Placeholders, put in where the caret stands.

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlInputElement, HtmlTextAreaElement},
};

use crate::editor::sheet::Sheet;

/// The placeholders there are. A press puts one into the field `target`.
///
/// # On the server
/// The same list: without scripts one types what it shows.
#[component]
pub(super) fn Placeholders(sheet: Sheet, target: String) -> impl IntoView {
    let given = sheet.given();
    let target = StoredValue::new(target);
    let buttons = given
        .menu("placeholders")
        .iter()
        .map(|choice| {
            let text = placeholder(&choice.value);
            let shown = text.clone();
            let put = move |_| {
                insert(&target.get_value(), &text);
                sheet.read();
            };
            view! { <button type="button" class="chip" on:click=put><code>{shown}</code></button> }
        })
        .collect_view();
    view! {
        <details class="fill">
            <summary>"Placeholders"</summary>
            <p class="field__hint">"Each becomes the recipient's own value. Where one may be missing, say what stands in for it: "<code>"{{ name | default(\"there\") }}"</code></p>
            <div class="chips">{buttons}</div>
        </details>
    }
    .into_any()
}

fn placeholder(name: &str) -> String {
    format!("{{{{ {name} }}}}")
}

/// Puts a text into a field, in place of what is selected there.
fn insert(id: &str, text: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let n = u32::try_from(text.encode_utf16().count()).unwrap_or(0);
    // A field that has no caret takes nothing.
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        let at = area.selection_start().ok().flatten().unwrap_or(0) + n;
        let _ = area.set_range_text(text);
        let _ = area.focus();
        let _ = area.set_selection_range(at, at);
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        let at = input.selection_start().ok().flatten().unwrap_or(0) + n;
        let _ = input.set_range_text(text);
        let _ = input.focus();
        let _ = input.set_selection_range(at, at);
    }
}
