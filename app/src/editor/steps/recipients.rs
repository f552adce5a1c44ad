//! Whom it is for.

use std::time::Duration;

use domain::audience::AudienceCount;
use leptos::{leptos_dom::helpers::debounce, prelude::*};

use super::filter::Filter;
use crate::{
    editor::{
        api::CountRecipients,
        given::Choice,
        parts::{Area, StepForm, radios, select},
        sheet::Sheet,
    },
    number::count,
    routes::{Route, with_query},
    ui::{Deed, Notice, Tone},
};

/// Rest before people are counted again.
const REST: Duration = Duration::from_millis(400);

/// *Recipients*.
#[component]
pub(super) fn Recipients(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let mut ways = vec![
        ("everyone", "Everyone", "All contacts of the main list."),
        ("list", "A list", "The people on a saved list."),
        (
            "filter",
            "A filter",
            "Whoever meets conditions on attributes and on what they did before.",
        ),
        (
            "typed",
            "Typed addresses",
            "Up to 1,000 numbers or mailboxes, for small rounds.",
        ),
        (
            "follow_up",
            "An earlier campaign",
            "Those who did not open it, did not click, or were not reached.",
        ),
    ];
    if sheet.saved("audience") == "kept" {
        ways.push(("kept", "The filter as it is", "It was made by the API and goes deeper than this form. It stays as it is unless you choose something else."));
    }
    let here = Route::Edit(given.campaign.id.clone(), given.step).href();
    let import = with_query("/contacts/imports/new", &[("return", here)]);
    let who = [
        ("not_opened", "Did not open"),
        ("not_clicked", "Did not click"),
        ("not_reached", "Were not reached"),
    ]
    .map(|(value, label)| Choice::new(value, label));
    view! {
        <StepForm sheet aside=move || view! { <Count sheet/> }>
            <div class="panel form audience">
                {radios(sheet, "audience", "Who gets it", &ways)}
                <div class="audience__part" data-for="list">
                    {select(sheet, "list", "List", given.menu("lists"), Some("Choose a list"), "")}
                    <p class="field__hint">
                        "From a file: "<a href=import>"import a CSV or Excel file"</a>" into a list, then choose it here."
                    </p>
                </div>
                <div class="audience__part" data-for="filter"><Filter sheet/></div>
                <div class="audience__part" data-for="typed">
                    {Area::new("typed", "Addresses").rows("6").hint("One a line, or with commas between. Who isn't a contact yet becomes one.").view(sheet)}
                </div>
                <div class="audience__part" data-for="follow_up">
                    <div class="form__row">
                        {select(sheet, "campaign", "Campaign", given.menu("campaigns"), Some("Choose a campaign"), "")}
                        {select(sheet, "who", "Those who", &who, None, "")}
                    </div>
                </div>
            </div>
        </StepForm>
    }
    .into_any()
}

/// How many people it comes to: as saved, then as one chooses.
///
/// # On the server
/// As saved; a button saves and counts.
#[component]
fn Count(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let counting = Deed::of::<CountRecipients>();
    let mut rested = debounce(REST, move |()| {
        if let Some(form) = sheet.form.get_untracked() {
            counting.send(&form);
        }
    });
    Effect::new(move |before: Option<()>| {
        sheet.track();
        if before.is_some() {
            rested(());
        }
    });
    let saved = given.count;
    let known = move || match counting.returned::<AudienceCount>() {
        Some(Ok(count)) => Ok(Some(count)),
        Some(Err(error)) => Err(error.to_string()),
        None => Ok(saved),
    };
    let body = move || {
        match known() {
        Ok(Some(count)) => view! { <Lines count/> }.into_any(),
        Ok(None) => view! { <p class="field__hint">"Choose who gets it: the number of people appears here."</p> }
            .into_any(),
        Err(why) => view! { <Notice tone=Tone::Bad>{why}</Notice> }.into_any(),
    }
    };
    let pending = counting.pending();
    let busy = move || if pending.get() { "true" } else { "false" };
    view! {
        <section class="panel people" aria-labelledby="people-title">
            <h2 id="people-title" class="panel__title">"People"</h2>
            <div aria-live="polite" aria-busy=busy>{body}</div>
            <button type="submit" form="step" name="go" value="stay" formnovalidate=true class="button button--small without-js">"Save and count"</button>
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn Lines(count: AudienceCount) -> impl IntoView {
    let line = |label: &'static str, n: u64, sign: &'static str| {
        view! { <div class="people__line"><dt>{label}</dt><dd>{sign}{self::count(n)}</dd></div> }
    };
    let minus = |label, n| (n > 0).then(|| line(label, n, "−"));
    let none = (count.eligible == 0).then(|| {
        view! { <p class="field__error">"Nobody would get this campaign."</p> }
    });
    view! {
        <dl class="people__lines">
            {line("Matched", count.matched, "")}
            {minus("No address for this channel", count.no_address)}
            {minus("Blocked", count.suppressed)}
            {minus("No consent", count.no_consent)}
            {minus("Duplicates", count.duplicates)}
            <div class="people__line people__line--sum"><dt>"Will be written to"</dt><dd>{self::count(count.eligible)}</dd></div>
        </dl>
        {none}
    }
    .into_any()
}
