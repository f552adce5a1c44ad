//! An RCS message.

use leptos::prelude::*;

use super::{picture, sender};
use crate::editor::{
    given::Choice,
    parts::{
        Area, ArmTabs, Arms, Line, Phone, SmsCounter, StepForm, as_received, plain, radios, select,
    },
    sheet::Sheet,
};

#[component]
pub(super) fn Rcs(sheet: Sheet) -> impl IntoView {
    let shapes = [
        ("text", "Text", "A message of words."),
        (
            "card",
            "Rich card",
            "With a picture, a title and up to four suggestions.",
        ),
    ];
    view! {
        <StepForm sheet aside=move || view! { <Aside sheet/> }>
            <div class="panel form shape">
                <ArmTabs sheet/>
                {radios(sheet, "shape", "Shape", &shapes)}
                <div class="shape__card form">
                    {Line::new("title", "Title of the card").limit("200").placeholders().view(sheet)}
                    {Line::new("image", "Picture").kind("url").hint("https address").view(sheet)}
                </div>
                {Area::new("text", "Text").rows("5").placeholders().view(sheet)}
                <Suggestions sheet/>
            </div>
            <div class="panel form">
                {Area::new("fallback", "SMS for phones without RCS").rows("4").hint("Empty: they get nothing").placeholders().view(sheet)}
                <SmsCounter sheet field="fallback"/>
            </div>
            <div class="panel"><Arms sheet/></div>
        </StepForm>
    }
    .into_any()
}

/// Chips below the message.
#[component]
fn Suggestions(sheet: Sheet) -> impl IntoView {
    let kinds = [
        Choice::new("reply", "Reply"),
        Choice::new("url", "Open a page"),
        Choice::new("phone", "Call"),
    ];
    let rows = sheet.rows("suggestions");
    let may_add = rows.len() < 11;
    let rows = rows
        .into_iter()
        .map(|n| {
            let remove = format!("remove:suggestions.{n}");
            let label = format!("Suggestion {}", n + 1);
            view! {
                <div class="pair" role="group" aria-label=label>
                    {select(sheet, &format!("suggestions.{n}.kind"), "Does", &kinds, None, "")}
                    {Line::new(format!("suggestions.{n}.text"), "Text").limit("25").view(sheet)}
                    <div class="pair__target">{Line::new(format!("suggestions.{n}.target"), "Address or number").view(sheet)}</div>
                    <button type="submit" name="go" value=remove formnovalidate=true class="button button--small button--quiet">"Remove"</button>
                </div>
            }
        })
        .collect_view();
    let add = may_add.then(|| {
        view! { <div><button type="submit" name="go" value="add:suggestions" formnovalidate=true class="button button--small">"Add a suggestion"</button></div> }
    });
    view! {
        <fieldset class="field" id="f-suggestions">
            <legend class="field__label">"Suggestions"</legend>
            <span class="field__hint">"At most eleven, four on a card; 25 characters each"</span>
            {rows}
            {add}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Aside(sheet: Sheet) -> impl IntoView {
    let message = move || {
        let is_card = sheet.now("shape") == "card";
        let head = is_card.then(|| {
            view! {
                {picture(&sheet.now("image"))}
                <strong class="bubble__head">{plain(&sheet.now("title"))}</strong>
            }
        });
        view! {
            <div class="bubble">{head}<p>{plain(&sheet.now("text"))}</p></div>
            <ul class="buttons buttons--chips">{chips(sheet)}</ul>
        }
    };
    view! {
        <Phone sender=sender(sheet)>{message}</Phone>
        {as_received(&sheet.given())}
    }
    .into_any()
}

fn chips(sheet: Sheet) -> Vec<AnyView> {
    let texts = sheet.rows("suggestions").into_iter();
    texts
        .map(|n| sheet.now(&format!("suggestions.{n}.text")))
        .filter(|text| !text.is_empty())
        .map(|text| view! { <li class="buttons__one">{text}</li> }.into_any())
        .collect()
}
