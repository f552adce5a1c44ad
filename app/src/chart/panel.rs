//! A chart on the page: heading, switch between drawing and table, downloads, and a voice.

use leptos::{ev::KeyboardEvent, html::Div, prelude::*};

use super::{
    csv::Source,
    downloads::Downloads,
    mount::{Drawing, Drawn, use_drawing},
    spec::{Cell, ChartSpec, Shape, TABLE_ROWS_MAX, Table},
};
use crate::number::plural;

/// A chart. Its height is the same before and after drawing, as a drawing and as a table. Without anything to draw
/// it says so, in place of a frame with nothing in it.
///
/// # On the server
/// The heading and the data table: what there is to see without a script, and until it runs. From then on styles
/// keep the table back until it is asked for.
#[component]
pub fn ChartPanel(
    /// What to show.
    #[prop(into)]
    spec: Signal<ChartSpec>,
    /// Unique within the page.
    id: &'static str,
    /// What it is of: named in its files.
    #[prop(into)]
    source: Signal<Source>,
    /// What explains it, right behind its heading.
    #[prop(optional, into)]
    about: ViewFnOnce,
    /// Switches of the chart's own, beside its heading.
    #[prop(optional, into)]
    switches: ViewFnOnce,
) -> impl IntoView {
    let as_table = RwSignal::new(false);
    let canvas = NodeRef::<Div>::new();
    let is_empty = Memo::new(move |_| spec.with(ChartSpec::is_empty));
    let is_drawing = Signal::derive(move || !as_table.get() && !is_empty.get());
    let drawing = use_drawing(canvas, spec, is_drawing);
    // Where the drawing can't be had, the table stands in.
    let table_shown = Memo::new(move |_| as_table.get() || drawing.drawn.get() == Drawn::Failed);
    let heading = format!("{id}-title");
    view! {
        <figure class="panel chart" class:chart--table=table_shown class:chart--empty=is_empty aria-labelledby=heading>
            <figcaption class="chart__head">
                <div class="chart__name">
                    <h2 id=heading.clone() class="chart__title">
                        {move || spec.with(|spec| spec.title.clone())}
                        <span class="chart__unit">{move || spec.with(|spec| spec.unit.clone())}</span>
                    </h2>
                    {about.run()}
                </div>
                <div class="chart__tools">
                    {switches.run()}
                    <FormSwitch as_table table_shown=table_shown.into()/>
                    <Downloads spec drawing source is_empty/>
                </div>
            </figcaption>
            <Legend spec/>
            <div class="chart__body" class=("chart__body--lines", move || spec.with(|s| s.shape == Shape::Lines))
                data-bars=move || spec.with(|spec| spec.n_bars().min(16).to_string())>
                {move || is_empty.get().then(|| view! {
                    <p class="chart__empty">"Nothing to draw: none of this happened in the range shown."</p>
                })}
                <Canvas id spec canvas drawing/>
                <div class="chart__table" tabindex="0" role="region" aria-label=move || spec.with(|s| format!("{}: table", s.title))>
                    {move || spec.with(|spec| data_table(&spec.table))}
                </div>
            </div>
        </figure>
    }
    .into_any()
}

#[component]
fn FormSwitch(as_table: RwSignal<bool>, table_shown: Signal<bool>) -> impl IntoView {
    let option = move |is_table: bool, label: &'static str| {
        view! {
            <button
                type="button"
                class="switch__option"
                aria-pressed=move || (table_shown.get() == is_table).to_string()
                on:click=move |_| as_table.set(is_table)
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="switch chart__form needs-js" role="group" aria-label="Show as">
            {option(false, "Chart")} {option(true, "Table")}
        </div>
    }
    .into_any()
}

/// Names of the series, where there is more than one, and what only the table has.
#[component]
fn Legend(spec: Signal<ChartSpec>) -> impl IntoView {
    let names = Memo::new(move |_| {
        spec.with(|spec| {
            let is_named =
                matches!(spec.shape, Shape::Lines | Shape::Groups) && spec.series.len() > 1;
            let series = spec.series.iter().filter(|_| is_named);
            let names: Vec<_> = series
                .map(|series| (series.name.clone(), series.tone))
                .collect();
            (names, spec.rest.clone())
        })
    });
    move || {
        let (names, rest) = names.get();
        if names.is_empty() && rest.is_empty() {
            return ().into_any();
        }
        let entries = names
            .into_iter()
            .map(|(name, tone)| {
                view! {
                    <li class="legend__entry">
                        <svg class=format!("legend__mark legend__mark--{}", tone.token()) width="14" height="10" aria-hidden="true">
                            <rect y="3" width="14" height="4" rx="2"/>
                        </svg>
                        {name}
                    </li>
                }
            })
            .collect_view();
        let rest = (!rest.is_empty()).then(|| view! { <li class="legend__rest">{rest}</li> });
        view! { <ul class="legend">{entries}{rest}</ul> }.into_any()
    }
}

