//! A WhatsApp message by an approved template.

use leptos::prelude::*;

use super::{picture, sender};
use crate::{
    editor::{
        parts::{ArmTabs, Arms, Line, Phone, StepForm, as_received, marked, plain, select},
        sheet::Sheet,
    },
    ui::{Notice, Tone},
};

#[component]
pub(super) fn WhatsApp(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let trouble = given.trouble.clone().map(|why| {
        let text = format!("The account's templates could not be read. {why}");
        view! { <Notice tone=Tone::Bad>{text}</Notice> }
    });
    let is_empty = given.trouble.is_none() && given.menu("templates").is_empty();
    let empty = is_empty.then(|| {
        view! {
            <Notice tone=Tone::Info>"No templates yet: choose an account at Detail, and make a template in its WhatsApp manager. Approved ones appear here."</Notice>
        }
    });
    let hint = "Only approved templates can be sent; the others say where they stand";
    let templates = given.menu("templates");
    let choice = select(
        sheet,
        "template",
        "Template",
        templates,
        Some("Choose a template"),
        "",
    );
    view! {
        <StepForm sheet aside=move || view! { <Aside sheet/> }>
            <div class="panel form">
                <ArmTabs sheet/>
                {trouble}
                {empty}
                <div class="form__row">
                    {choice}
                    <button type="submit" name="go" value="stay" formnovalidate=true class="button">"Use template"</button>
                </div>
                <p class="field__hint">{hint}</p>
                <Values sheet/>
            </div>
            <div class="panel"><Arms sheet/></div>
        </StepForm>
    }
    .into_any()
}

/// What stands for the numbers of the template.
#[component]
fn Values(sheet: Sheet) -> impl IntoView {
    let header = sheet.saved("shown.header_kind");
    let media = match header.as_str() {
        "image" => Some("Picture of the header"),
        "video" => Some("Video of the header"),
        "document" => Some("Document of the header"),
        _ => None,
    };
    let media = media.map(|label| {
        Line::new("media", label)
            .kind("url")
            .hint("https address; WhatsApp fetches it")
            .view(sheet)
    });
    let has_value = header == "text" && sheet.saved("shown.header").contains("{{1}}");
    let header = has_value.then(|| {
        Line::new("header_value", "Value of the header")
            .limit("60")
            .placeholders()
            .view(sheet)
    });
    let body = sheet.rows("body_values").into_iter().map(|n| {
        let label = format!("Value of {{{{{}}}}}", n + 1);
        Line::new(format!("body_values.{n}"), label)
            .limit("1000")
            .placeholders()
            .view(sheet)
    });
    let links = sheet.rows("link_values").into_iter().map(|n| {
        let address = sheet.saved(&format!("shown.link.{n}"));
        view! {
            <div>
                {Line::new(format!("link_values.{n}"), "End of a link button's address").placeholders().view(sheet)}
                <p class="field__hint">"It stands at the end of "<code>{address}</code></p>
            </div>
        }
    });
    let (body, links) = (body.collect::<Vec<_>>(), links.collect_view());
    view! { {media}{header}{body}{links} }.into_any()
}

/// The message as WhatsApp draws it.
#[component]
fn Aside(sheet: Sheet) -> impl IntoView {
    if sheet.saved("shown.body").is_empty() {
        return view! {
            <Phone sender=sender(sheet)><p class="phone__empty">"Choose a template: the message appears here."</p></Phone>
        }
        .into_any();
    }
    let message = move || {
        let header = match sheet.saved("shown.header_kind").as_str() {
            "text" => {
                let value = sheet.now("header_value");
                let text = sheet.saved("shown.header");
                let text = if value.is_empty() {
                    text
                } else {
                    text.replace("{{1}}", &value)
                };
                Some(view! { <strong class="bubble__head">{plain(&text)}</strong> }.into_any())
            }
            "none" => None,
            kind => {
                let media = sheet.now("media");
                picture(if media.is_empty() { kind } else { &media })
            }
        };
        let footer = Some(sheet.saved("shown.footer")).filter(|footer| !footer.is_empty());
        let footer = footer.map(|footer| view! { <small class="bubble__foot">{footer}</small> });
        view! {
            <div class="bubble bubble--whatsapp">
                {header}
                <p>{marked(&body(sheet))}</p>
                {footer}
            </div>
            <ul class="buttons">{buttons(sheet)}</ul>
        }
    };
    view! {
        <Phone sender=sender(sheet)>{message}</Phone>
        {as_received(&sheet.given())}
    }
    .into_any()
}

/// The body with what is typed in place of its numbers.
fn body(sheet: Sheet) -> String {
    let mut body = sheet.saved("shown.body");
    for n in sheet.rows("body_values") {
        let value = sheet.now(&format!("body_values.{n}"));
        if !value.is_empty() {
            body = body.replace(&format!("{{{{{}}}}}", n + 1), &value);
        }
    }
    body
}

fn buttons(sheet: Sheet) -> Vec<AnyView> {
    let button = |n: u32| {
        let text = sheet.saved(&format!("button.{n}.text"));
        let sign = match sheet.saved(&format!("button.{n}.kind")).as_str() {
            "url" => "↗ ",
            "phone" => "☎ ",
            _ => "↩ ",
        };
        view! { <li class="buttons__one"><span aria-hidden="true">{sign}</span>{text}</li> }
            .into_any()
    };
    sheet.rows("button").into_iter().map(button).collect()
}
