//! Name, account and sender.

use domain::Channel;
use leptos::prelude::*;

use crate::{
    editor::{
        parts::{Line, StepForm, radios, select},
        sheet::Sheet,
    },
    ui::{Notice, Tone},
};

/// *Detail*.
#[component]
pub(super) fn Detail(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let channel = given.channel;
    let senders = given
        .menu("senders")
        .iter()
        .map(|choice| view! { <option value=choice.value.clone()>{choice.label.clone()}</option> })
        .collect_view();
    let (label, hint) = sender(channel);
    let more = match channel {
        Channel::Email => Some(mail(sheet, given.arms.len() > 1)),
        Channel::Push => Some(push_kinds(sheet)),
        _ => None,
    };
    let accounts = given.menu("accounts");
    let account = if accounts.is_empty() {
        view! { <NoAccount/> }.into_any()
    } else {
        let hint = "Settings › Carriers has them all";
        select(
            sheet,
            "account",
            "Account",
            accounts,
            Some("Choose an account"),
            hint,
        )
    };
    view! {
        <StepForm sheet>
            <div class="panel form">
                {Line::new("name", "Name").limit("200").required().hint("Seen in lists and reports, never by recipients").view(sheet)}
                {account}
                {Line::new("sender", label).limit("200").list("senders").hint(hint).view(sheet)}
                <datalist id="senders">{senders}</datalist>
            </div>
            {more}
        </StepForm>
    }
    .into_any()
}

/// Nothing to send by yet.
#[component]
fn NoAccount() -> impl IntoView {
    view! {
        <Notice tone=Tone::Info>
            <p>
                "No carrier account can send on this channel yet. Add one in "
                <a href="/settings/carriers">"Settings › Carriers"</a>
                ". To try everything without a provider, add the Sandbox: it behaves like a carrier and sends nothing."
            </p>
        </Notice>
    }
    .into_any()
}

fn sender(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::Sms => (
            "Sender number",
            "A number, short code or name of the account",
        ),
        Channel::Email => (
            "Sender address",
            "Such as news@example.com; its domain has to allow the account",
        ),
        Channel::Push => ("App", "Name of the app or site it comes from"),
        Channel::WhatsApp => ("Business number", "The WhatsApp number it comes from"),
        Channel::Rcs => ("Agent", "The RCS agent it comes from"),
    }
}

fn mail(sheet: Sheet, is_test: bool) -> AnyView {
    let note = is_test.then_some(
        "Subject and preheader here are those of version A; the others have theirs at Personalize.",
    );
    view! {
        <div class="panel form">
            <div class="form__row">
                {Line::new("from_name", "From name").limit("100").hint("Shown before the address").view(sheet)}
                {Line::new("reply_to", "Reply to").kind("email").limit("254").hint("Empty: the sender address").view(sheet)}
            </div>
            {Line::new("subject", "Subject").limit("250").hint("May hold placeholders, such as {{ name | default(\"there\") }}").view(sheet)}
            {Line::new("preheader", "Preheader").limit("250").hint("What inboxes show after the subject").view(sheet)}
            <p class="field__hint">{note}</p>
        </div>
    }
    .into_any()
}

fn push_kinds(sheet: Sheet) -> AnyView {
    let kinds = [
        (
            "regular",
            "Regular",
            "The system shows it, whether the app is open or not.",
        ),
        (
            "in_app",
            "In-app",
            "The app shows it, the next time it is open.",
        ),
        (
            "geo",
            "Geo",
            "Shown when the device is inside a circle on the map.",
        ),
        (
            "deeplink",
            "Deep link",
            "A tap opens a place inside the app.",
        ),
        (
            "data",
            "Data",
            "Shows nothing: it carries data for the app.",
        ),
    ];
    view! { <div class="panel form">{radios(sheet, "kind", "What it is for", &kinds)}</div> }
        .into_any()
}
