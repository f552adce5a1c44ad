//! One's own password.

use leptos::{html::Form, prelude::*};

use super::super::page::outcome;
use crate::ui::{Deed, DeedForm};

/// The old one and the new one.
#[component]
pub(in crate::preferences) fn Password(action: Deed) -> impl IntoView {
    let form = NodeRef::<Form>::new();
    // Passwords don't stay on the screen once they have served.
    Effect::new(move |_| {
        if let (Some(Ok(())), Some(form)) = (action.answer(), form.get_untracked()) {
            form.reset();
        }
    });
    view! {
        <section class="panel" aria-labelledby="password-title">
            <h2 id="password-title" class="panel__title">"Your password"</h2>
            <p class="panel__lead">"Changing it ends all your other sessions."</p>
            {move || outcome(action, "Changed.")}
            <DeedForm action form attr:class="form__row">
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
