//! A breakdown as a list: name, share, count.

use leptos::prelude::*;

use super::Shown;
use crate::{
    number::count,
    report::{
        answer::ReportAnswer,
        view_model::{Breakdown, ROWS_SHOWN, Row},
    },
};

/// A list; nothing when nothing is known.
#[component]
pub(super) fn BreakdownPanel(
    /// The report.
    shown: Shown,
    /// Which list.
    make: fn(&ReportAnswer) -> Option<Breakdown>,
) -> impl IntoView {
    let list = shown.derive(make);
    move || list.get().map(|list| panel(list).into_any())
}

fn panel(list: Breakdown) -> impl IntoView {
    let heading = format!("list-{}", list.id);
    let mut rows = list.rows;
    let rest = rows.split_off(rows.len().min(ROWS_SHOWN));
    let n_rest = rest.len();
    let more = (n_rest > 0).then(|| {
        view! {
            <details class="bars__more">
                <summary>{format!("Show {} more", count(n_rest as u64))}</summary>
                <Rows rows=rest title=list.title/>
            </details>
        }
    });
    view! {
        <section class="panel" aria-labelledby=heading>
            <div class="panel__head">
                <h2 id=heading.clone()>{list.title}<span class="chart__unit">{list.unit}</span></h2>
            </div>
            <Rows rows title=list.title/>
            {more}
        </section>
    }
}

#[component]
fn Rows(rows: Vec<Row>, title: &'static str) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row" class="bars__name">
                        <span class="bars__text" title=row.name.clone()>{row.name.clone()}</span>
                        <svg class="bars__bar" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true">
                            <rect width=row.permille.to_string() height="4"/>
                        </svg>
                    </th>
                    <td class="data__number">{row.shown}</td>
                    <td class="data__number bars__share">{row.share}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="bars">
            <caption class="visually-hidden">{title}</caption>
            <thead class="visually-hidden">
                <tr><th scope="col">"Name"</th><th scope="col">"Count"</th><th scope="col">"Share"</th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
