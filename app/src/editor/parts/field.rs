//! Fields of a form, with what is wrong at each.

use leptos::prelude::*;

use super::insert::Placeholders;
use crate::{
    editor::{given::Choice, sheet::Sheet},
    ui::area_text,
};

/// A field of one line.
pub(in crate::editor) struct Line {
    name: String,
    label: String,
    hint: &'static str,
    kind: &'static str,
    limit: Option<&'static str>,
    is_required: bool,
    list: Option<&'static str>,
    has_placeholders: bool,
}

impl Line {
    pub(in crate::editor) fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: "",
            kind: "text",
            limit: None,
            is_required: false,
            list: None,
            has_placeholders: false,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// `type` of the element.
    pub(in crate::editor) fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// Most characters.
    pub(in crate::editor) fn limit(self, characters: &'static str) -> Self {
        Self {
            limit: Some(characters),
            ..self
        }
    }

    pub(in crate::editor) fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// Id of a list of suggestions.
    pub(in crate::editor) fn list(self, id: &'static str) -> Self {
        Self {
            list: Some(id),
            ..self
        }
    }

    /// With a menu of placeholders.
    pub(in crate::editor) fn placeholders(self) -> Self {
        Self {
            has_placeholders: true,
            ..self
        }
    }

    pub(in crate::editor) fn view(self, sheet: Sheet) -> AnyView {
        let Named { id, name, about } = Named::of(&self.name);
        let menu = self
            .has_placeholders
            .then(|| view! { <Placeholders sheet target=id.clone()/> });
        let value = sheet.saved(&self.name);
        view! {
            <div class="field">
                <label class="field__label" for=id.clone()>{self.label}</label>
                <input
                    class="input"
                    id=id
                    name=name
                    type=self.kind
                    value=value
                    maxlength=self.limit
                    required=self.is_required
                    list=self.list
                    autocomplete="off"
                    aria-describedby=about.clone()
                    aria-invalid=invalid(sheet, self.name.clone())
                />
                {below(sheet, self.name, about, self.hint)}
                {menu}
            </div>
        }
        .into_any()
    }
}

/// A field of several lines.
pub(in crate::editor) struct Area {
    name: String,
    label: &'static str,
    hint: &'static str,
    rows: &'static str,
    is_source: bool,
    has_placeholders: bool,
}

impl Area {
    pub(in crate::editor) fn new(name: impl Into<String>, label: &'static str) -> Self {
        Self {
            name: name.into(),
            label,
            hint: "",
            rows: "6",
            is_source: false,
            has_placeholders: false,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// Lines it is high.
    pub(in crate::editor) fn rows(self, rows: &'static str) -> Self {
        Self { rows, ..self }
    }

    /// For code.
    pub(in crate::editor) fn source(self) -> Self {
        Self {
            is_source: true,
            ..self
        }
    }

    /// With a menu of placeholders.
    pub(in crate::editor) fn placeholders(self) -> Self {
        Self {
            has_placeholders: true,
            ..self
        }
    }

    pub(in crate::editor) fn view(self, sheet: Sheet) -> AnyView {
        let Named { id, name, about } = Named::of(&self.name);
        let menu = self
            .has_placeholders
            .then(|| view! { <Placeholders sheet target=id.clone()/> });
        let text = area_text(&sheet.saved(&self.name));
        let is_source = self.is_source;
        let wrap = is_source.then_some("off");
        view! {
            <div class="field">
                <label class="field__label" for=id.clone()>{self.label}</label>
                <textarea
                    class="input input--area"
                    class:input--source=is_source
                    id=id
                    name=name
                    rows=self.rows
                    wrap=wrap
                    spellcheck=if is_source { "false" } else { "true" }
                    aria-describedby=about.clone()
                    aria-invalid=invalid(sheet, self.name.clone())
                    {..text}
                ></textarea>
                {below(sheet, self.name, about, self.hint)}
                {menu}
            </div>
        }
        .into_any()
    }
}

/// A choice out of a menu. `empty` is called so when nothing is chosen; without it something always is.
pub(in crate::editor) fn select(
    sheet: Sheet,
    field: &str,
    label: &'static str,
    choices: &[Choice],
    empty: Option<&'static str>,
    hint: &'static str,
) -> AnyView {
    let Named { id, name, about } = Named::of(field);
    let chosen = sheet.saved(field);
    let none = empty.map(|empty| view! { <option value="">{empty}</option> });
    // What was chosen and is gone since is still what is saved.
    let is_gone = !chosen.is_empty() && choices.iter().all(|choice| choice.value != chosen);
    let gone = is_gone.then(|| {
        view! { <option value=chosen.clone() selected=true>"(no longer among these)"</option> }
    });
    let options = choices
        .iter()
        .map(|choice| {
            let label = match &choice.obstacle {
                Some(why) => format!("{} – {why}", choice.label),
                None => choice.label.clone(),
            };
            let is_chosen = choice.value == chosen;
            view! {
                <option value=choice.value.clone() selected=is_chosen disabled=choice.obstacle.is_some() && !is_chosen>{label}</option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <select class="input" id=id name=name aria-describedby=about.clone() aria-invalid=invalid(sheet, field.to_owned())>
                {none}{gone}{options}
            </select>
            {below(sheet, field.to_owned(), about, hint)}
        </div>
    }
    .into_any()
}

/// One of a few, with a sentence each: value, label, sentence.
pub(in crate::editor) fn radios(
    sheet: Sheet,
    field: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str, &'static str)],
) -> AnyView {
    let Named { id, name, about } = Named::of(field);
    let chosen = sheet.saved(field);
    let options = options
        .iter()
        .map(|(value, label, text)| {
            view! {
                <label class="option">
                    <input type="radio" name=name.clone() value=*value checked=*value == chosen/>
                    <span class="option__text"><span class="option__label">{*label}</span><span class="field__hint">{*text}</span></span>
                </label>
            }
        })
        .collect_view();
    let below = below(sheet, field.to_owned(), about.clone(), "");
    view! {
        <fieldset class="field" id=id aria-describedby=about>
            <legend class="field__label">{label}</legend>
            <div class="options">{options}</div>
            {below}
        </fieldset>
    }
    .into_any()
}

/// A box to check.
pub(in crate::editor) fn check(sheet: Sheet, field: &str, label: &'static str) -> AnyView {
    let Named { id, name, .. } = Named::of(field);
    let is_on = !sheet.saved(field).is_empty();
    view! {
        <label class="choice"><input type="checkbox" id=id name=name value="1" checked=is_on/>{label}</label>
    }
    .into_any()
}

/// How a field is called in the page.
struct Named {
    /// Its element.
    id: String,
    /// In the form.
    name: String,
    /// The element that says more about it.
    about: String,
}

impl Named {
    fn of(field: &str) -> Self {
        Self {
            id: format!("f-{field}"),
            name: format!("fields[{field}]"),
            about: format!("a-{field}"),
        }
    }
}

fn invalid(sheet: Sheet, field: String) -> impl Fn() -> Option<&'static str> {
    move || sheet.problem(&field).map(|_| "true")
}

/// The hint and what is wrong, below a field.
fn below(sheet: Sheet, field: String, about: String, hint: &'static str) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="field__hint">{hint}</span> });
    let problem = move || {
        sheet
            .problem(&field)
            .map(|problem| view! { <span class="field__error">{problem}</span> })
    };
    view! { <div class="field__below" id=about>{problem}{hint}</div> }.into_any()
}
