//! The password, given again before what would let somebody else in.

use leptos::prelude::*;

use super::super::api::ConfirmPassword;
use crate::{
    layout::Trouble,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// Asks for the password, in place of what came of a form that wants it first.
#[component]
pub(in crate::preferences) fn Confirm() -> impl IntoView {
    let confirm = Deed::of::<ConfirmPassword>();
    let form = move || {
        view! {
            <Notice tone=Tone::Info>"Confirm with your password first. Then send the form again."</Notice>
            <DeedForm action=confirm attr:class="form__row">
                <label class="field">
                    <span class="field__label">"Your password, to confirm"</span>
                    <input class="input" type="password" name="password" required=true autocomplete="current-password"/>
                </label>
                <button type="submit" class="button button--accent" disabled=confirm.pending()>"Confirm"</button>
            </DeedForm>
        }
    };
    move || match confirm.answer() {
        Some(Ok(())) => done().into_any(),
        Some(Err(error)) => view! { <Trouble error/>{form()} }.into_any(),
        None => form().into_any(),
    }
}

/// What came of the password given without scripts, on the page it leads back to.
#[component]
pub(in crate::preferences) fn Confirmation() -> impl IntoView {
    match Deed::of::<ConfirmPassword>().told() {
        Some(Ok(())) => done().into_any(),
        Some(Err(_)) => view! { <Confirm/> }.into_any(),
        None => ().into_any(),
    }
}

fn done() -> impl IntoView {
    view! { <Notice tone=Tone::Good>"Confirmed for ten minutes. Send the form again."</Notice> }
}
