//! Everything once more; then send, schedule or leave.

mod launch;
mod links;
mod review;
mod test;

use domain::Channel;
use leptos::prelude::*;

use crate::{
    editor::{
        parts::{LackingValues, Line, StepForm, check},
        sheet::Sheet,
    },
    session::use_session,
    ui::{Notice, Tone, sentence},
};
use launch::Launch;
use links::Links;
use review::Review;
use test::Test;

/// *Summary*.
#[component]
pub(super) fn Summary(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let is_open = given.is_open;
    let zone = use_session().map(|session| session.zone.name);
    let zone = zone.unwrap_or_default();
    let opens = (given.channel == Channel::Email).then(|| {
        let opens = check(
            sheet,
            "tracks_opens",
            "Follow opens with an invisible picture",
        );
        let machines = check(
            sheet,
            "hides_link",
            "Find out machines with an invisible link",
        );
        view! { {opens} {machines} }
    });
    let hours = format!("In the recipient's own time where it is known, else in that of {zone}.");
    let last = is_open.then(|| view! { <Test sheet/> <Launch sheet/> });
    // When everybody lacks a value, that is among the obstacles.
    let lacking = if given.problems.is_empty() {
        given.lacking.clone()
    } else {
        Vec::new()
    };
    let has_arms = given.arms.len() > 1;
    view! {
        <Obstacles sheet/>
        <LackingValues values=lacking has_arms/>
        <Review sheet/>
        <StepForm sheet on="Save links and pace" go="stay">
            <section class="panel form" aria-labelledby="links-title">
                <h2 id="links-title" class="panel__title">"Links"</h2>
                <Links sheet/>
                {opens}
            </section>
            <section class="panel form pace" aria-labelledby="pace-title">
                <h2 id="pace-title" class="panel__title">"Pace"</h2>
                {Line::new("per_second", "Messages a second, at most").kind("number").hint("Empty: as fast as the account takes them").view(sheet)}
                {check(sheet, "window", "Only at certain hours")}
                <div class="pace__hours">
                    <div class="form__row">
                        {Line::new("window.from", "From").kind("time").view(sheet)}
                        {Line::new("window.to", "To").kind("time").view(sheet)}
                    </div>
                    <p class="field__hint">{hours}</p>
                </div>
            </section>
        </StepForm>
        {last}
    }
    .into_any()
}

/// What stands in the way, each with a link to where it is mended.
#[component]
fn Obstacles(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    if !given.is_open {
        return ().into_any();
    }
    if given.problems.is_empty() {
        return view! { <Notice tone=Tone::Good>"Nothing stands in the way: it can be sent."</Notice> }
            .into_any();
    }
    let items = given
        .problems
        .iter()
        .map(|problem| {
            let href = if problem.step == given.step {
                format!("#f-{}", problem.field)
            } else {
                problem.href(&given.campaign.id)
            };
            view! { <li>{sentence(&problem.message)}" "<a href=href>{problem.step.label()}</a></li> }
        })
        .collect_view();
    view! {
        <Notice tone=Tone::Bad>
            <p>"Before this campaign can go out:"</p>
            <ul class="problems">{items}</ul>
        </Notice>
    }
    .into_any()
}
