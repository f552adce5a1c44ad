//! How far it is.

use domain::{
    Campaign, CampaignStatus,
    sending::{LeftOut, Phase, Progress},
    user::Role,
};
use leptos::prelude::*;

use super::controls::Controls;
use crate::{
    details::{
        deeds::Deeds,
        view_model::{StatusRow, bar, eta, phase_text, rate, remaining, status_rows},
    },
    number::count,
    routes::Route,
    session::Session,
    ui::{Notice, Tone, sentence},
};

/// Recipients, submitted, remaining, pace and time left, with what can be done. Numbers move in place.
#[component]
pub(in crate::details) fn SendingPanel(
    campaign: Campaign,
    phase: Phase,
    progress: Memo<Progress>,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let status = campaign.status;
    let words = Memo::new(move |_| progress.with(|progress| phase_text(status, progress)));
    let (title, text) = (move || words.get().0, move || words.get().1);
    let report = Route::Report(campaign.kind, campaign.id.clone()).href();
    let report_label = if status == CampaignStatus::Completed {
        "Report"
    } else {
        "Interim report"
    };
    let trouble = Memo::new(move |_| progress.with(|progress| progress.trouble.clone()));
    let trouble = move || {
        trouble.get().map(|trouble| {
            view! { <Notice tone=Tone::Bad>{trouble}</Notice> }
        })
    };
    let controls = (session.may(Role::Editor) && status == CampaignStatus::InProgress)
        .then(|| view! { <Controls campaign=campaign.clone() phase action=deeds.control/> });
    let ends = {
        let session = session.clone();
        move || {
            progress.with(|progress| {
                let begun = progress
                    .launched_at
                    .map(|at| format!("Launched {}", session.time(at)));
                let done = progress
                    .finished_at
                    .map(|at| format!("last message handed over {}", session.time(at)));
                begun
                    .into_iter()
                    .chain(done)
                    .collect::<Vec<_>>()
                    .join(" · ")
            })
        }
    };
    view! {
        <section class="panel sending" aria-labelledby="sending-title">
            <h2 id="sending-title" class="panel__title">{title}</h2>
            <p class="panel__lead">{text}</p>
            {trouble}
            <Figures progress/>
            <SendingBar progress/>
            <Statuses progress/>
            <Reasons progress/>
            <p class="field__hint sending__times">{ends}</p>
            <div class="form__actions"><a class="button button--primary" href=report>{report_label}</a> {controls}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Figures(progress: Memo<Progress>) -> impl IntoView {
    let tile = move |label: &'static str, of: fn(&Progress) -> String| {
        let value = Memo::new(move |_| progress.with(of));
        view! {
            <div class="tile">
                <dt class="tile__label">{label}</dt>
                <dd class="tile__value">{value}</dd>
            </div>
        }
    };
    view! {
        <dl class="tiles">
            {tile("Recipients", |progress| count(progress.recipients))}
            {tile("Submitted", |progress| count(progress.submitted))}
            {tile("Remaining", |progress| count(remaining(progress)))}
            {tile("Pace", rate)}
            {tile("Time left", eta)}
        </dl>
    }
    .into_any()
}

#[component]
fn SendingBar(progress: Memo<Progress>) -> impl IntoView {
    let at = Memo::new(move |_| progress.with(bar));
    let value = move || at.get().map(|(done, _)| done.to_string());
    let max = move || at.get().map(|(_, all)| all.to_string());
    view! { <progress class="progress progress--wide" aria-label="Progress" value=value max=max></progress> }
        .into_any()
}

/// Why messages were not sent, once it is over or suspended.
#[component]
fn Reasons(progress: Memo<Progress>) -> impl IntoView {
    let reasons = Memo::new(move |_| progress.with(|progress| progress.left_out.clone()));
    let row = |LeftOut { reason, count: n }: LeftOut| {
        let reason = match reason.as_str() {
            "" => "No reason is known".to_owned(),
            reason => sentence(reason),
        };
        view! {
            <li class="statuses__row">
                <i class="dot tone--draft" aria-hidden="true"></i>
                <span class="statuses__label">{reason}</span>
                <b>{count(n)}</b>
            </li>
        }
    };
    move || {
        let reasons = reasons.get();
        (!reasons.is_empty()).then(|| {
            let rows = reasons.into_iter().map(row).collect_view();
            view! {
                <h3 class="panel__title">"Why messages were not sent"</h3>
                <ul class="statuses" aria-label="Why messages were not sent">{rows}</ul>
            }
        })
    }
}

/// Messages per state. Rows stay while their numbers move.
#[component]
fn Statuses(progress: Memo<Progress>) -> impl IntoView {
    let rows = Memo::new(move |_| progress.with(status_rows));
    let ids =
        Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let part = move |id: &'static str| {
        Memo::new(move |before: Option<&Option<StatusRow>>| {
            let found = rows.with(|rows| rows.iter().find(|row| row.id == id).cloned());
            found.or_else(|| before.cloned().flatten())
        })
    };
    view! {
        <ul class="statuses" aria-label="Messages by status">
            <For each=move || ids.get() key=|id| *id let:id>
                {
                    let row = part(id);
                    let class = move || row.with(|row| format!("dot {}", row.as_ref().map_or("", |row| row.class)));
                    let label = move || row.with(|row| row.as_ref().map_or("", |row| row.label));
                    let n = move || row.with(|row| count(row.as_ref().map_or(0, |row| row.count)));
                    view! {
                        <li class="statuses__row" data-status=id>
                            <i class=class aria-hidden="true"></i>
                            <span class="statuses__label">{label}</span>
                            <b>{n}</b>
                        </li>
                    }
                }
            </For>
        </ul>
    }
    .into_any()
}
