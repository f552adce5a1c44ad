//! The versions of an A/B test.

use domain::content::VARIANTS_MAX;
use leptos::prelude::*;

use super::field::Line;
use crate::editor::sheet::Sheet;

/// One tab per version. Going to another saves this one.
#[component]
pub(in crate::editor) fn ArmTabs(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    if given.arms.len() < 2 {
        return ().into_any();
    }
    let tabs = given
        .arms
        .iter()
        .map(|arm| {
            let label = format!("Version {arm}");
            let is_wrong = given.problems.iter().any(|problem| problem.arm == *arm);
            let mark = is_wrong
                .then(|| view! { <span class="arms__wrong">" · to mend"</span> });
            if *arm == given.arm {
                view! { <span class="tab" aria-current="true">{label}{mark}</span> }.into_any()
            } else {
                let value = format!("arm:{arm}");
                view! {
                    <button type="submit" name="go" value=value formnovalidate=true class="tab">{label}{mark}</button>
                }
                .into_any()
            }
        })
        .collect::<Vec<_>>();
    view! { <div class="tabs arms__tabs" role="group" aria-label="Versions">{tabs}</div> }
        .into_any()
}

/// How the audience is shared between the versions, and who is held back.
#[component]
pub(in crate::editor) fn Arms(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let is_test = given.arms.len() > 1;
    let shares = is_test.then(|| {
        let share = |arm: &String| {
            let name = format!("share.{arm}");
            let label = format!("Version {arm}, %");
            Line::new(name, label).kind("number").limit("3").view(sheet)
        };
        given.arms.iter().map(share).collect::<Vec<_>>()
    });
    let sum = {
        let given = given.clone();
        move || {
            let shares = given
                .arms
                .iter()
                .map(|arm| sheet.now(&format!("share.{arm}")));
            let held_back = sheet.now("holdout");
            let parts = shares.chain([held_back]);
            let sum: u32 = parts
                .filter_map(|part| part.trim().parse::<u32>().ok())
                .sum();
            (is_test && sum != 100).then(|| {
                view! { <p class="field__error" role="status">{format!("Versions and holdout come to {sum}%: make it 100%.")}</p> }
            })
        }
    };
    let add = (given.arms.len() < VARIANTS_MAX).then(|| {
        let label = if is_test { "Add a version" } else { "Test against another version" };
        view! { <button type="submit" name="go" value="add-arm" formnovalidate=true class="button button--small">{label}</button> }
    });
    let remove = is_test.then(|| {
        let label = format!("Remove version {}", given.arm);
        let value = format!("remove-arm:{}", given.arm);
        view! { <button type="submit" name="go" value=value formnovalidate=true class="button button--small button--danger">{label}</button> }
    });
    let is_open = is_test || given.fields.get("holdout") != "0";
    view! {
        <details class="arms" id="f-shares" open=is_open>
            <summary>"A/B test"</summary>
            <p class="field__hint">"Up to four versions go to parts of the audience by chance. The holdout gets nothing: it shows what would have happened anyway."</p>
            <div class="form__row">
                {shares}
                {Line::new("holdout", "Holdout, %").kind("number").limit("3").view(sheet)}
            </div>
            {sum}
            <div class="form__actions">{add}{remove}</div>
        </details>
    }
    .into_any()
}
