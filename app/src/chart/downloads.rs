//! What is shown, as a file.

use leptos::prelude::*;

use super::{
    csv::{Source, csv, file_name},
    mount::{Drawing, Drawn, save_text},
    spec::{ChartSpec, Table},
};

/// The two files of a chart: its drawing and its table.
#[component]
pub(super) fn Downloads(
    /// The chart.
    spec: Signal<ChartSpec>,
    /// Its drawing.
    drawing: Drawing,
    /// What it is of.
    source: Signal<Source>,
    /// Whether there is nothing to draw.
    is_empty: Memo<bool>,
) -> impl IntoView {
    let title = Signal::derive(move || spec.with(|spec| spec.title.clone()));
    let table = Signal::derive(move || spec.with(|spec| spec.table.clone()));
    view! {
        <div class="chart__downloads needs-js">
            <button
                type="button"
                class="chart__download"
                disabled=move || is_empty.get() || drawing.drawn.get() != Drawn::Yes
                aria-label=move || format!("Download {} as PNG", title.get())
                on:click=move |_| source.with_untracked(|source| drawing.save_picture(source))
            >
                "PNG"
            </button>
            <CsvButton title table source/>
        </div>
    }
    .into_any()
}

/// Saves a table as a CSV file.
///
/// # On the server
/// The button alone; styles hide it where no script runs.
#[component]
pub fn CsvButton(
    /// What the table is called; part of the file's name.
    #[prop(into)]
    title: Signal<String>,
    /// The table.
    #[prop(into)]
    table: Signal<Table>,
    /// What it is of.
    #[prop(into)]
    source: Signal<Source>,
) -> impl IntoView {
    let save = move |_| {
        let name = source
            .with_untracked(|source| title.with_untracked(|title| file_name(source, title, "csv")));
        save_text(&name, "text/csv;charset=utf-8", &table.with_untracked(csv));
    };
    view! {
        <button
            type="button"
            class="chart__download needs-js"
            aria-label=move || format!("Download {} as CSV", title.get())
            on:click=save
        >
            "CSV"
        </button>
    }
    .into_any()
}
