//! A breakdown as a list: name, share, count.

use leptos::prelude::*;

use super::{Shown, definition::AboutPanel};
use crate::{
    chart::CsvButton,
    number::count,
    report::{
        answer::ReportAnswer,
        view_model::{Breakdown, ROWS_SHOWN, Row, breakdown_about, breakdown_table},
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
    // Only another list makes another panel: what is open in this one stays open while its figures move.
    let head = Memo::new(move |_| {
        list.with(|list| list.as_ref().map(|list| (list.id, list.title, list.unit)))
    });
    move || {
        head.get()
            .map(|(id, title, unit)| view! { <Panel shown list id title unit/> })
    }
}

#[component]
fn Panel(
    shown: Shown,
    list: Memo<Option<Breakdown>>,
    id: &'static str,
    title: &'static str,
    unit: &'static str,
) -> impl IntoView {
    let heading = format!("list-{id}");
    let about = Signal::derive(move || {
        shown.answer.with(|answer| {
            list.with(|list| {
                list.as_ref()
                    .map(|list| breakdown_about(list, &answer.report))
            })
        })
    });
    let table = Signal::derive(move || {
        list.with(|list| list.as_ref().map(breakdown_table).unwrap_or_default())
    });
    view! {
        <section class="panel" aria-labelledby=heading>
            <div class="panel__head">
                <div class="chart__name">
                    <h2 id=heading.clone()>{title}<span class="chart__unit">{unit}</span></h2>
                    <AboutPanel shown id make=about/>
                </div>
                <CsvButton title=Signal::stored(title.to_owned()) table source=shown.source()/>
            </div>
            {move || list.get().map(|list| rows(list, title))}
        </section>
    }
    .into_any()
}

/// The longest rows, and the rest behind a click.
fn rows(list: Breakdown, title: &'static str) -> impl IntoView {
    let mut rows = list.rows;
    let rest = rows.split_off(rows.len().min(ROWS_SHOWN));
    let n_rest = rest.len();
    let more = (n_rest > 0).then(|| {
        view! {
            <details class="bars__more">
                <summary>{format!("Show {} more", count(n_rest as u64))}</summary>
                <Rows rows=rest title/>
            </details>
        }
    });
    view! { <Rows rows title/> {more} }
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
