//! The arms of an A/B test side by side, and whether it may be stopped.

use leptos::prelude::*;

use super::Shown;
use crate::report::view_model::{Compared, arms_tables};

/// A table for each thing people do; nothing without an A/B test.
#[component]
pub(super) fn Arms(shown: Shown) -> impl IntoView {
    let tables = shown.derive(|answer| arms_tables(&answer.comparisons));
    move || {
        let tables = tables.get();
        (!tables.is_empty()).then(|| {
            view! {
                <section class="panel" aria-labelledby="arms-title">
                    <div class="panel__head"><h2 id="arms-title">"A/B test"</h2></div>
                    <p class="panel__lead">
                        "Shares of delivered messages. The intervals hold at all times: look as often as you like, and stop when it says so."
                    </p>
                    {tables.into_iter().map(table).collect_view()}
                </section>
            }
        })
    }
}

/// A comparison: what can be said of it, and its figures.
pub(super) fn table(table: Compared) -> AnyView {
    let rows = table
        .rows
        .into_iter()
        .map(|row| {
            let mut cells = row.into_iter();
            let name = cells.next();
            let cells = cells
                .map(|cell| view! { <td class="data__number">{cell}</td> })
                .collect_view();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect_view();
    let heads = table
        .heads
        .into_iter()
        .enumerate()
        .map(|(n, head)| {
            let class = if n > 0 { "data__number" } else { "" };
            view! { <th scope="col" class=class>{head}</th> }
        })
        .collect_view();
    let class = if table.is_decided {
        "compared__verdict compared__verdict--decided"
    } else {
        "compared__verdict"
    };
    view! {
        <div class="compared">
            <h3 class="compared__title">{table.title.clone()}</h3>
            <p class=class>{table.verdict}</p>
            {sentences(table.notes)}
            <div class="scroll" tabindex="0" role="region" aria-label=table.title>
                <table class="data">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

/// A paragraph for each.
pub(super) fn sentences(sentences: Vec<String>) -> AnyView {
    sentences
        .into_iter()
        .map(|sentence| view! { <p class="compared__note">{sentence}</p> })
        .collect_view()
        .into_any()
}
