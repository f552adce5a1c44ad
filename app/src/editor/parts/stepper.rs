//! The way through the steps.

use leptos::prelude::*;

use crate::{
    editor::sheet::Sheet,
    routes::Route,
    ui::{Icon, IconName},
};

/// All steps, with a check mark on those that are finished. Going to another one saves this one first.
#[component]
pub(in crate::editor) fn Stepper(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let steps = given
        .steps
        .iter()
        .zip(1..)
        .map(|((step, is_finished), number)| {
            let mark = if *is_finished {
                view! { <span class="stepper__mark stepper__mark--done"><Icon name=IconName::Check/></span> }
                    .into_any()
            } else {
                view! { <span class="stepper__mark" aria-hidden="true">{number}</span> }.into_any()
            };
            let finished = is_finished
                .then(|| view! { <span class="visually-hidden">" (finished)"</span> });
            let text = view! { {mark}<span>{step.label()}{finished}</span> };
            let value = format!("step:{}", step.as_str());
            if *step == given.step {
                view! { <span class="stepper__step" aria-current="step">{text}</span> }.into_any()
            } else if given.is_open {
                view! {
                    <button type="submit" form="step" name="go" value=value formnovalidate=true class="stepper__step">{text}</button>
                }
                .into_any()
            } else {
                let href = Route::Edit(given.campaign.id.clone(), *step).href();
                view! { <a class="stepper__step" href=href>{text}</a> }.into_any()
            }
        })
        .map(|step| view! { <li>{step}</li> })
        .collect_view();
    // The Enter key presses the first button of a form: it has to be the one that goes on.
    let default = given.is_open.then(|| {
        view! { <button type="submit" form="step" name="go" value="next" class="visually-hidden" tabindex="-1" aria-hidden="true"></button> }
    });
    view! {
        <nav class="stepper" aria-label="Steps">
            {default}
            <ol>{steps}</ol>
        </nav>
    }
    .into_any()
}
