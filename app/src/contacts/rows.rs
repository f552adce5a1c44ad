//! Rows of the form of a contact.

use domain::{
    Channel,
    contact::{Consent, Contact},
};
use leptos::prelude::*;

use super::view_model::consent_label;
use crate::ui::Deed;

/// Empty rows for further attributes.
const FREE_ROWS: usize = 3;

/// A row per attribute, and a few empty ones.
pub(super) fn attribute_rows(contact: Option<&Contact>, action: Deed) -> Vec<AnyView> {
    let held = contact
        .into_iter()
        .flat_map(|contact| contact.attributes.iter())
        .map(|(name, value)| (name.clone(), value.clone()));
    held.chain((0..FREE_ROWS).map(|_| (String::new(), String::new())))
        .enumerate()
        .map(|(at, (name, value))| {
            let name = action.kept(&format!("names[r{at}]"), Some(name));
            let value = action.kept(&format!("values[r{at}]"), Some(value));
            view! {
                <div class="pairs__row">
                    <input class="input" name=format!("names[r{at}]") maxlength="64" autocomplete="off" aria-label="Name of an attribute" placeholder="Name" value=name/>
                    <input class="input" name=format!("values[r{at}]") maxlength="1000" autocomplete="off" aria-label="Its value" placeholder="Value" value=value/>
                </div>
            }
            .into_any()
        })
        .collect()
}

/// What the person agreed to, by channel.
pub(super) fn consent_rows(contact: Option<&Contact>, action: Deed) -> Vec<AnyView> {
    Channel::ALL
        .into_iter()
        .enumerate()
        .map(|(at, channel)| {
            let held = contact.map_or(Consent::Unknown, |contact| contact.consents[at]);
            let name = format!("consents[{}]", channel.as_str());
            let options = Consent::ALL
                .map(|consent| {
                    let is_chosen = action.chosen(&name, consent.as_str(), consent == held);
                    view! { <option value=consent.as_str() selected=is_chosen>{consent_label(consent)}</option> }
                })
                .collect_view();
            view! {
                <label class="field">
                    <span class="field__hint">{channel.label()}</span>
                    <select class="input" name=name>{options}</select>
                </label>
            }
            .into_any()
        })
        .collect()
}
