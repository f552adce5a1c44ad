//! The *Show* filter: predefined options beside a calendar of two months.
//!
//! What is picked is a draft until OKAY applies it; Escape and *Cancel* forget it. Without scripts the
//! options are links and the calendar is a form with two date fields.

mod calendar;
mod draft;

use chrono::{NaiveDate, Weekday};
use domain::time::{Preset, RangeChoice, format_range};
use leptos::{html::Div, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Icon, IconName, popover};
use crate::{number, routes::with_query};
use calendar::Calendar;
use draft::Draft;

/// What dates mean here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarSetting {
    /// Today in the zone.
    pub today: NaiveDate,
    /// First day of the week.
    pub week_start: Weekday,
    /// Name of the zone.
    pub zone: String,
}

/// A date-range filter that lives in the query parameter `range`.
///
/// # On the server
/// The closed popover with links and a form.
#[component]
pub fn DateRangeFilter(
    /// Word before the choice, such as *Show*.
    label: &'static str,
    /// The choice in force.
    #[prop(into)]
    value: Signal<RangeChoice>,
    /// The choice that is in force when the address names none.
    default: RangeChoice,
    /// Name of the option for all of time, where there is one: *All* or *Whole campaign*.
    #[prop(optional)]
    all: Option<&'static str>,
    /// The path filtered.
    #[prop(into)]
    action: Signal<String>,
    /// The other parameters of the address.
    #[prop(into)]
    keep: Signal<Vec<(&'static str, String)>>,
    /// Zone, week and today.
    #[prop(into)]
    setting: Signal<CalendarSetting>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let draft = RwSignal::new(None::<Draft>);
    // The calendar is made once per opening: a new one for each change would lose the keyboard's place.
    let is_open = Memo::new(move |_| draft.with(Option::is_some));
    let navigate = use_navigate();

    let href = move |choice: RangeChoice| {
        let mut params = keep.get();
        if choice != default {
            params.push(("range", choice.to_string()));
        }
        with_query(&action.get(), &params)
    };
    let follow = move || {
        let Some(element) = popover::element(node) else {
            return;
        };
        if !popover::is_open(&element) {
            draft.set(None);
        } else if draft.with_untracked(Option::is_none) {
            let (today, week_start) = setting.with_untracked(|s| (s.today, s.week_start));
            let opened = Draft::open(value.get_untracked(), today, week_start, months_that_fit());
            draft.set(Some(opened));
            calendar::focus_day(opened.active());
        }
    };
    // Somebody may have opened it before the scripts were there.
    Effect::new(move |_| follow());
    let apply = move |_| {
        if let Some(choice) = draft.get_untracked().map(|draft| draft.choice()) {
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&untrack(|| href(choice)), options);
        }
        popover::close(node);
    };

    let name = move || name_of(value.get(), all);
    let resolved = move || setting.with(|setting| describe(value.get(), all, setting));
    let days = move || {
        setting
            .with(|setting| days_of(value.get(), setting))
            .map(detail)
    };
    let picked = move || draft.get().map_or_else(|| value.get(), |d| d.choice());
    let drafted = move || setting.with(|setting| describe(picked(), all, setting));
    let option = move |choice: RangeChoice, label: &'static str| {
        let chosen = move || picked() == choice;
        view! {
            <a
                class="menu__item"
                href=move || href(choice)
                aria-current=move || chosen().then_some("true")
                on:click=move |event| {
                    event.prevent_default();
                    draft.update(|draft| if let Some(draft) = draft { draft.choose(choice) });
                }
            >
                {label}
            </a>
        }
        .into_any()
    };
    view! {
        <button
            type="button"
            class="chip chip--range"
            class:chip--set=move || value.get() != default
            popovertarget="range"
            aria-haspopup="dialog"
            aria-expanded=move || is_open.get().to_string()
            title=resolved
        >
            <span class="chip__label">{label}</span>
            <b class="chip__value">{name}</b>
            {days}
            <Icon name=IconName::Down/>
        </button>
        <div
            id="range"
            class="popover range"
            popover="auto"
            role="dialog"
            aria-label="Date range"
            node_ref=node
            on:toggle=move |_| follow()
            on:keydown=move |event| popover::keep_tab_within(&event, node)
        >
            <div class="range__options menu">
                {Preset::ALL.map(|preset| option(RangeChoice::Preset(preset), preset.label())).collect_view()}
                {all.map(|label| view! { <hr class="menu__rule"/> {option(RangeChoice::All, label)} })}
            </div>
            <div class="range__calendar">
                {move || is_open.get().then(|| {
                    let (today, week_start) = setting.with_untracked(|s| (s.today, s.week_start));
                    view! { <Calendar draft today week_start/> }
                })}
                <PlainForm action keep value setting/>
            </div>
            <div class="range__foot needs-js">
                <p class="range__label" aria-live="polite">{drafted}</p>
                <button type="button" class="button" on:click=move |_| popover::close(node)>"Cancel"</button>
                <button type="button" class="button button--accent" on:click=apply>"OKAY"</button>
            </div>
        </div>
    }
    .into_any()
}

