//! What it says; e-mail has steps of its own.

mod push;
mod rcs;
mod sms;
mod whatsapp;

use domain::Channel;
use leptos::prelude::*;

use crate::editor::sheet::Sheet;
use push::Push;
use rcs::Rcs;
use sms::Sms;
use whatsapp::WhatsApp;

/// *Message*.
#[component]
pub(super) fn Message(sheet: Sheet) -> impl IntoView {
    match sheet.given().channel {
        Channel::Sms => view! { <Sms sheet/> }.into_any(),
        Channel::Push => view! { <Push sheet/> }.into_any(),
        Channel::WhatsApp => view! { <WhatsApp sheet/> }.into_any(),
        Channel::Rcs => view! { <Rcs sheet/> }.into_any(),
        Channel::Email => ().into_any(),
    }
}

/// What stands for the sender on a phone.
pub(super) fn sender(sheet: Sheet) -> String {
    let sender = sheet.saved("told.sender");
    if sender.is_empty() {
        sheet.given().campaign.name.clone()
    } else {
        sender
    }
}

/// A picture's place: the address is given, the picture itself is not fetched by this page.
pub(super) fn picture(address: &str) -> Option<AnyView> {
    let name = address.rsplit('/').next().unwrap_or_default().to_owned();
    let title = address.to_owned();
    (!address.is_empty())
        .then(|| view! { <div class="phone__picture" title=title>{name}</div> }.into_any())
}
