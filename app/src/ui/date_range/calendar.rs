//! The months of an open calendar: a grid each, moved in by the keys of the WAI-ARIA date picker pattern.

use chrono::{Datelike, NaiveDate, Weekday};
use domain::time::{MonthGrid, Step, weekdays};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use super::Draft;
use crate::ui::{Icon, IconName};

/// The months shown, with buttons to turn them.
///
/// # On the server
/// Never there: a calendar is made when it opens.
#[component]
pub(super) fn Calendar(
    /// What is picked.
    draft: RwSignal<Option<Draft>>,
    /// Today.
    today: NaiveDate,
    /// First day of the week.
    week_start: Weekday,
) -> impl IntoView {
    let pointed = RwSignal::new(None::<NaiveDate>);
    let months = Memo::new(move |_| {
        draft.with(|draft| {
            draft
                .map(|draft| draft.shown().collect::<Vec<_>>())
                .unwrap_or_default()
        })
    });
    // One line that stays while months come and go: what is put into the page with its text is not announced.
    let titles = move || {
        let title = |month: &NaiveDate| MonthGrid::of(*month, week_start).title();
        months.with(|months| months.iter().map(title).collect::<Vec<_>>().join(", "))
    };
    let has_next = move || draft.with(|draft| draft.is_some_and(|draft| draft.has_next()));
    let change = move |change: &dyn Fn(&mut Draft)| {
        draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft)
            }
        });
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let in_grid = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok())
            .is_some_and(|element| element.has_attribute("data-day"));
        let Some(step) = Step::of_key(&event.key(), event.shift_key()).filter(|_| in_grid) else {
            return;
        };
        event.prevent_default();
        pointed.set(None);
        change(&move |draft| draft.step(step));
        if let Some(draft) = draft.get_untracked() {
            focus_day(draft.active());
        }
    };
    view! {
        <div class="months" on:keydown=on_keydown on:mouseleave=move |_| pointed.set(None)>
            <button
                type="button"
                class="months__turn months__turn--back"
                aria-label="Earlier month"
                on:click=move |_| change(&|draft| draft.turn(-1))
            >
                <Icon name=IconName::Left/>
            </button>
            <button
                type="button"
                class="months__turn months__turn--on"
                aria-label="Later month"
                // Not `disabled`: the last turn would take the keyboard away from the one who turns.
                aria-disabled=move || (!has_next()).then_some("true")
                on:click=move |_| change(&|draft| if draft.has_next() { draft.turn(1) })
            >
                <Icon name=IconName::Right/>
            </button>
            <p class="visually-hidden" aria-live="polite">{titles}</p>
            {move || months.get().into_iter().map(|month| {
                view! { <Month grid=MonthGrid::of(month, week_start) draft pointed today week_start/> }
            }).collect_view()}
        </div>
    }
    .into_any()
}

#[component]
fn Month(
    grid: MonthGrid,
    draft: RwSignal<Option<Draft>>,
    pointed: RwSignal<Option<NaiveDate>>,
    today: NaiveDate,
    week_start: Weekday,
) -> impl IntoView {
    let title_id = format!("month-{}", grid.first.format("%Y-%m"));
    let title = grid.title();
    let heads = weekdays(week_start).map(|day| {
        let (short, long) = weekday_names(day);
        view! { <th scope="col" abbr=long>{short}</th> }
    });
    let weeks = grid
        .weeks
        .into_iter()
        .map(|week| {
            let days = week.map(|day| match day {
                Some(day) => view! { <Day day draft pointed today/> }.into_any(),
                None => view! { <td></td> }.into_any(),
            });
            view! { <tr>{days.into_iter().collect_view()}</tr> }
        })
        .collect_view();
    view! {
        <div class="month">
            <h3 id=title_id.clone()>{title}</h3>
            <table role="grid" aria-labelledby=title_id>
                <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                <tbody>{weeks}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Day(
    day: NaiveDate,
    draft: RwSignal<Option<Draft>>,
    pointed: RwSignal<Option<NaiveDate>>,
    today: NaiveDate,
) -> impl IntoView {
    let marked = move || draft.with(|draft| draft.and_then(|draft| draft.marked(pointed.get())));
    let within = move || marked().is_some_and(|range| range.contains(day));
    let is_active = move || draft.with(|draft| draft.is_some_and(|draft| draft.active() == day));
    view! {
        <td
            role="gridcell"
            class="day"
            class:day--today=day == today
            class:day--in=within
            class:day--from=move || marked().is_some_and(|range| range.from == day)
            class:day--to=move || marked().is_some_and(|range| range.to == day)
            aria-selected=move || within().to_string()
        >
            <button
                type="button"
                class="day__button"
                data-day=day.to_string()
                tabindex=move || if is_active() { "0" } else { "-1" }
                aria-label=day.format("%A %-d %B %Y").to_string()
                aria-current=(day == today).then_some("date")
                aria-disabled=(day > today).then_some("true")
                on:mouseover=move |_| pointed.set(Some(day))
                on:click=move |_| {
                    draft.update(|draft| if let Some(draft) = draft { draft.pick(day) });
                }
            >
                {day.day()}
            </button>
        </td>
    }
    .into_any()
}

/// Gives a day the keyboard, once the calendar shows it.
pub(super) fn focus_day(day: NaiveDate) {
    request_animation_frame(move || {
        let found = document().query_selector(&format!("#range [data-day='{day}']"));
        if let Some(button) = found
            .ok()
            .flatten()
            .and_then(|e| e.dyn_into::<HtmlElement>().ok())
        {
            // A day that can't take focus leaves it where it is.
            let _ = button.focus();
        }
    });
}

fn weekday_names(day: Weekday) -> (&'static str, &'static str) {
    match day {
        Weekday::Mon => ("Mo", "Monday"),
        Weekday::Tue => ("Tu", "Tuesday"),
        Weekday::Wed => ("We", "Wednesday"),
        Weekday::Thu => ("Th", "Thursday"),
        Weekday::Fri => ("Fr", "Friday"),
        Weekday::Sat => ("Sa", "Saturday"),
        Weekday::Sun => ("Su", "Sunday"),
    }
}
