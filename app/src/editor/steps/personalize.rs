//! An e-mail's text and its placeholders.

use leptos::prelude::*;

use crate::{
    editor::{
        parts::{Area, ArmTabs, Arms, Line, StepForm},
        sheet::Sheet,
    },
    routes::encode,
    ui::{Notice, Tone},
};

/// *Personalize*.
#[component]
pub(super) fn Personalize(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let subject = (given.arms.len() > 1).then(|| {
        view! {
            <input type="hidden" name="fields[has_subject]" value="1"/>
            {Line::new("subject", "Subject").limit("250").placeholders().view(sheet)}
            {Line::new("preheader", "Preheader").limit("250").view(sheet)}
        }
        .into_any()
    });
    let is_mjml = !given.fields.get("mjml").is_empty();
    let source = if is_mjml {
        Area::new("mjml", "MJML").hint("Becomes HTML when it is saved")
    } else {
        Area::new("html", "HTML")
    };
    view! {
        <StepForm sheet aside=move || view! { <Aside sheet/> }>
            <div class="panel form">
                <ArmTabs sheet/>
                {subject}
                {source.rows("22").source().placeholders().view(sheet)}
                {Area::new("text", "Plain-text part").rows("6").hint("For mail programs without HTML. Empty: made from the HTML.").placeholders().view(sheet)}
                <p class="field__hint">"A footer with an unsubscribe link is added where the design has none, and mail programs show their own one-click button."</p>
            </div>
            <div class="panel"><Arms sheet/></div>
        </StepForm>
    }
    .into_any()
}

/// The saved e-mail in a frame that runs nothing, as wide as a desktop's or a phone's.
#[component]
fn Aside(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let address = format!(
        "/campaigns/{}/preview/{}?r={}",
        encode(&given.campaign.id),
        encode(&given.arm),
        given.revision
    );
    let is_empty = given.fields.get("html").is_empty() && given.fields.get("mjml").is_empty();
    let frame = if is_empty {
        view! { <p class="phone__empty">"Nothing written yet."</p> }.into_any()
    } else {
        view! { <iframe class="mail__frame" title="Preview of the e-mail" sandbox="" src=address></iframe> }
            .into_any()
    };
    let preview = given.previews.first().cloned().unwrap_or_default();
    let missing = (!preview.missing.is_empty()).then(|| {
        let text = format!(
            "No value for {}. Who lacks one is left out; give a default.",
            preview.missing.join(", ")
        );
        view! { <Notice tone=Tone::Bad>{text}</Notice> }
    });
    view! {
        <section class="panel mail" aria-labelledby="mail-title">
            <h2 id="mail-title" class="panel__title">"Preview"</h2>
            <div class="mail__head">
                // Two radio buttons: the width changes without a script.
                <fieldset class="switch mail__widths">
                    <legend class="visually-hidden">"Width"</legend>
                    <label class="switch__option"><input class="visually-hidden" type="radio" name="width" value="desktop" checked=true/>"Desktop"</label>
                    <label class="switch__option"><input class="visually-hidden" type="radio" name="width" value="phone"/>"Phone"</label>
                </fieldset>
                <button type="submit" form="step" name="go" value="stay" formnovalidate=true class="button button--small">"Save and preview"</button>
            </div>
            {missing}
            <p class="mail__subject"><strong>{preview.title}</strong>" "<span>{preview.note}</span></p>
            {frame}
        </section>
    }
    .into_any()
}