/// The calendar for browsers without scripts.
#[component]
fn PlainForm(
    action: Signal<String>,
    keep: Signal<Vec<(&'static str, String)>>,
    value: Signal<RangeChoice>,
    setting: Signal<CalendarSetting>,
) -> impl IntoView {
    let days = move || setting.with(|s| (value.get().resolve(s.today, s.week_start), s.today));
    let from = move || days().0.map(|range| range.from.to_string());
    let to = move || days().0.map(|range| range.to.to_string());
    let hidden = move || {
        keep.get()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view()
    };
    view! {
        <form class="range__form form without-js" method="get" action=action>
            {hidden}
            <label class="field">
                <span class="field__label">"From"</span>
                <input class="input" type="date" name="from" required=true value=from max=move || days().1.to_string()/>
            </label>
            <label class="field">
                <span class="field__label">"To"</span>
                <input class="input" type="date" name="to" required=true value=to max=move || days().1.to_string()/>
            </label>
            <button type="submit" class="button button--accent">"OKAY"</button>
        </form>
    }
    .into_any()
}

fn detail(days: String) -> impl IntoView {
    view! { <span class="chip__detail">{days}</span> }
}

/// What the button shows.
fn name_of(choice: RangeChoice, all: Option<&'static str>) -> String {
    match choice {
        RangeChoice::All => all.unwrap_or("All").to_owned(),
        RangeChoice::Preset(preset) => preset.label().to_owned(),
        RangeChoice::Custom(range) => format_range(range),
    }
}

/// The days a predefined option stands for, `25 Oct – 23 Nov 2026`. None where the button shows them already, and for
/// all of time.
fn days_of(choice: RangeChoice, setting: &CalendarSetting) -> Option<String> {
    match choice {
        RangeChoice::Preset(_) => choice
            .resolve(setting.today, setting.week_start)
            .map(format_range),
        RangeChoice::All | RangeChoice::Custom(_) => None,
    }
}

/// `25 Oct – 23 Nov 2026 · 30 days · Europe/Madrid`.
fn describe(choice: RangeChoice, all: Option<&'static str>, setting: &CalendarSetting) -> String {
    match choice.resolve(setting.today, setting.week_start) {
        None => format!("{} · {}", all.unwrap_or("All"), setting.zone),
        Some(range) => {
            let days = number::plural(range.days().unsigned_abs(), "day", "days");
            format!("{} · {days} · {}", format_range(range), setting.zone)
        }
    }
}

/// Two months, or one where two don't fit.
fn months_that_fit() -> u8 {
    let narrow = window().match_media("(max-width: 720px)").ok().flatten();
    if narrow.is_some_and(|query| query.matches()) {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_says_the_days_once() {
        let setting = CalendarSetting {
            today: "2026-11-23".parse().expect("a date"),
            week_start: Weekday::Mon,
            zone: "Europe/Madrid".into(),
        };
        let custom: RangeChoice = "2026-11-03..2026-11-09".parse().expect("a range");
        let last_week = RangeChoice::Preset(Preset::LastWeek);
        assert_eq!(
            days_of(last_week, &setting).as_deref(),
            Some("16 – 22 Nov 2026")
        );
        assert_eq!(name_of(custom, None), "3 – 9 Nov 2026");
        assert_eq!(days_of(custom, &setting), None);
        assert_eq!(days_of(RangeChoice::All, &setting), None);
        // The next day it is another week.
        let monday = CalendarSetting {
            today: "2026-11-30".parse().expect("a date"),
            ..setting
        };
        assert_eq!(
            days_of(last_week, &monday).as_deref(),
            Some("23 – 29 Nov 2026")
        );
    }
}
