//! Which links are followed.

use leptos::prelude::*;

use crate::editor::sheet::Sheet;

/// A row per address, with a box to track it.
#[component]
pub(super) fn Links(sheet: Sheet) -> impl IntoView {
    let given = sheet.given();
    let mut urls: Vec<(String, String, usize, bool)> = Vec::new();
    for link in &given.links {
        match urls.iter_mut().find(|(url, ..)| *url == link.url) {
            Some((_, _, places, _)) => *places += 1,
            None => urls.push((link.url.clone(), link.label.clone(), 1, link.is_tracked)),
        }
    }
    if urls.is_empty() {
        return view! { <p class="field__hint">"The message has no links."</p> }.into_any();
    }
    let rows = urls
        .into_iter()
        .enumerate()
        .map(|(n, (url, label, places, is_tracked))| {
            let (hidden, check) = (format!("fields[link.{n}]"), format!("fields[track.{n}]"));
            let name = format!("Track {url}");
            let times = (places > 1).then(|| format!(" · {places} places"));
            view! {
                <tr>
                    <td class="links__url">
                        <input type="hidden" name=hidden value=url.clone()/>
                        {url}
                        <span class="field__hint links__label">{label}{times}</span>
                    </td>
                    <td class="table__end">
                        <label class="choice">
                            <input type="checkbox" name=check value="1" checked=is_tracked aria-label=name/>
                            "Track"
                        </label>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-labelledby="links-title">
            <table class="table links">
                <thead><tr><th scope="col">"Address"</th><th scope="col" class="table__end">"Clicks"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="field__hint">"A tracked link goes through this server, which counts the click and leads on. An untracked one goes out as it is."</p>
    }
    .into_any()
}
