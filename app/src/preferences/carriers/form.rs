//! The form of an account, made from what its protocol has to know.

use domain::carrier::{AccountInfo, Field, Protocol};
use leptos::prelude::*;

use crate::{
    routes::Route,
    ui::{Deed, DeedForm},
};

/// The fields. Of an account that is there, secrets are left empty to stay.
#[component]
pub(super) fn AccountForm(
    protocol: Protocol,
    account: Option<AccountInfo>,
    action: Deed,
) -> impl IntoView {
    let fields = protocol
        .fields()
        .iter()
        .map(|field| field_view(field, account.as_ref()))
        .collect_view();
    let is_new = account.is_none();
    let (id, name, senders, per_second) = match account {
        Some(account) => (
            account.id,
            account.name,
            account.senders.join("\n"),
            account.per_second.map(|n| n.to_string()),
        ),
        None => (
            String::new(),
            protocol.label().to_owned(),
            String::new(),
            None,
        ),
    };
    let sends = !protocol.channels().is_empty();
    let sending = if sends {
        view! {
            <label class="field">
                <span class="field__label">"Senders, one to a line"</span>
                <textarea class="input input--lines" name="senders" rows="3" autocomplete="off" spellcheck="false">{senders}</textarea>
                <span class="field__hint">"Numbers, addresses, apps or agents that campaigns may come from"</span>
            </label>
            <label class="field">
                <span class="field__label">"Messages a second at most (optional)"</span>
                <input class="input" type="number" name="per_second" min="1" max="10000" value=per_second/>
                <span class="field__hint">"All campaigns of this account together"</span>
            </label>
        }
        .into_any()
    } else {
        view! {
            <input type="hidden" name="senders" value=""/>
            <input type="hidden" name="per_second" value=""/>
        }
        .into_any()
    };
    let verb = if is_new { "Add account" } else { "Save" };
    view! {
        <section class="panel" aria-labelledby="account-title">
            <h2 id="account-title" class="panel__title">{protocol.label()}</h2>
            <p class="panel__lead">"Secrets are encrypted where they are kept, and never shown again."</p>
            <DeedForm action attr:class="form">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="protocol" value=protocol.as_str()/>
                <label class="field">
                    <span class="field__label">"Name"</span>
                    <input class="input" name="name" required=true maxlength="200" autocomplete="off" value=name/>
                </label>
                {fields}
                {sending}
                <div class="form__actions">
                    <button type="submit" class="button button--accent" disabled=action.pending()>{verb}</button>
                    <a class="button" href=Route::Carriers.href()>"Back"</a>
                </div>
            </DeedForm>
        </section>
    }
    .into_any()
}

fn field_view(field: &Field, account: Option<&AccountInfo>) -> AnyView {
    let label = if field.is_required || !field.choices.is_empty() {
        field.label.to_owned()
    } else {
        format!("{} (optional)", field.label)
    };
    let value = account.and_then(|account| account.settings.get(field.name).cloned());
    let entry = if field.choices.is_empty() {
        let is_set =
            account.is_some_and(|account| account.secrets.iter().any(|held| held == field.name));
        entry(field, is_set, value)
    } else {
        choice(field, value.as_deref())
    };
    let hint =
        (!field.hint.is_empty()).then(|| view! { <span class="field__hint">{field.hint}</span> });
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            {entry}
            {hint}
        </label>
    }
    .into_any()
}

/// What is typed. A browser holds the form back until what is required is there; a secret that is set is.
fn entry(field: &Field, is_set: bool, value: Option<String>) -> AnyView {
    let placeholder = if is_set {
        "Leave empty to keep"
    } else {
        field.standard
    };
    view! {
        <input
            class="input"
            type=if field.is_secret { "password" } else { "text" }
            name=format!("fields[{}]", field.name)
            required=field.is_required && !is_set
            placeholder=(!placeholder.is_empty()).then_some(placeholder)
            autocomplete=if field.is_secret { "new-password" } else { "off" }
            spellcheck="false"
            value=value.filter(|_| !field.is_secret)
        />
    }
    .into_any()
}

fn choice(field: &Field, value: Option<&str>) -> AnyView {
    let chosen = value.or(field.choices.first().map(|(first, _)| *first));
    let options = field
        .choices
        .iter()
        .map(|&(value, label)| view! { <option value=value selected=chosen == Some(value)>{label}</option> })
        .collect_view();
    view! { <select class="input" name=format!("fields[{}]", field.name)>{options}</select> }
        .into_any()
}
