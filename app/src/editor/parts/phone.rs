//! Messages as a phone shows them.

use domain::content::sms_length;
use leptos::prelude::*;

use crate::{
    campaign::{Mark, placeholders, whatsapp},
    editor::{given::Given, sheet::Sheet},
    number::{count, plural},
    ui::{Notice, Tone},
};

/// A phone with something on it.
#[component]
pub(in crate::editor) fn Phone(
    /// Who the message comes from.
    #[prop(into)]
    sender: String,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="phone">
            <figcaption class="phone__head">{sender}</figcaption>
            <div class="phone__screen">{children()}</div>
        </figure>
    }
    .into_any()
}

/// A text with its placeholders told apart.
pub(in crate::editor) fn plain(text: &str) -> AnyView {
    drawn(placeholders(text))
}

/// A text with WhatsApp's marks drawn, and placeholders told apart.
pub(in crate::editor) fn marked(text: &str) -> AnyView {
    let pieces = whatsapp(text)
        .into_iter()
        .flat_map(|(mark, text)| match mark {
            Mark::Plain => placeholders(&text),
            _ => vec![(mark, text)],
        });
    drawn(pieces.collect())
}

fn drawn(pieces: Vec<(Mark, String)>) -> AnyView {
    let piece = |(mark, text): (Mark, String)| match mark {
        Mark::Plain => view! { <span>{text}</span> }.into_any(),
        Mark::Placeholder => view! { <mark class="slot">{text}</mark> }.into_any(),
        Mark::Bold => view! { <strong>{text}</strong> }.into_any(),
        Mark::Italic => view! { <em>{text}</em> }.into_any(),
        Mark::Struck => view! { <s>{text}</s> }.into_any(),
        Mark::Fixed => view! { <code>{text}</code> }.into_any(),
    };
    pieces.into_iter().map(piece).collect::<Vec<_>>().into_any()
}

/// Encoding, characters and segments of the text in a field, at each keystroke.
#[component]
pub(in crate::editor) fn SmsCounter(sheet: Sheet, field: &'static str) -> impl IntoView {
    let line = move || {
        let text = sheet.now(field);
        let length = sms_length(&text.replace("\r\n", "\n"));
        let segments = plural(u64::from(length.segments), "segment", "segments");
        let characters = plural(u64::from(length.characters), "character", "characters");
        let left = count(u64::from(length.left));
        format!(
            "{} · {characters} · {segments} · {left} left",
            length.encoding.label()
        )
    };
    let has_placeholders = move || sheet.now(field).contains("{{");
    let note = move || {
        has_placeholders().then_some(
            "Placeholders are counted as written: each message has the length of its own values.",
        )
    };
    view! {
        <p class="counter"><output>{line}</output></p>
        <p class="field__hint">{note}</p>
    }
    .into_any()
}

/// What was saved, as one recipient gets it.
pub(in crate::editor) fn as_received(given: &Given) -> Option<AnyView> {
    let preview = given.previews.first()?;
    let missing = (!preview.missing.is_empty()).then(|| {
        let names = preview.missing.join(", ");
        view! {
            <Notice tone=Tone::Bad>
                {format!("No value for {names}. Who lacks one is left out; give a default, such as {{{{ name | default(\"there\") }}}}.")}
            </Notice>
        }
    });
    let whom = if preview.recipient.is_empty() {
        "As saved, with sample values".to_owned()
    } else {
        format!("As saved, for {}", preview.recipient)
    };
    let (title, text) = (preview.title.clone(), preview.text.clone());
    let title = (!title.is_empty()).then(|| view! { <strong>{title}</strong> });
    Some(
        view! {
            <section class="received">
                <h3 class="received__title">{whom}</h3>
                {missing}
                <p class="received__text">{title}" "{text}</p>
            </section>
        }
        .into_any(),
    )
}