/// The drawing. Arrow keys go through its categories, and each is read out.
#[component]
fn Canvas(
    id: &'static str,
    spec: Signal<ChartSpec>,
    canvas: NodeRef<Div>,
    drawing: Drawing,
) -> impl IntoView {
    let at = RwSignal::new(None::<usize>);
    let said = Memo::new(move |_| {
        at.get()
            .map(|at| spec.with(|spec| spec.describe(at)))
            .unwrap_or_default()
    });
    let on_key = move |event: KeyboardEvent| {
        let count = spec.with_untracked(|spec| spec.categories.len());
        let Some(next) = next_category(&event.key(), at.get_untracked(), count) else {
            return;
        };
        event.prevent_default();
        at.set(next);
        match next {
            Some(next) => drawing.point(next),
            None => drawing.leave(),
        }
    };
    let help = format!("{id}-help");
    view! {
        <div
            class="chart__canvas needs-js"
            class:chart__canvas--waiting=move || drawing.drawn.get() == Drawn::Waiting
            role="group"
            aria-roledescription="chart"
            aria-label=move || spec.with(ChartSpec::summary)
            aria-describedby=help
            tabindex="0"
            on:keydown=on_key
            on:blur=move |_| {
                at.set(None);
                drawing.leave();
            }
        >
            <div class="chart__surface" node_ref=canvas aria-hidden="true"></div>
            <span id=help.clone() class="visually-hidden">"Arrow keys read the values one by one."</span>
            <span class="visually-hidden" aria-live="polite">{said}</span>
        </div>
    }
    .into_any()
}

/// Where a key leads among `count` categories: `Some(None)` leaves them, `None` is not for us.
pub(super) fn next_category(key: &str, at: Option<usize>, count: usize) -> Option<Option<usize>> {
    let last = count.checked_sub(1)?;
    let next = match (key, at) {
        ("ArrowRight" | "ArrowDown", None) | ("Home", _) => 0,
        ("ArrowLeft" | "ArrowUp", None) | ("End", _) => last,
        ("ArrowRight" | "ArrowDown", Some(at)) => (at + 1).min(last),
        ("ArrowLeft" | "ArrowUp", Some(at)) => at.saturating_sub(1),
        ("PageDown", at) => (at.unwrap_or(0) + 10).min(last),
        ("PageUp", at) => at.unwrap_or(last).saturating_sub(10),
        ("Escape", Some(_)) => return Some(None),
        _ => return None,
    };
    Some(Some(next))
}

/// A table of data.
#[must_use]
pub fn data_table(table: &Table) -> AnyView {
    let head = table.head.iter().enumerate().map(|(at, name)| {
        let is_number = table.rows.first().and_then(|row| row.get(at)).is_some_and(Cell::is_number);
        view! { <th scope="col" class=if is_number { "data__number" } else { "" }>{name.clone()}</th> }
    });
    let rows = table.shown().map(|row| table_row(row)).collect_view();
    let n_left_out = table.n_left_out();
    let rest = (n_left_out > 0).then(|| {
        let text = format!(
            "{} without events, or beyond the first {TABLE_ROWS_MAX}, are left out here; the CSV file has all.",
            plural(n_left_out as u64, "row", "rows")
        );
        view! { <p class="chart__rest">{text}</p> }
    });
    view! {
        <table class="data">
            <thead><tr>{head.collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {rest}
    }
    .into_any()
}

fn table_row(row: &[Cell]) -> impl IntoView + use<> {
    let cells = row
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let shown = cell.shown();
            if at == 0 {
                view! { <th scope="row">{shown}</th> }.into_any()
            } else {
                let class = if cell.is_number() { "data__number" } else { "" };
                view! { <td class=class>{shown}</td> }.into_any()
            }
        })
        .collect_view();
    view! { <tr>{cells}</tr> }
}
