//! The two pages.

use domain::CampaignKind;
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_query_map};

use crate::{
    layout::{Brand, DocumentTitle},
    routes::Route,
    session::use_session,
    ui::{Notice, Tone},
};

/// Sign in.
#[component]
pub fn SignInPage() -> impl IntoView {
    if use_session().is_some() {
        let path = Route::tab(CampaignKind::Messaging).href();
        return view! { <Redirect path/> }.into_any();
    }
    let query = use_query_map().get_untracked();
    let next = query
        .get("next")
        .filter(|next| is_local(next))
        .unwrap_or_else(|| "/".to_owned());
    view! {
        <Door title="Sign in" error=query.get("error")>
            <form method="post" action="/sign-in" class="form">
                <input type="hidden" name="next" value=next/>
                <Credentials autocomplete="current-password" hint=None/>
                <button type="submit" class="button button--accent button--wide">"Sign in"</button>
            </form>
        </Door>
    }
    .into_any()
}

/// The code of the second factor, after the password was right.
#[component]
pub fn CodePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let next = query
        .get("next")
        .filter(|next| is_local(next))
        .unwrap_or_else(|| "/".to_owned());
    view! {
        <Door title="Second factor" error=query.get("error")>
            <p class="door__lead">"Give the code that your app shows now. Without your phone, give one of your recovery codes."</p>
            <form method="post" action="/sign-in/code" class="form">
                <input type="hidden" name="next" value=next/>
                <label class="field">
                    <span class="field__label">"Code"</span>
                    <input class="input" name="code" required=true maxlength="40" autocomplete="one-time-code" autofocus=true/>
                </label>
                <button type="submit" class="button button--accent button--wide">"Sign in"</button>
            </form>
            <p><a href="/sign-in" rel="external">"Start again"</a></p>
        </Door>
    }
    .into_any()
}

/// Whoever was given a link chooses a password. The link's secret is in a cookie, never in this page's address.
#[component]
pub fn JoinPage() -> impl IntoView {
    let error = use_query_map().get_untracked().get("error");
    if error.as_deref() == Some("link") {
        return view! {
            <Door title="Choose a password" error>
                <p><a href="/sign-in" rel="external">"Sign in"</a></p>
            </Door>
        }
        .into_any();
    }
    view! {
        <Door title="Choose a password" error>
            <p class="door__lead">"Nobody else knows it. Wherever you are signed in, you will be signed out."</p>
            <form method="post" action="/join" class="form">
                <label class="field">
                    <span class="field__label">"Password"</span>
                    <input class="input" type="password" name="password" required=true minlength="12" autocomplete="new-password" autofocus=true/>
                    <span class="field__hint">{PASSWORD_HINT}</span>
                </label>
                <button type="submit" class="button button--accent button--wide">"Save and sign in"</button>
            </form>
        </Door>
    }
    .into_any()
}

/// The first person of a fresh installation makes an account, with the one-time link of the console.
#[component]
pub fn SetupPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let token = query.get("token").unwrap_or_default();
    view! {
        <Door title="Set up Reportage" error=query.get("error")>
            <p class="door__lead">"Make the first account. It can do everything, and add others later."</p>
            <form method="post" action="/setup" class="form">
                <input type="hidden" name="token" value=token/>
                <Credentials autocomplete="new-password" hint=Some(PASSWORD_HINT)/>
                <button type="submit" class="button button--accent button--wide">"Create account"</button>
            </form>
        </Door>
    }
    .into_any()
}

const PASSWORD_HINT: &str =
    "At least 12 characters that nobody would try first: four unrelated words work well";

#[component]
fn Door(title: &'static str, error: Option<String>, children: Children) -> impl IntoView {
    view! {
        <DocumentTitle text=title/>
        <div class="door">
            <Brand/>
            <h1>{title}</h1>
            {error.map(|code| view! { <Notice tone=Tone::Bad>{sentence(&code)}</Notice> })}
            {children()}
        </div>
    }
    .into_any()
}

#[component]
fn Credentials(autocomplete: &'static str, hint: Option<&'static str>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">"Email"</span>
            <input class="input" type="email" name="email" required=true autocomplete="username" autofocus=true/>
        </label>
        <label class="field">
            <span class="field__label">"Password"</span>
            <input
                class="input"
                type="password"
                name="password"
                required=true
                minlength=hint.map(|_| "12")
                autocomplete=autocomplete
            />
            {hint.map(|hint| view! { <span class="field__hint">{hint}</span> })}
        </label>
    }
    .into_any()
}

/// Only codes are known: an address must not be able to put words on the page.
fn sentence(code: &str) -> &'static str {
    match code {
        "invalid" => "Email or password is wrong.",
        "throttled" => "Too many attempts. Wait a few minutes and try again.",
        "expired" => {
            "This set-up link has been used or has expired. Restart the server for a new one."
        }
        "link" => {
            "This link has been used or has expired. Ask an admin of your workspace for a new one."
        }
        "late" => "The code came too late. Sign in again.",
        "code" => "This code is wrong, or was used already.",
        "password" => {
            "Use at least 12 characters, and no common password, name, date, row of keys, or part of your address."
        }
        "email" => "This is not an email address.",
        "origin" => "The form was sent from another site. Try again from here.",
        _ => "That did not work. Try again.",
    }
}

fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_own_paths_are_followed() {
        assert!(is_local("/reports/messaging?range=all"));
        for other in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
        ] {
            assert!(!is_local(other), "{other}");
        }
    }
}
