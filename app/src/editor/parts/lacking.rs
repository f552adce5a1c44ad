//! Whom a campaign leaves out for want of a value.

use domain::audience::{MissingExample, MissingValue};
use leptos::prelude::*;

use crate::{
    number::count,
    routes::Route,
    ui::{Notice, Tone},
};

/// A placeholder in a sentence: how many lack a value, and in which version where there are several.
fn said(value: &MissingValue, has_arms: bool) -> String {
    let MissingValue {
        placeholder,
        variants,
        recipients,
        eligible,
        ..
    } = value;
    let verb = if *recipients == 1 { "has" } else { "have" };
    let arms = if has_arms {
        format!(" of version {}", variants.join(", "))
    } else {
        String::new()
    };
    format!(
        "{} of {} recipients {verb} no value for {placeholder} and would get no message{arms}",
        count(*recipients),
        count(*eligible)
    )
}

/// A warning with the number of people that each placeholder leaves out, some of them, and what to do. Nothing when there are
/// none.
#[component]
pub(crate) fn LackingValues(values: Vec<MissingValue>, has_arms: bool) -> impl IntoView {
    let Some(first) = values.first() else {
        return ().into_any();
    };
    let advice = format!("{{{{ {} | default(\"…\") }}}}", first.placeholder);
    let rows = values
        .iter()
        .map(|value| {
            let examples = value
                .examples
                .iter()
                .cloned()
                .enumerate()
                .map(|(n, MissingExample { contact, shown })| {
                    let before = if n == 0 { ", such as " } else { ", " };
                    let shown = if shown.is_empty() {
                        "this contact".to_owned()
                    } else {
                        shown
                    };
                    view! { {before}<a href=Route::Contact(contact).href()>{shown}</a> }
                })
                .collect_view();
            view! { <li>{said(value, has_arms)}{examples}"."</li> }
        })
        .collect_view();
    view! {
        <Notice tone=Tone::Bad>
            <p>"Some people would be left out:"</p>
            <ul class="problems">{rows}</ul>
            <p>"Give what is missing a default, such as "<code>{advice}</code>", or write the values into the contacts."</p>
        </Notice>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_is_said_with_its_number() {
        let mut value = MissingValue {
            placeholder: "code".to_owned(),
            variants: vec!["B".to_owned()],
            recipients: 1_100,
            eligible: 1_130,
            examples: Vec::new(),
        };
        assert_eq!(
            said(&value, true),
            "1,100 of 1,130 recipients have no value for code and would get no message of version B"
        );
        value.recipients = 1;
        assert_eq!(
            said(&value, false),
            "1 of 1,130 recipients has no value for code and would get no message"
        );
    }
}
