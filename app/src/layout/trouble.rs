//! An answer that was a no, where something else is still worth reading.

use domain::Refusal;
use leptos::prelude::*;

use super::sign_in_and_return;
use crate::{
    error::AppError,
    ui::{Notice, Tone},
};

/// What went wrong, as a sentence. When the session has ended, the way back in.
///
/// # On the server
/// The same.
#[component]
pub fn Trouble(
    /// The answer.
    error: AppError,
) -> impl IntoView {
    if error == AppError::Refused(Refusal::Unauthenticated) {
        return view! { <SessionEnded/> }.into_any();
    }
    view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> }.into_any()
}

/// Says that the session has ended, and leads to sign in and back here.
///
/// # On the server
/// The same.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let href = sign_in_and_return();
    view! {
        <Notice tone=Tone::Bad>
            "Your session ended. What you see may be old. "
            // A new document: who is signed in is known from its first byte on.
            <a href=href rel="external">"Sign in again"</a>
        </Notice>
    }
    .into_any()
}
