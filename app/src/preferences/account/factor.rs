//! The second factor: codes of an app, and recovery codes.

use domain::account::{FactorInfo, FactorSecret};
use leptos::prelude::*;

use super::page::FactorDeeds;
use crate::{
    preferences::page::outcome,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// Whether there is one, and the way to the other state.
#[component]
pub(super) fn SecondFactor(
    info: FactorInfo,
    codes: Vec<String>,
    deeds: FactorDeeds,
) -> impl IntoView {
    let FactorDeeds {
        begin,
        activate,
        switch_off,
    } = deeds;
    let made = move || match activate.returned::<Vec<String>>() {
        Some(Ok(codes)) => codes,
        _ => codes.clone(),
    };
    let content = match (info.is_active, info.begun) {
        (true, _) => active(info.codes_left, switch_off).into_any(),
        (false, Some(secret)) => begun(secret, activate).into_any(),
        (false, None) => view! {
            <DeedForm action=begin>
                <button type="submit" class="button" disabled=begin.pending()>"Set up a second factor"</button>
            </DeedForm>
        }
        .into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="factor-title">
            <h2 id="factor-title" class="panel__title">"Second factor"</h2>
            <p class="panel__lead">"With a second factor, signing in also asks for a code that an app on your phone shows."</p>
            {move || outcome(begin, "")}
            {move || outcome(activate, "")}
            {move || outcome(switch_off, "Your second factor is off.")}
            {move || recovery(made())}
            {content}
        </section>
    }
    .into_any()
}

/// Recovery codes, this once.
fn recovery(codes: Vec<String>) -> Option<impl IntoView> {
    if codes.is_empty() {
        return None;
    }
    let codes = codes
        .into_iter()
        .map(|code| view! { <li><code>{code}</code></li> })
        .collect_view();
    Some(view! {
        <Notice tone=Tone::Good>
            <p>"Your second factor is on. Keep these recovery codes where your phone isn't: each signs you in once without it. They are not shown again."</p>
            <ul class="recovery">{codes}</ul>
        </Notice>
    })
}

fn begun(secret: FactorSecret, activate: Deed) -> impl IntoView {
    view! {
        <p>"Scan the picture with an authenticator app, or type the key into it. Then give the code that it shows."</p>
        <img class="qr" src=secret.picture alt="QR code of the key below" width="200" height="200"/>
        <p><code class="secret">{secret.secret}</code></p>
        <p><a href=secret.address rel="external">"Open an app on this device"</a></p>
        <DeedForm action=activate attr:class="form__row">
            <CodeField label="Code from the app"/>
            <button type="submit" class="button button--accent" disabled=activate.pending()>"Switch on"</button>
        </DeedForm>
    }
}

fn active(codes_left: u32, switch_off: Deed) -> impl IntoView {
    let left = match codes_left {
        0 => "It is on. No recovery code is left: switch it off and on again for new ones."
            .to_owned(),
        1 => "It is on. One recovery code is left.".to_owned(),
        n => format!("It is on. {n} recovery codes are left."),
    };
    view! {
        <p>{left}</p>
        <DeedForm action=switch_off attr:class="form__row">
            <label class="field">
                <span class="field__label">"Your password"</span>
                <input class="input" type="password" name="password" required=true autocomplete="current-password"/>
            </label>
            <CodeField label="Code, or a recovery code"/>
            <button type="submit" class="button button--danger" disabled=switch_off.pending()>"Switch off"</button>
        </DeedForm>
    }
}

#[component]
fn CodeField(label: &'static str) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input class="input" name="code" required=true maxlength="40" autocomplete="one-time-code"/>
        </label>
    }
}
