//! Files that were brought in.

use domain::import::ImportInfo;
use leptos::prelude::*;

use crate::{
    contacts::import::view_model::{status_class, status_label},
    number::{NONE, count},
    routes::Route,
    session::{Session, use_session},
};

/// One row per file.
#[component]
pub(in crate::contacts) fn Imports(imports: Vec<ImportInfo>) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    if imports.is_empty() {
        return view! {
            <section class="panel empty">
                <p class="empty__title">"No imports yet"</p>
                <p>"A spreadsheet of people, as CSV or XLSX, is checked row by row before anything is written."</p>
                <a class="button button--accent" href=Route::NewImport.href()>"Import a file"</a>
            </section>
        }
        .into_any();
    }
    let rows = imports
        .into_iter()
        .map(|import| row(import, &session))
        .collect_view();
    view! {
        <section class="panel panel--table" aria-label="Imports">
            <div class="scroll" tabindex="0" role="region" aria-label="Imports">
                <table class="data data--rows">
                    <thead>
                        <tr>
                            <th scope="col">"File"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="data__number">"Rows"</th>
                            <th scope="col" class="data__number">"New"</th>
                            <th scope="col" class="data__number">"Changed"</th>
                            <th scope="col" class="data__number">"Not taken"</th>
                            <th scope="col">"Uploaded"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(import: ImportInfo, session: &Session) -> AnyView {
    let at = session.iso(import.created_at);
    let rows = import.rows.map_or_else(|| NONE.to_owned(), count);
    view! {
        <tr>
            <th scope="row"><a class="row-link" href=Route::Import(import.id).href()>{import.file}</a></th>
            <td><span class=format!("pill {}", status_class(import.status))><i class="pill__dot" aria-hidden="true"></i><span>{status_label(import.status)}</span></span></td>
            <td class="data__number">{rows}</td>
            <td class="data__number">{count(import.created)}</td>
            <td class="data__number">{count(import.updated)}</td>
            <td class="data__number">{count(import.rejected)}</td>
            <td><time datetime=at.clone() title=at>{session.time(import.created_at)}</time></td>
        </tr>
    }
    .into_any()
}
