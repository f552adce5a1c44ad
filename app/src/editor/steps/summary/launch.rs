//! Send now, schedule, or leave pending.

use leptos::{html::Dialog, prelude::*};

use crate::{
    editor::{api::LaunchCampaign, sheet::Sheet},
    layout::Trouble,
    number::people,
    session::use_session,
    ui::{Deed, DeedForm, Notice, Tone, popover},
};

/// The three ways on. Sending asks first, and names the number of people.
#[component]
pub(super) fn Launch(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let launch = Deed::of::<LaunchCampaign>();
    let refused = move || {
        let error = launch.answer().and_then(Result::err);
        error.map(|error| view! { <Trouble error/> })
    };
    let has_problems = !given.problems.is_empty();
    let is_blocked = move || has_problems || sheet.is_changed();
    let blocked = has_problems.then(|| {
        view! { <Notice tone=Tone::Info>"What is listed at the top has to be mended before it can be sent or scheduled."</Notice> }
    });
    let unsaved = move || {
        sheet.is_changed().then(|| {
            view! { <Notice tone=Tone::Info>"Links or pace were changed and are not saved yet. Save them first, then send."</Notice> }
        })
    };
    let id = given.campaign.id.clone();
    let hidden = |when: &'static str| {
        view! { <input type="hidden" name="id" value=id.clone()/><input type="hidden" name="when" value=when/> }
    };
    let (at_date, later) = (hidden("at"), hidden("later"));
    let label = format!("Date, {}", session.zone.name);
    let at = given.campaign.scheduled_at.map(|at| {
        let local = session.zone.local(at);
        local.format("%Y-%m-%dT%H:%M").to_string()
    });
    let at = launch.kept("at", at);
    view! {
        <section class="panel launch" aria-labelledby="launch-title">
            <h2 id="launch-title" class="panel__title">"Send"</h2>
            {refused}
            {blocked}
            {unsaved}
            <div class="launch__ways">
                <div class="launch__way">
                    <h3>"Now"</h3>
                    <p class="field__hint">"You are asked once more, then it goes out."</p>
                    <button type="button" class="button button--accent" popovertarget="send-now" disabled=is_blocked>"Send now"</button>
                </div>
                <DeedForm action=launch attr:class="launch__way">
                    {at_date}
                    <h3>"On a date"</h3>
                    <label class="field">
                        <span class="field__label">{label}</span>
                        <input class="input" type="datetime-local" name="at" required=true value=at/>
                    </label>
                    <button type="submit" class="button" disabled=move || is_blocked() || launch.pending().get()>"Schedule"</button>
                </DeedForm>
                <DeedForm action=launch attr:class="launch__way">
                    {later}
                    <h3>"Not yet"</h3>
                    <p class="field__hint">"It stays among your campaigns as Pending. Come back when it is time."</p>
                    <button type="submit" class="button" disabled=launch.pending()>"Leave pending"</button>
                </DeedForm>
            </div>
            <Confirm sheet launch/>
        </section>
    }
    .into_any()
}

#[component]
fn Confirm(sheet: Sheet, launch: Deed) -> impl IntoView {
    let given = sheet.given();
    let node = NodeRef::<Dialog>::new();
    let whom = given.count.map_or_else(
        || "everyone chosen".to_owned(),
        |count| people(count.eligible),
    );
    let title = format!("Send to {whom} now?");
    let holdout = (given.fields.get("told.arms").contains("held back")).then(|| {
        view! { <p>{format!("Versions: {}.", given.fields.get("told.arms"))}</p> }
    });
    let lacking = given.lacking.iter().map(|value| {
        let text = format!(
            "{} have no value for {} and are left out.",
            people(value.recipients),
            value.placeholder
        );
        view! { <p>{text}</p> }
    });
    let lacking = lacking.collect_view();
    view! {
        <dialog class="dialog" id="send-now" popover="auto" node_ref=node aria-labelledby="send-now-title">
            <h2 id="send-now-title">{title}</h2>
            <div class="dialog__text">
                <p><strong>{given.campaign.name.clone()}</strong></p>
                {holdout}
                {lacking}
                <p>"Messages begin to go out at once. You can suspend it or cancel the rest; what went out can't be taken back."</p>
            </div>
            <DeedForm action=launch on_send=move |()| popover::close(node) attr:class="dialog__actions">
                <input type="hidden" name="id" value=given.campaign.id.clone()/>
                <input type="hidden" name="when" value="now"/>
                <button type="button" class="button" popovertarget="send-now" popovertargetaction="hide">"Not yet"</button>
                <button type="submit" class="button button--primary">"Send"</button>
            </DeedForm>
        </dialog>
    }
    .into_any()
}
