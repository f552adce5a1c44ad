//! A message as a person gets it.

use domain::{Channel, content};
use leptos::prelude::*;

use super::marks::{Mark, whatsapp};
use crate::{number::plural, routes::encode};

/// A message, drawn as the channel shows it: an e-mail in a sandboxed frame at two widths, anything else on a phone.
///
/// # On the server
/// The same. The frame asks `/campaigns/{id}/preview/{variant}`, which answers with a policy of its own.
#[component]
pub fn Preview(
    /// The campaign, whose e-mail the frame asks for.
    id: String,
    /// How it travels.
    channel: Channel,
    /// The message.
    preview: content::Preview,
) -> impl IntoView {
    let missing = (!preview.missing.is_empty()).then(|| {
        let names = preview.missing.join(", ");
        view! { <p class="preview__missing">{format!("No value for: {names}")}</p> }
    });
    let made_for = (!preview.recipient.is_empty()).then(|| {
        view! { <p class="field__hint">{format!("As {} gets it", preview.recipient)}</p> }
    });
    let length = preview.length.map(|length| {
        let segments = plural(u64::from(length.segments), "segment", "segments");
        let characters = plural(u64::from(length.characters), "character", "characters");
        view! { <p class="field__hint">{format!("{characters} · {segments} · {}", length.encoding.label())}</p> }
    });
    let drawn = match channel {
        Channel::Email => mail(&id, preview),
        Channel::Push => notification(preview),
        Channel::Sms => bubble(preview, false),
        Channel::WhatsApp => bubble(preview, true),
        Channel::Rcs => card(preview),
    };
    view! { <div class="preview">{drawn}{length}{missing}{made_for}</div> }.into_any()
}

fn mail(id: &str, preview: content::Preview) -> AnyView {
    let src = format!(
        "/campaigns/{}/preview/{}",
        encode(id),
        encode(&preview.variant)
    );
    let name = format!("width-{}", preview.variant);
    let title = format!("E-mail: {}", preview.title);
    let text = (!preview.text.is_empty()).then(|| {
        view! {
            <details class="mail__text">
                <summary>"Plain text"</summary>
                <pre class="code">{preview.text}</pre>
            </details>
        }
    });
    view! {
        <div class="mail">
            <div class="mail__head">
                <p class="mail__subject"><strong>{preview.title}</strong>" "<span>{preview.note}</span></p>
                // Two radio buttons: the width changes without a script.
                <fieldset class="switch mail__widths">
                    <legend class="visually-hidden">"Width"</legend>
                    <label class="switch__option"><input class="visually-hidden" type="radio" name=name.clone() value="desktop" checked=true/>"Desktop"</label>
                    <label class="switch__option"><input class="visually-hidden" type="radio" name=name value="phone"/>"Phone"</label>
                </fieldset>
            </div>
            <iframe class="mail__frame" sandbox="" src=src title=title></iframe>
            {text}
        </div>
    }
    .into_any()
}

/// Pictures are named, not fetched: the page loads nothing from elsewhere.
fn picture(address: &str) -> Option<AnyView> {
    (!address.is_empty()).then(|| {
        view! { <p class="phone__picture">{media(address)}": "<span>{address.to_owned()}</span></p> }
            .into_any()
    })
}

/// What an address holds, by its ending; a header of WhatsApp may be a film or a document as well.
fn media(address: &str) -> &'static str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("mp4" | "3gp" | "3gpp" | "mov") => "Video",
        Some("pdf" | "txt" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx") => "Document",
        _ => "Picture",
    }
}

fn chips(buttons: Vec<String>, class: &'static str) -> Option<AnyView> {
    (!buttons.is_empty()).then(|| {
        let buttons = buttons
            .into_iter()
            .map(|text| view! { <li>{text}</li> })
            .collect_view();
        view! { <ul class=class>{buttons}</ul> }.into_any()
    })
}

fn bubble(preview: content::Preview, has_marks: bool) -> AnyView {
    let title =
        (!preview.title.is_empty()).then(|| view! { <p class="phone__title">{preview.title}</p> });
    let note =
        (!preview.note.is_empty()).then(|| view! { <p class="phone__note">{preview.note}</p> });
    let text = if has_marks {
        marked(&preview.text)
    } else {
        preview.text.into_any()
    };
    let class = if has_marks {
        "phone phone--whatsapp"
    } else {
        "phone"
    };
    view! {
        <div class=class>
            <div class="phone__bubble">
                {picture(&preview.image)}
                {title}
                <p class="phone__text">{text}</p>
                {note}
            </div>
            {chips(preview.buttons, "phone__buttons")}
        </div>
    }
    .into_any()
}

fn card(preview: content::Preview) -> AnyView {
    let title =
        (!preview.title.is_empty()).then(|| view! { <p class="phone__title">{preview.title}</p> });
    view! {
        <div class="phone">
            <div class="phone__bubble phone__bubble--card">
                {picture(&preview.image)}
                {title}
                <p class="phone__text">{preview.text}</p>
            </div>
            {chips(preview.buttons, "phone__chips")}
        </div>
    }
    .into_any()
}

fn notification(preview: content::Preview) -> AnyView {
    view! {
        <div class="phone">
            <div class="phone__notification">
                <p class="phone__title">{preview.title}</p>
                <p class="phone__text">{preview.text}</p>
                {picture(&preview.image)}
            </div>
            {chips(preview.buttons, "phone__chips")}
        </div>
    }
    .into_any()
}

fn marked(text: &str) -> AnyView {
    whatsapp(text)
        .into_iter()
        .map(|(mark, part)| match mark {
            Mark::Plain | Mark::Placeholder => view! { <span>{part}</span> }.into_any(),
            Mark::Bold => view! { <strong>{part}</strong> }.into_any(),
            Mark::Italic => view! { <em>{part}</em> }.into_any(),
            Mark::Struck => view! { <s>{part}</s> }.into_any(),
            Mark::Fixed => view! { <code>{part}</code> }.into_any(),
        })
        .collect::<Vec<_>>()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::media;

    #[test]
    fn media_are_told_by_their_ending() {
        for (address, kind) in [
            ("https://a.example/a.JPG", "Picture"),
            ("https://a.example/film.mp4?x=.pdf", "Video"),
            ("https://a.example/catalogue.PDF#2", "Document"),
            ("https://a.example", "Picture"),
            ("", "Picture"),
        ] {
            assert_eq!(media(address), kind, "{address}");
        }
    }
}
