//! The arms of an A/B test side by side, and whether it may be stopped.

use leptos::prelude::*;

use super::Shown;
use crate::report::view_model::{ArmsTable, arms_tables};

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

fn table(table: ArmsTable) -> AnyView {
    let rows = table
        .rows
        .into_iter()
        .map(|[name, people, rate, difference]| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="data__number">{people}</td>
                    <td class="data__number">{rate}</td>
                    <td class="data__number">{difference}</td>
                </tr>
            }
        })
        .collect_view();
    let class = if table.is_decided {
        "compared__verdict compared__verdict--decided"
    } else {
        "compared__verdict"
    };
    view! {
        <div class="compared">
            <h3 class="compared__title">{table.title}</h3>
            <p class=class>{table.verdict}</p>
            <div class="scroll" tabindex="0" role="region" aria-label=table.title>
                <table class="data">
                    <thead><tr>
                        <th scope="col">"Arm"</th>
                        <th scope="col" class="data__number">"Delivered"</th>
                        <th scope="col" class="data__number">"Rate"</th>
                        <th scope="col" class="data__number">"Difference to the first"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}
