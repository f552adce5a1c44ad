//! A campaign that is to be sent from here: when, and what is missing.

use domain::{Campaign, CampaignStatus, Channel, sending::Phase, user::Role};
use leptos::prelude::*;

use super::super::{api::Whom, deeds::Deeds, view_model::step_to_edit};
use crate::{
    editor::Problem,
    number::people,
    routes::Route,
    session::Session,
    ui::{Ask, Deed, DeedForm, Words, sentence},
};

/// Send now, set or change the date, back to Pending, edit. Deleting is in the page's head.
#[component]
pub(in crate::details) fn LaunchPanel(
    campaign: Campaign,
    phase: Phase,
    missing: Vec<Problem>,
    whom: Option<Whom>,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let is_scheduled = campaign.status == CampaignStatus::Scheduled;
    let (title, text) = match (is_scheduled, missing.is_empty()) {
        (true, _) => (
            "Scheduled",
            "It goes out by itself on its date. Change that here, take it back to Pending, or delete it.",
        ),
        (false, true) => (
            "Ready to go out",
            "Send it now, set a date, or leave it here for later.",
        ),
        (false, false) => (
            "Not complete yet",
            "It can go out once these are in order. Nothing is sent before.",
        ),
    };
    let may_edit = session.may(Role::Editor);
    let can_edit = may_edit && phase == Phase::Draft;
    let channel = Channel::of_type(campaign.campaign_type);
    let edit = can_edit.then(|| {
        let step = step_to_edit(channel, &missing);
        let class = if missing.is_empty() {
            "button"
        } else {
            "button button--primary"
        };
        view! { <a class=class href=Route::Edit(campaign.id.clone(), step).href()>"Edit"</a> }
    });
    let is_blocked = !missing.is_empty();
    let date = may_edit.then(
        || view! { <DateForm campaign=campaign.clone() is_blocked action=deeds.launch session/> },
    );
    let id = campaign.id.clone();
    let back = (may_edit && is_scheduled).then(|| {
        view! {
            <DeedForm action=deeds.launch>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="when" value="later"/>
                <button type="submit" class="button" disabled=deeds.launch.pending()>"Back to pending"</button>
            </DeedForm>
        }
    });
    let now = may_edit.then(
        || view! { <SendNow campaign=campaign.clone() whom is_blocked action=deeds.launch/> },
    );
    let told = whom.map(
        |Whom {
             people: n,
             held_back,
         }| {
            let held_back = match held_back {
                0 => String::new(),
                percent => format!("; {percent}% of them are held back to compare with"),
            };
            let text = format!("It goes to {} as things stand{held_back}.", people(n));
            view! { <p class="panel__lead">{text}</p> }
        },
    );
    let list = is_blocked.then(|| view! { <Missing id=campaign.id.clone() missing can_edit/> });
    view! {
        <section class="panel" aria-labelledby="actions-title">
            <h2 id="actions-title" class="panel__title">{title}</h2>
            <p class="panel__lead">{text}</p>
            {told}
            {list}
            {date}
            <div class="form__actions">{now} {edit} {back}</div>
        </section>
    }
    .into_any()
}

/// What stands in the way, each with the step where it is mended.
#[component]
fn Missing(id: String, missing: Vec<Problem>, can_edit: bool) -> impl IntoView {
    let rows = missing
        .into_iter()
        .map(|problem| {
            let link = can_edit.then(|| {
                let (href, label) = (problem.href(&id), problem.step.label());
                view! { " "<a href=href>{label}</a> }
            });
            view! { <li><span>{sentence(&problem.message)}</span>{link}</li> }
        })
        .collect_view();
    view! { <ul class="missing" aria-label="What is missing">{rows}</ul> }.into_any()
}

#[component]
fn DateForm(campaign: Campaign, is_blocked: bool, action: Deed, session: Session) -> impl IntoView {
    let at = campaign
        .scheduled_at
        .map(|at| session.zone.local(at).format("%Y-%m-%dT%H:%M").to_string());
    let at = action.kept("at", at);
    let is_scheduled = campaign.status == CampaignStatus::Scheduled;
    let verb = if is_scheduled {
        "Change date"
    } else {
        "Schedule"
    };
    let disabled = move || is_blocked || action.pending().get();
    view! {
        <DeedForm action attr:class="form__row details__date">
            <input type="hidden" name="id" value=campaign.id/>
            <input type="hidden" name="when" value="at"/>
            <label class="field">
                <span class="field__label">{format!("Date and time, {}", session.zone.name)}</span>
                <input class="input" type="datetime-local" name="at" required=true value=at/>
            </label>
            <button type="submit" class="button" class:button--accent=is_scheduled disabled=disabled>{verb}</button>
        </DeedForm>
    }
    .into_any()
}

#[component]
fn SendNow(
    campaign: Campaign,
    whom: Option<Whom>,
    is_blocked: bool,
    action: Deed,
) -> impl IntoView {
    let whom = whom.map_or_else(
        || "this campaign".to_owned(),
        |whom| format!("to {}", people(whom.people)),
    );
    let class = if campaign.status == CampaignStatus::Scheduled {
        "button"
    } else {
        "button button--accent"
    };
    let words = Words {
        title: format!("Send {whom} now?"),
        subject: campaign.name,
        text: "Messages go out at once. Those handed over to the carrier can’t be called back.",
        keep: "Not yet",
        go: "Send now".to_owned(),
    };
    view! {
        <Ask
            id="send-now"
            label="Send now"
            class
            go_class="button button--accent"
            words
            fields=vec![("id", campaign.id), ("when", "now".to_owned())]
            action
            is_disabled=is_blocked
        />
    }
    .into_any()
}
