//! A text message.

use leptos::prelude::*;

use super::sender;
use crate::editor::{
    parts::{Area, ArmTabs, Arms, Phone, SmsCounter, StepForm, as_received, links_in, plain},
    sheet::Sheet,
};

#[component]
pub(super) fn Sms(sheet: Sheet) -> impl IntoView {
    view! {
        <StepForm sheet aside=move || view! { <Aside sheet/> }>
            <div class="panel form">
                <ArmTabs sheet/>
                {Area::new("text", "Text").rows("7").placeholders().view(sheet)}
                <SmsCounter sheet field="text"/>
                <Links sheet/>
            </div>
            <div class="panel"><Arms sheet/></div>
        </StepForm>
    }
    .into_any()
}

/// Links of the text, and what tracking does to them.
#[component]
fn Links(sheet: Sheet) -> impl IntoView {
    let found = Memo::new(move |_| links_in(&sheet.now("text")));
    let list = move || {
        let links = found.get();
        (!links.is_empty()).then(|| {
            let items = links.into_iter().map(|link| view! { <li>{link}</li> }).collect_view();
            view! {
                <section class="found">
                    <h3>"Links"</h3>
                    <ul class="found__list">{items}</ul>
                    <p class="field__hint">
                        "Each goes out as a short link of its own for every recipient, so that clicks count; the segments above count it as written. Untrack links on the Summary to send them as they are."
                    </p>
                </section>
            }
        })
    };
    view! { {list} }.into_any()
}

#[component]
fn Aside(sheet: Sheet) -> impl IntoView {
    let bubble = move || {
        let text = sheet.now("text");
        if text.is_empty() {
            view! { <p class="phone__empty">"The message appears here as you write."</p> }
                .into_any()
        } else {
            view! { <p class="bubble">{plain(&text)}</p> }.into_any()
        }
    };
    view! {
        <Phone sender=sender(sheet)>{bubble}</Phone>
        {as_received(&sheet.given())}
    }
    .into_any()
}
