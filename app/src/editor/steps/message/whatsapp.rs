//! A WhatsApp message by an approved template.

use domain::{content::whatsapp::filled, sending::Step};
use leptos::prelude::*;

use super::{picture, sender};
use crate::{
    editor::{
        parts::{ArmTabs, Arms, Line, Phone, StepForm, as_received, marked, plain, select},
        sheet::Sheet,
    },
    routes::Route,
    ui::{Notice, Tone},
};

#[component]
pub(super) fn WhatsApp(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let trouble = given.trouble.clone().map(|why| {
        let text = format!("The account's templates could not be read. {why}");
        view! { <Notice tone=Tone::Bad>{text}</Notice> }
    });
    let templates = given.menu("templates");
    let empty = match (templates.is_empty(), sheet.saved("told.account").is_empty()) {
        (_, true) => Some(no_account(&given.campaign.id)),
        (true, false) if given.trouble.is_none() => Some(view! {
            <Notice tone=Tone::Info>"No templates yet: make one in the account's WhatsApp manager. It appears here, and can be sent once it is approved."</Notice>
        }
        .into_any()),
        _ => None,
    };
    let hint = "Only approved templates can be sent; the others say where they stand";
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

fn no_account(id: &str) -> AnyView {
    let href = Route::Edit(id.to_owned(), Step::Detail).href();
    view! {
        <Notice tone=Tone::Info>
            <p>"Templates belong to an account: choose one at "<a href=href>"Detail"</a>" first."</p>
        </Notice>
    }
    .into_any()
}

/// What stands for the placeholders of the template. Another template has fields of its own: one that was typed into would
/// keep showing that.
#[component]
fn Values(sheet: Sheet) -> impl IntoView {
    let template = sheet.saved("template");
    view! { <For each=move || [template.clone()] key=Clone::clone children=move |_| values(sheet)/> }
        .into_any()
}

fn values(sheet: Sheet) -> AnyView {
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
    let has_value = !sheet.saved("shown.header_value").is_empty();
    let header = has_value.then(|| {
        Line::new("header_value", "Value of the header")
            .limit("60")
            .placeholders()
            .view(sheet)
    });
    let body = sheet.rows("body_values").into_iter().map(|n| {
        let name = sheet.saved(&format!("shown.value.{n}"));
        Line::new(
            format!("body_values.{n}"),
            format!("Value of {{{{{name}}}}}"),
        )
        .limit("1000")
        .placeholders()
        .view(sheet)
    });
    let links = sheet.rows("link_values").into_iter().map(|n| {
        let button = sheet.saved(&format!("shown.link_of.{n}"));
        let start = sheet.saved(&format!("shown.link.{n}"));
        view! {
            <div>
                {Line::new(format!("link_values.{n}"), format!("End of the link of “{button}”")).placeholders().view(sheet)}
                <p class="field__hint">"It stands after "<code>{start}</code></p>
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
                let value = Some(sheet.now("header_value")).filter(|value| !value.is_empty());
                let text = filled(&sheet.saved("shown.header"), |_| value.clone());
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

/// The body with what is typed in place of its placeholders.
fn body(sheet: Sheet) -> String {
    let typed = |n: usize| sheet.now(&format!("body_values.{n}"));
    filled(&sheet.saved("shown.body"), |n| {
        Some(typed(n)).filter(|value| !value.is_empty())
    })
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
