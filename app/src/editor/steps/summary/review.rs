//! What was chosen, with ways back.

use domain::{Channel, content::Preview, sending::Step};
use leptos::prelude::*;

use crate::{
    editor::{
        parts::{Phone, marked, plain},
        sheet::Sheet,
        steps::{
            message::{picture, sender},
            recipients::Lines,
        },
    },
    routes::{Route, encode},
};

#[component]
pub(super) fn Review(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let told = |name: &str| given.fields.get(name).to_owned();
    let label = |menu: &str, value: String| {
        let known = given.menu(menu).iter().find(|choice| choice.value == value);
        known.map_or(value.clone(), |choice| choice.label.clone())
    };
    let account = label("accounts", told("told.account"));
    let audience = match told("told.list") {
        list if list.is_empty() => told("told.audience"),
        list => format!("The list {}", label("lists", list)),
    };
    let row = |name: &'static str, value: String| {
        let value = if value.is_empty() {
            "not chosen yet".to_owned()
        } else {
            value
        };
        view! { <div class="facts__row"><dt>{name}</dt><dd>{value}</dd></div> }
    };
    let arms = Some(told("told.arms")).filter(|arms| !arms.is_empty());
    let arms = arms.map(|arms| row("A/B test", arms));
    let edit = |step: Step| {
        let href = Route::Edit(given.campaign.id.clone(), step).href();
        let label = format!("Edit {}", step.label());
        view! { <a class="button button--small" href=href aria-label=label>"Edit"</a> }
    };
    let message = match given.channel {
        Channel::Email => Step::Personalize,
        _ => Step::Message,
    };
    let previews = given
        .previews
        .iter()
        .map(|preview| one(sheet, preview))
        .collect::<Vec<_>>();
    let people = given.count.map(|count| view! { <Lines count/> });
    view! {
        <div class="review">
            <section class="panel details" aria-labelledby="what-title">
                <div class="review__head"><h2 id="what-title" class="panel__title">"Detail"</h2>{edit(Step::Detail)}</div>
                <dl class="facts">
                    {row("Name", given.campaign.name.clone())}
                    {row("Channel", given.channel.label().to_owned())}
                    {row("Account", account)}
                    {row("Sender", told("told.sender"))}
                </dl>
            </section>
            <section class="panel details" aria-labelledby="who-title">
                <div class="review__head"><h2 id="who-title" class="panel__title">"Recipients"</h2>{edit(Step::Recipients)}</div>
                <dl class="facts">{row("Audience", audience)}{arms}</dl>
                {people}
            </section>
            <section class="panel review__message" aria-labelledby="says-title">
                <div class="review__head"><h2 id="says-title" class="panel__title">"Message"</h2>{edit(message)}</div>
                <div class="review__arms">{previews}</div>
            </section>
        </div>
    }
    .into_any()
}

/// One version, as one recipient gets it.
fn one(sheet: Sheet, preview: &Preview) -> AnyView {
    let given = sheet.given();
    let name =
        (given.arms.len() > 1).then(|| view! { <h3>{format!("Version {}", preview.variant)}</h3> });
    let body = match given.channel {
        Channel::Email => {
            let address = format!(
                "/campaigns/{}/preview/{}?r={}",
                encode(&given.campaign.id),
                encode(&preview.variant),
                given.revision
            );
            view! {
                <p class="mail__subject"><strong>{preview.title.clone()}</strong>" "<span>{preview.note.clone()}</span></p>
                <iframe class="mail__frame" title="Preview of the e-mail" sandbox="" src=address></iframe>
            }
            .into_any()
        }
        channel => {
            let (text, class) = if channel == Channel::WhatsApp {
                (marked(&preview.text), "bubble bubble--whatsapp")
            } else {
                (plain(&preview.text), "bubble")
            };
            let title = Some(preview.title.clone()).filter(|title| !title.is_empty());
            let title = title.map(|title| view! { <strong class="bubble__head">{title}</strong> });
            let picture = picture(&preview.image);
            let buttons = preview.buttons.iter().cloned();
            let buttons = buttons
                .map(|text| view! { <li class="buttons__one">{text}</li> })
                .collect_view();
            let note = Some(preview.note.clone()).filter(|note| !note.is_empty());
            let note = note.map(|note| view! { <small class="bubble__foot">{note}</small> });
            view! {
                <Phone sender=sender(sheet)>
                    <div class=class>{picture}{title}<p>{text}</p>{note}</div>
                    <ul class="buttons">{buttons}</ul>
                </Phone>
            }
            .into_any()
        }
    };
    view! { <div class="review__arm">{name}{body}</div> }.into_any()
}
