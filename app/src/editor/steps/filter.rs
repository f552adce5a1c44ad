//! Conditions on contacts, in groups.

use domain::audience::Compare;
use leptos::prelude::*;

use crate::editor::{
    given::Choice,
    parts::{Line, select},
    sheet::Sheet,
};

/// Groups of conditions; rows are added and taken away by buttons that save.
#[component]
pub(super) fn Filter(sheet: Sheet) -> impl IntoView {
    let groups = sheet.rows("g");
    let joins = [
        Choice::new("all", "all of the groups hold"),
        Choice::new("any", "any of the groups holds"),
    ];
    let join =
        (groups.len() > 1).then(|| select(sheet, "join", "Contacts for whom", &joins, None, ""));
    let groups = groups
        .into_iter()
        .map(|n| view! { <Group sheet n/> })
        .collect_view();
    view! {
        <div class="filter" id="f-g">
            {join}
            {groups}
            <button type="submit" name="go" value="add:g" formnovalidate=true class="button button--small">"Add a group"</button>
        </div>
    }
    .into_any()
}

#[component]
fn Group(sheet: Sheet, n: u32) -> impl IntoView {
    let prefix = format!("g.{n}");
    let joins = [
        Choice::new("all", "all of these hold"),
        Choice::new("any", "any of these holds"),
    ];
    let join = select(
        sheet,
        &format!("{prefix}.join"),
        "Contacts for whom",
        &joins,
        None,
        "",
    );
    let rows = sheet
        .rows(&format!("{prefix}.r"))
        .into_iter()
        .map(|row| view! { <Row sheet n=row prefix=format!("{prefix}.r.{row}")/> })
        .collect_view();
    let add = format!("add:{prefix}.r");
    let remove = format!("remove:{prefix}");
    let label = format!("Group {}", n + 1);
    view! {
        <fieldset class="group">
            <legend class="visually-hidden">{label}</legend>
            {join}
            {rows}
            <div class="form__actions">
                <button type="submit" name="go" value=add formnovalidate=true class="button button--small">"Add a condition"</button>
                <button type="submit" name="go" value=remove formnovalidate=true class="button button--small button--quiet">"Remove the group"</button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// One condition. What doesn't belong to its kind is hidden by the style sheet.
#[component]
fn Row(sheet: Sheet, n: u32, prefix: String) -> impl IntoView {
    let given = sheet.given();
    let name = |field: &str| format!("{prefix}.{field}");
    let kinds = [
        Choice::new("attribute", "Attribute"),
        Choice::new("did", "Did"),
        Choice::new("did_not", "Did not"),
        Choice::new("on_list", "Is on list"),
        Choice::new("not_on_list", "Is not on list"),
    ];
    let compares =
        Compare::ALL.map(|compare| Choice::new(compare.as_str(), compare_label(compare)));
    let events = [
        ("opened", "Open"),
        ("clicked", "Click"),
        ("read", "Read"),
        ("replied", "Reply"),
        ("converted", "Convert"),
        ("delivered", "Receive"),
        ("sent", "Get sent"),
        ("failed", "Fail to be reached"),
    ]
    .map(|(value, label)| Choice::new(value, label));
    let remove = format!("remove:{prefix}");
    let label = format!("Condition {}", n + 1);
    view! {
        <div class="condition" role="group" aria-label=label>
            {select(sheet, &name("kind"), "Condition", &kinds, Some("Choose"), "")}
            <div class="condition__part" data-for="attribute">
                {select(sheet, &name("name"), "Attribute", given.menu("attributes"), Some("Choose"), "")}
                {select(sheet, &name("compare"), "Comparison", &compares, None, "")}
                {Line::new(name("value"), "Value").limit("1000").view(sheet)}
            </div>
            <div class="condition__part" data-for="did">
                {select(sheet, &name("event"), "What", &events, None, "")}
                {select(sheet, &name("campaign"), "In", given.menu("campaigns"), Some("any campaign"), "")}
                {Line::new(name("days"), "Within days").kind("number").hint("Empty: ever").view(sheet)}
            </div>
            <div class="condition__part" data-for="list">
                {select(sheet, &name("list"), "List", given.menu("lists"), Some("Choose"), "")}
            </div>
            <button type="submit" name="go" value=remove formnovalidate=true class="button button--small button--quiet">"Remove"</button>
        </div>
    }
    .into_any()
}

fn compare_label(compare: Compare) -> &'static str {
    match compare {
        Compare::Is => "is",
        Compare::IsNot => "is not",
        Compare::Contains => "contains",
        Compare::Begins => "begins with",
        Compare::Above => "is above",
        Compare::Below => "is below",
        Compare::Present => "has a value",
        Compare::Absent => "has no value",
    }
}
