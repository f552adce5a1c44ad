//! The form of an account, made from what its protocol has to know.

use domain::carrier::{AccountInfo, Field, Protocol};
use leptos::prelude::*;

use crate::{
    routes::Route,
    ui::{Deed, DeedForm, area_text},
};

/// Whether the form of a protocol has a field of this name, which says itself what is wrong with it.
pub(super) fn has_field(protocol: Protocol, name: &str) -> bool {
    let sends = !protocol.channels().is_empty();
    let mut own = protocol.fields().iter();
    name == "name"
        || sends && matches!(name, "senders" | "per_second")
        || own.any(|field| field.name == name)
}

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
        .map(|field| field_view(field, account.as_ref(), action))
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
        sending(action, senders, per_second)
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
                <div class="field">
                    <label class="field__label" for="f-name">"Name"</label>
                    <input class="input" id="f-name" name="name" required=true maxlength="200" autocomplete="off"
                        value=action.kept("name", Some(name)) aria-invalid=invalid(action, "name") aria-describedby="a-name"/>
                    {below(action, "name", None)}
                </div>
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

/// What only accounts that send have.
fn sending(action: Deed, senders: String, per_second: Option<String>) -> AnyView {
    let senders = action.kept("senders", Some(senders)).unwrap_or_default();
    let senders = area_text(&senders);
    let per_second = action.kept("per_second", per_second);
    let whom = "Numbers, addresses, apps or agents that campaigns may come from";
    view! {
        <div class="field">
            <label class="field__label" for="f-senders">"Senders, one to a line"</label>
            <textarea class="input input--lines" id="f-senders" name="senders" rows="3" autocomplete="off" spellcheck="false"
                aria-invalid=invalid(action, "senders") aria-describedby="a-senders" {..senders}></textarea>
            {below(action, "senders", Some(whom.to_owned()))}
        </div>
        <div class="field">
            <label class="field__label" for="f-per_second">"Messages a second at most (optional)"</label>
            <input class="input" id="f-per_second" type="number" name="per_second" min="1" max="10000" value=per_second
                aria-invalid=invalid(action, "per_second") aria-describedby="a-per_second"/>
            {below(action, "per_second", Some("All campaigns of this account together".to_owned()))}
        </div>
    }
    .into_any()
}

fn field_view(field: &Field, account: Option<&AccountInfo>, action: Deed) -> AnyView {
    let name = field.name;
    let label = if field.is_required || !field.choices.is_empty() {
        field.label.to_owned()
    } else {
        format!("{} (optional)", field.label)
    };
    let value = account.and_then(|account| account.settings.get(name).cloned());
    let value = action.kept(&sent_as(field), value);
    let entry = if field.choices.is_empty() {
        let is_set = account.is_some_and(|account| account.secrets.iter().any(|held| held == name));
        entry(field, is_set, value, action)
    } else {
        choice(field, value.as_deref(), action)
    };
    let hint = (!field.hint.is_empty()).then(|| field.hint.to_owned());
    view! {
        <div class="field">
            <label class="field__label" for=format!("f-{name}")>{label}</label>
            {entry}
            {below(action, name, hint)}
        </div>
    }
    .into_any()
}

fn sent_as(field: &Field) -> String {
    format!("fields[{}]", field.name)
}

/// What is typed. A browser holds the form back until what is required is there; a secret that is set is.
fn entry(field: &Field, is_set: bool, value: Option<String>, action: Deed) -> AnyView {
    let name = field.name;
    let placeholder = if is_set {
        "Leave empty to keep"
    } else {
        field.standard
    };
    view! {
        <input
            class="input"
            id=format!("f-{name}")
            type=if field.is_secret { "password" } else { "text" }
            name=sent_as(field)
            required=field.is_required && !is_set
            placeholder=(!placeholder.is_empty()).then_some(placeholder)
            autocomplete=if field.is_secret { "new-password" } else { "off" }
            spellcheck="false"
            value=value.filter(|_| !field.is_secret)
            aria-invalid=invalid(action, name)
            aria-describedby=format!("a-{name}")
        />
    }
    .into_any()
}

fn choice(field: &Field, value: Option<&str>, action: Deed) -> AnyView {
    let name = field.name;
    let chosen = value.or(field.choices.first().map(|(first, _)| *first));
    let options = field
        .choices
        .iter()
        .map(|&(value, label)| view! { <option value=value selected=chosen == Some(value)>{label}</option> })
        .collect_view();
    view! {
        <select class="input" id=format!("f-{name}") name=sent_as(field) aria-invalid=invalid(action, name) aria-describedby=format!("a-{name}")>
            {options}
        </select>
    }
    .into_any()
}

/// Why the last answer refused a field; none when it did not.
fn problem(action: Deed, name: &str) -> Option<String> {
    let (field, why) = action.refused()?;
    (field == name).then_some(why)
}

fn invalid(action: Deed, name: &'static str) -> impl Fn() -> Option<&'static str> {
    move || problem(action, name).map(|_| "true")
}

/// The hint and what is wrong, below a field.
fn below(action: Deed, name: &'static str, hint: Option<String>) -> AnyView {
    let hint = hint.map(|hint| view! { <span class="field__hint">{hint}</span> });
    let problem =
        move || problem(action, name).map(|why| view! { <span class="field__error">{why}</span> });
    view! { <div class="field__below" id=format!("a-{name}")>{problem}{hint}</div> }.into_any()
}
