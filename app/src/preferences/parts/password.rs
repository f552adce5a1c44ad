//! One's own password.

use leptos::prelude::*;

use super::super::page::outcome;
use crate::ui::{Deed, DeedForm};

/// The old one and the new one.
#[component]
pub(in crate::preferences) fn Password(action: Deed) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="password-title">
            <h2 id="password-title" class="panel__title">"Your password"</h2>
            <p class="panel__lead">"Changing it ends all your other sessions."</p>
            {move || outcome(action.answer(), "Changed.")}
            <DeedForm action attr:class="form__row">
                <label class="field">
                    <span class="field__label">"Current password"</span>
                    <input class="input" type="password" name="current" required=true autocomplete="current-password"/>
                </label>
                <label class="field">
                    <span class="field__label">"New password, 12 characters or more"</span>
                    <input class="input" type="password" name="new" required=true minlength="12" autocomplete="new-password"/>
                </label>
                <button type="submit" class="button" disabled=action.pending()>"Change password"</button>
            </DeedForm>
        </section>
    }
    .into_any()
}
