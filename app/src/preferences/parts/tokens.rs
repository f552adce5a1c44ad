//! Tokens of programs.

use domain::user::Scope;
use leptos::prelude::*;

use super::super::{api::Token, page::outcome};
use crate::{
    session::use_session,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// The list, a form for one more, and the new one, this once.
#[component]
pub(in crate::preferences) fn Tokens(
    tokens: Vec<Token>,
    made: Option<String>,
    create: Deed,
    revoke: Deed,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let is_empty = tokens.is_empty();
    let rows = tokens
        .into_iter()
        .map(|token| {
            let used = token
                .last_used_at
                .and_then(|at| at.parse().ok())
                .map_or_else(|| "never".to_owned(), |at| session.time(at));
            let end = token
                .expires_at
                .and_then(|at| at.parse().ok())
                .map_or_else(|| "no end".to_owned(), |at| session.time(at));
            let end = if token.is_expired {
                format!("expired {end}")
            } else {
                end
            };
            let label = format!("Revoke {}", token.name);
            view! {
                <tr>
                    <td>{token.name}</td>
                    <td>{token.scopes}</td>
                    <td>{used}</td>
                    <td>{end}</td>
                    <td class="table__end">
                        <DeedForm action=revoke>
                            <input type="hidden" name="id" value=token.id/>
                            <button type="submit" class="button button--small button--danger" aria-label=label>"Revoke"</button>
                        </DeedForm>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let table = (!is_empty).then(|| {
        view! {
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="tokens-title">
                <table class="table">
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"Scopes"</th><th scope="col">"Last used"</th><th scope="col">"Expires"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let shown = move || match create.returned() {
        Some(Ok(token)) => Some(token),
        _ => made.clone(),
    };
    view! {
        <section class="panel" aria-labelledby="tokens-title">
            <h2 id="tokens-title" class="panel__title">"API tokens"</h2>
            <p class="panel__lead">"Programs send events and use the API with a token. Only its hash is kept."</p>
            {move || outcome(create, "")}
            {move || outcome(revoke, "")}
            {move || shown().map(|token| view! {
                <Notice tone=Tone::Good>
                    <p>"Copy the token now. It is not shown again."</p>
                    <code class="secret">{token}</code>
                </Notice>
            })}
            {table}
            <DeedForm action=create attr:class="form">
                <div class="form__row">
                    <label class="field">
                        <span class="field__label">"Name of the new token"</span>
                        <input class="input" name="name" required=true maxlength="100" autocomplete="off" value=create.kept("name", None)/>
                    </label>
                    <label class="field">
                        <span class="field__label">"Expires after"</span>
                        <select class="input" name="days">{lives(create)}</select>
                    </label>
                    <button type="submit" class="button" disabled=create.pending()>"Create token"</button>
                </div>
                <fieldset class="field">
                    <legend class="visually-hidden">"Scopes"</legend>
                    <div class="choices">{scopes(create)}</div>
                </fieldset>
            </DeedForm>
        </section>
    }
    .into_any()
}

/// What a new token may be used for.
fn scopes(create: Deed) -> impl IntoView {
    [
        (Scope::Ingest, "Send events"),
        (Scope::Read, "Read campaigns and reports"),
        (Scope::Write, "Change campaigns"),
    ]
    .map(|(scope, label)| {
        let is_chosen = create.chosen(scope.as_str(), "true", scope == Scope::Ingest);
        view! {
            <label class="choice">
                <input type="checkbox" name=scope.as_str() value="true" checked=is_chosen/>
                {label}
            </label>
        }
    })
    .collect_view()
}

/// How long a new token may be good for.
fn lives(create: Deed) -> impl IntoView {
    [
        ("30", "30 days"),
        ("90", "90 days"),
        ("365", "a year"),
        ("none", "never"),
    ]
    .map(|(value, label)| {
        let is_chosen = create.chosen("days", value, value == "90");
        view! { <option value=value selected=is_chosen>{label}</option> }
    })
    .collect_view()
}
