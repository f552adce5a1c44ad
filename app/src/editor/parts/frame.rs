//! The form around the fields of a step.

use leptos::prelude::*;

use crate::{
    editor::sheet::Sheet,
    ui::{DeedForm, Notice, Tone, sentence},
};

/// The form of a step: its fields, and the buttons that lead back and on. `aside` stands beside the fields and isn't
/// part of the form.
#[component]
pub(in crate::editor) fn StepForm(
    sheet: Sheet,
    /// What the button that leads on says.
    #[prop(default = "Save and continue")]
    on: &'static str,
    /// Where it leads.
    #[prop(default = "next")]
    go: &'static str,
    /// What stands beside the fields, such as a preview.
    #[prop(optional, into)]
    aside: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let given = sheet.given();
    let back = given.back().map(|_| {
        view! { <button type="submit" name="go" value="back" formnovalidate=true class="button">"Back"</button> }
    });
    let buttons = given.is_open.then(|| {
        view! {
            <div class="form__actions editor__actions">
                {back}
                <button type="submit" name="go" value=go class="button button--accent" disabled=sheet.save.pending()>{on}</button>
            </div>
        }
    });
    view! {
        <div class="editor">
            <div class="editor__main">
                <DeedForm action=sheet.save form=sheet.form attr:id="step">
                    <input type="hidden" name="id" value=given.campaign.id.clone()/>
                    <input type="hidden" name="step" value=given.step.as_str()/>
                    <input type="hidden" name="revision" value=given.revision.to_string()/>
                    <input type="hidden" name="arm" value=given.arm.clone()/>
                    <fieldset class="editor__fields" disabled=!given.is_open on:input=move |_| sheet.read()>
                        <Problems sheet/>
                        {children()}
                    </fieldset>
                    {buttons}
                </DeedForm>
            </div>
            <div class="editor__aside">{aside.run()}</div>
        </div>
    }
    .into_any()
}

/// Everything that is wrong at this step, in one place; each leads to its field.
#[component]
fn Problems(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    if given.problems.is_empty() {
        return ().into_any();
    }
    let items = given
        .problems
        .iter()
        .filter(|problem| problem.step == given.step)
        .map(|problem| {
            let is_elsewhere = !problem.arm.is_empty() && problem.arm != given.arm;
            let arm = if given.arms.len() > 1 && !problem.arm.is_empty() {
                format!("Version {}: ", problem.arm)
            } else {
                String::new()
            };
            let text = format!("{arm}{}", sentence(&problem.message));
            if is_elsewhere {
                return view! { <li>{text}</li> }.into_any();
            }
            let href = format!("#f-{}", problem.field);
            view! { <li><a href=href rel="external">{text}</a></li> }.into_any()
        })
        .collect::<Vec<_>>();
    if items.is_empty() {
        return ().into_any();
    }
    view! {
        <Notice tone=Tone::Bad>
            <p>"Saved. Before this campaign can go out:"</p>
            <ul class="problems">{items}</ul>
        </Notice>
    }
    .into_any()
}
