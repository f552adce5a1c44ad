//! What each column means.

use domain::{
    Channel,
    contact::Consent,
    import::{Column, ImportInfo},
};
use leptos::prelude::*;

use super::{
    api::ImportAnswer,
    view_model::{MEANINGS, attribute_name, meaning},
};
use crate::ui::{Deed, DeedForm, Notice, Tone};

/// The form: a row per column, with the first values below its name.
#[component]
pub(super) fn MappingForm(answer: ImportAnswer, action: Deed) -> impl IntoView {
    let ImportAnswer { import, lists, .. } = answer;
    let rows = (0..import.header.len())
        .map(|at| row(at, &import))
        .collect_view();
    let consents = Channel::ALL
        .into_iter()
        .map(|channel| {
            let is_stated = import.mapping.consents.get(&channel) == Some(&Consent::Subscribed);
            view! {
                <label class="choice">
                    <input type="checkbox" name=format!("consents[{}]", channel.as_str()) value=Consent::Subscribed.as_str() checked=is_stated/>
                    {channel.label()}
                </label>
            }
        })
        .collect_view();
    let lists = lists
        .into_iter()
        .map(|name| view! { <option value=name></option> })
        .collect_view();
    view! {
        <DeedForm action attr:class="panel form">
            <input type="hidden" name="id" value=import.id.clone()/>
            <div>
                <h2 id="columns-title" class="panel__title">"What the columns mean"</h2>
                <p class="panel__lead">"Guessed from their names and first values. Who has the same id, e-mail address or phone number as a contact is that contact."</p>
                <div class="table-frame" tabindex="0" role="region" aria-labelledby="columns-title">
                    <table class="table table--stacks mapping">
                        <thead><tr><th scope="col">"Column"</th><th scope="col">"First values"</th><th scope="col">"Means"</th><th scope="col">"Name of the attribute"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </div>
            <div class="form__row">
                <label class="field">
                    <span class="field__label">"Country of numbers without +"</span>
                    <input class="input" name="country" maxlength="2" pattern="[A-Za-z]{2}" autocomplete="off" placeholder="ES" value=import.mapping.country.clone()/>
                    <span class="field__hint">"Two letters. Without it, such numbers are errors"</span>
                </label>
                <label class="field">
                    <span class="field__label">"Put everybody on the list (optional)"</span>
                    <input class="input" name="list" maxlength="200" autocomplete="off" list="list-names" value=import.mapping.list.clone()/>
                    <datalist id="list-names">{lists}</datalist>
                    <span class="field__hint">"Made when there is none of that name"</span>
                </label>
            </div>
            <fieldset class="field">
                <legend class="field__label">"These people agreed to hear from you by"</legend>
                <div class="choices">{consents}</div>
            </fieldset>
            <Notice tone=Tone::Info>
                "Only tick what you can prove. Nobody is written to without consent, and who left or is blocked stays so, whatever the file says."
            </Notice>
            <div class="form__actions">
                <button type="submit" class="button button--accent" disabled=action.pending()>"Check"</button>
                <span class="field__hint">"Every row is read, nothing is written."</span>
            </div>
        </DeedForm>
    }
    .into_any()
}

fn row(at: usize, import: &ImportInfo) -> AnyView {
    let header = import.header[at].clone();
    let column = import.mapping.columns.get(at);
    let held = column.map_or("skip", meaning);
    let options = MEANINGS
        .map(|(word, label)| {
            view! { <option value=word selected=word == held>{label}</option> }
        })
        .collect_view();
    let samples: Vec<_> = import
        .sample
        .iter()
        .filter_map(|row| row.get(at))
        .filter(|value| !value.is_empty())
        .take(3)
        .cloned()
        .collect();
    let samples = samples.join(" · ");
    let name = attribute_name(column, &header);
    let is_attribute = RwSignal::new(matches!(column, Some(Column::Attribute(_))));
    let choose = move |event: leptos::ev::Event| {
        is_attribute.set(event_target_value(&event) == "attribute");
    };
    let number = format!("Column {}", at + 1);
    let title = if header.is_empty() { number } else { header };
    view! {
        <tr>
            <th scope="row">{title.clone()}</th>
            <td class="mapping__sample" title=samples.clone()>{samples.clone()}</td>
            <td>
                <select class="input" name=format!("columns[c{at}]") aria-label=format!("What {title} means") on:change=choose>{options}</select>
            </td>
            <td>
                <input
                    class="input"
                    class:mapping__name--unused=move || !is_attribute.get()
                    name=format!("names[c{at}]")
                    maxlength="64"
                    autocomplete="off"
                    aria-label=format!("Name of the attribute of {title}")
                    value=name
                />
            </td>
        </tr>
    }
    .into_any()
}
