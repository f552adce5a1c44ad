//! One view per step.

mod detail;
mod filter;
mod message;
mod personalize;
mod recipients;
mod summary;
mod template;

use domain::sending::Step;
use leptos::prelude::*;

use super::sheet::Sheet;
use detail::Detail;
use message::Message;
use personalize::Personalize;
use recipients::Recipients;
use summary::Summary;
use template::Template;

/// The step of a sheet.
#[component]
pub(super) fn StepView(sheet: Sheet) -> impl IntoView {
    match sheet.given().step {
        Step::Detail => view! { <Detail sheet/> }.into_any(),
        Step::Template => view! { <Template sheet/> }.into_any(),
        Step::Personalize => view! { <Personalize sheet/> }.into_any(),
        Step::Recipients => view! { <Recipients sheet/> }.into_any(),
        Step::Message => view! { <Message sheet/> }.into_any(),
        Step::Summary => view! { <Summary sheet/> }.into_any(),
    }
}
