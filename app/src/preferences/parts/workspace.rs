//! Name, zone, week and client addresses.

use chrono::NaiveDate;
use domain::time::{weekday_from_iso, weekdays};
use leptos::prelude::*;

use super::super::{api::Settings, page::outcome};
use crate::ui::{Deed, DeedForm};

/// What all figures of the workspace stand on.
#[component]
pub(in crate::preferences) fn Workspace(settings: Settings, action: Deed) -> impl IntoView {
    let Settings {
        name,
        time_zone,
        week_start,
        ip_policy,
        zones,
        ..
    } = settings;
    let zones = zones
        .into_iter()
        .map(|zone| {
            let selected = action.chosen("time_zone", &zone, zone == time_zone);
            view! { <option value=zone.clone() selected=selected>{zone.clone()}</option> }
        })
        .collect_view();
    let days = weekdays(weekday_from_iso(1))
        .into_iter()
        .map(|day| {
            let number = day.number_from_monday();
            let name = a_day(number).format("%A").to_string();
            let value = number.to_string();
            let selected = action.chosen("week_start", &value, number == u32::from(week_start));
            view! { <option value=value selected=selected>{name}</option> }
        })
        .collect_view();
    let policy = move |value: &'static str, label: &'static str| {
        let selected = action.chosen("ip_policy", value, value == ip_policy);
        view! { <option value=value selected=selected>{label}</option> }
    };
    view! {
        <section class="panel" aria-labelledby="workspace-title">
            <h2 id="workspace-title" class="panel__title">"Workspace"</h2>
            <p class="panel__lead">"Days, weeks and hours of all reports follow this zone. Changing it changes how figures are cut, never what was recorded."</p>
            {move || outcome(action, "Saved.")}
            <DeedForm action attr:class="form">
                <label class="field">
                    <span class="field__label">"Name"</span>
                    <input class="input" name="name" required=true maxlength="200" value=action.kept("name", Some(name))/>
                </label>
                <div class="form__row">
                    <label class="field">
                        <span class="field__label">"Time zone"</span>
                        <select class="input" name="time_zone">{zones}</select>
                    </label>
                    <label class="field">
                        <span class="field__label">"Week starts on"</span>
                        <select class="input" name="week_start">{days}</select>
                    </label>
                </div>
                <label class="field">
                    <span class="field__label">"IP addresses of events"</span>
                    <select class="input" name="ip_policy">
                        {policy("truncate", "Keep the network part only")}
                        {policy("drop", "Keep nothing")}
                    </select>
                    <span class="field__hint">"The country is looked up before, in either case"</span>
                </label>
                <div class="form__actions">
                    <button type="submit" class="button button--accent" disabled=action.pending()>"Save"</button>
                </div>
            </DeedForm>
        </section>
    }
    .into_any()
}

/// Some day with this number in its week.
fn a_day(number: u32) -> NaiveDate {
    // 1 January 2024 was a Monday.
    NaiveDate::from_ymd_opt(2024, 1, number).unwrap_or_default()
}
