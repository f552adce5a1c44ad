//! A test before the launch.

use domain::sending::TestOutcome;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    editor::{api::TestMessage, sheet::Sheet},
    layout::Trouble,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// Sends one version to a few addresses, and shows what became of it.
#[component]
pub(super) fn Test(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let test = Deed::of::<TestMessage>();
    let arms = (given.arms.len() > 1).then(|| {
        let options = given
            .arms
            .iter()
            .map(|arm| {
                let is_chosen = test.chosen("arm", arm, false);
                view! { <option value=arm.clone() selected=is_chosen>{format!("Version {arm}")}</option> }
            })
            .collect_view();
        view! { <label class="field"><span class="field__label">"Version"</span><select class="input" name="arm">{options}</select></label> }
    });
    // What a page without scripts was told in its address.
    let told = use_query_map().with_untracked(|query| query.get("tested"));
    let told = told.and_then(|counts| {
        let (taken, all) = counts.split_once('-')?;
        Some((taken.parse::<u32>().ok()?, all.parse::<u32>().ok()?))
    });
    let outcome = move || {
        match test.returned::<Vec<TestOutcome>>() {
        Some(Ok(outcomes)) => Some(outcomes.into_iter().map(line).collect::<Vec<_>>().into_any()),
        Some(Err(error)) => Some(view! { <Trouble error/> }.into_any()),
        None => told.map(|(taken, all)| {
            let tone = if taken == all { Tone::Good } else { Tone::Bad };
            view! { <Notice tone>{format!("The carrier took {taken} of {all} test messages.")}</Notice> }
                .into_any()
        }),
    }
    };
    view! {
        <section class="panel" aria-labelledby="test-title">
            <h2 id="test-title" class="panel__title">"Test"</h2>
            <p class="panel__lead">"Goes to these addresses at once, whatever is chosen above. It is counted in no report."</p>
            {outcome}
            <DeedForm action=test attr:class="form">
                <input type="hidden" name="id" value=given.campaign.id.clone()/>
                <div class="form__row">
                    {arms}
                    <label class="field">
                        <span class="field__label">"Addresses"</span>
                        <input class="input" name="addresses" required=true autocomplete="off" value=test.kept("addresses", None)/>
                        <span class="field__hint">"One to five, with commas between"</span>
                    </label>
                    <button type="submit" class="button" disabled=test.pending()>"Send test"</button>
                </div>
            </DeedForm>
        </section>
    }
    .into_any()
}

fn line(outcome: TestOutcome) -> AnyView {
    let TestOutcome { address, problem } = outcome;
    match problem {
        None => {
            view! { <Notice tone=Tone::Good>{format!("{address}: the carrier took it.")}</Notice> }
                .into_any()
        }
        Some(why) => {
            view! { <Notice tone=Tone::Bad>{format!("{address}: {why}")}</Notice> }.into_any()
        }
    }
}
