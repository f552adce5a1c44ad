//! A push notification.

use leptos::prelude::*;

use super::{picture, sender};
use crate::editor::{
    parts::{Area, ArmTabs, Arms, Line, Phone, StepForm, as_received, plain},
    sheet::Sheet,
};

#[component]
pub(super) fn Push(sheet: Sheet) -> impl IntoView {
    let kind = sheet.saved("kind");
    let words = (kind != "data").then(|| {
        view! {
            {Line::new("title", "Title").limit("250").placeholders().view(sheet)}
            {Area::new("body", "Body").rows("4").placeholders().view(sheet)}
            {Line::new("image", "Picture").kind("url").hint("https address; optional").view(sheet)}
        }
        .into_any()
    });
    let (label, hint) = if kind == "deeplink" {
        ("Place in the app", "Such as myapp://offers/12")
    } else {
        ("Link", "What a tap opens; optional")
    };
    let link = (kind != "data").then(|| Line::new("link", label).hint(hint).view(sheet));
    let circle = (kind == "geo").then(|| {
        view! {
            <fieldset class="field" id="f-geo">
                <legend class="field__label">"Where"</legend>
                <div class="form__row">
                    {Line::new("geo.latitude", "Latitude").hint("−90 to 90, such as 40.4168").view(sheet)}
                    {Line::new("geo.longitude", "Longitude").hint("−180 to 180, such as -3.7038").view(sheet)}
                    {Line::new("geo.radius_m", "Radius, metres").kind("number").hint("50 to 100,000").view(sheet)}
                </div>
            </fieldset>
        }
        .into_any()
    });
    view! {
        <StepForm sheet aside=move || view! { <Aside sheet/> }>
            <div class="panel form">
                <ArmTabs sheet/>
                {words}
                {link}
                {circle}
                <Data sheet/>
            </div>
            <div class="panel"><Arms sheet/></div>
        </StepForm>
    }
    .into_any()
}

/// Values for the app, by name.
#[component]
fn Data(sheet: Sheet) -> impl IntoView {
    let rows = sheet
        .rows("data")
        .into_iter()
        .map(|n| {
            let remove = format!("remove:data.{n}");
            let label = format!("Value {}", n + 1);
            view! {
                <div class="pair" role="group" aria-label=label>
                    {Line::new(format!("data.{n}.name"), "Name").limit("100").view(sheet)}
                    {Line::new(format!("data.{n}.value"), "Value").limit("1000").view(sheet)}
                    <button type="submit" name="go" value=remove formnovalidate=true class="button button--small button--quiet">"Remove"</button>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" id="f-data">
            <legend class="field__label">"Data for the app"</legend>
            {rows}
            <div><button type="submit" name="go" value="add:data" formnovalidate=true class="button button--small">"Add a value"</button></div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Aside(sheet: Sheet) -> impl IntoView {
    if sheet.saved("kind") == "data" {
        return view! { <p class="field__hint">"A data message shows nothing on the device."</p> }
            .into_any();
    }
    let from = sender(sheet);
    let card = move || {
        let (title, body) = (sheet.now("title"), sheet.now("body"));
        view! {
            <div class="toast">
                <span class="toast__app">{from.clone()}" · now"</span>
                <strong class="toast__title">{plain(&title)}</strong>
                <p class="toast__body">{plain(&body)}</p>
                {picture(&sheet.now("image"))}
            </div>
        }
    };
    view! {
        <Phone sender="Lock screen">{card}</Phone>
        {as_received(&sheet.given())}
    }
    .into_any()
}
