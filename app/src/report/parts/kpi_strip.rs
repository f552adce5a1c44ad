//! The figures at the top. Each is a button that opens how it is made.

use leptos::prelude::*;

use super::{Shown, definition::DefinitionCard};
use crate::report::view_model::{Figure, columns, figures, held};

/// The strip.
#[component]
pub(super) fn KpiStrip(shown: Shown) -> impl IntoView {
    let all = shown.derive(|answer| {
        let mut all = figures(answer.card.campaign.campaign_type, &answer.report);
        all.extend(held(answer.held));
        all
    });
    // Tiles stay; what they say changes.
    let ids =
        Memo::new(move |_| all.with(|all| all.iter().map(|figure| figure.id).collect::<Vec<_>>()));
    view! {
        <section aria-label="Key figures">
            <ul class="kpis" data-columns=move || columns(ids.with(Vec::len)).to_string()>
                <For each=move || ids.get() key=|id| *id let:id>
                    <Tile shown all id/>
                </For>
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Tile(shown: Shown, all: Memo<Vec<Figure>>, id: &'static str) -> impl IntoView {
    let figure = Memo::new(move |before: Option<&Option<Figure>>| {
        let found = all.with(|all| all.iter().find(|figure| figure.id == id).cloned());
        found.or_else(|| before.cloned().flatten())
    });
    let part = move |of: fn(&Figure) -> String| {
        Memo::new(move |_| figure.with(|figure| figure.as_ref().map(of).unwrap_or_default()))
    };
    let (label, note) = (
        part(|figure| figure.label.to_owned()),
        part(|figure| figure.note.clone()),
    );
    let value = part(|figure| figure.value.clone());
    let popover = format!("about-{id}");
    view! {
        <li class="kpi">
            <button type="button" class="kpi__button" popovertarget=popover.clone() title="How this figure is made">
                <span class="kpi__label">{label}</span>
                <Moving value/>
                <span class="kpi__note">{note}</span>
            </button>
            <DefinitionCard id=popover shown figure/>
        </li>
    }
    .into_any()
}

/// A figure that fades in when it changes.
#[component]
fn Moving(value: Memo<String>) -> impl IntoView {
    // Counts changes: two names of the same animation take turns, or it would not start again.
    let turn = Memo::new(move |before: Option<&(String, u32)>| {
        let value = value.get();
        let turns = before.map_or(
            0,
            |(old, turns)| if *old == value { *turns } else { turns + 1 },
        );
        (value, turns)
    });
    let class = move || match turn.with(|(_, turns)| *turns) {
        0 => "kpi__value",
        odd if odd % 2 == 1 => "kpi__value kpi__value--moved",
        _ => "kpi__value kpi__value--moved-again",
    };
    view! { <span class=class>{value}</span> }.into_any()
}
