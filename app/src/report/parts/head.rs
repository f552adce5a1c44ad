//! Name, status and the facts beside them.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::Shown;
use crate::{
    campaign::{PauseDialog, StatusPill},
    layout::{Crumb, PageHeader},
    number::plural,
    report::params::ReportParams,
    reports::remembered,
    routes::Route,
    session::use_session,
    ui::{CalendarSetting, DateRangeFilter, Deed},
};
use domain::{CampaignKind, CampaignStatus, time::RangeChoice, user::Role};

/// The head of the page.
#[component]
pub(super) fn ReportHead(
    /// The report.
    shown: Shown,
    /// Whether a range can be chosen.
    has_range: Memo<bool>,
    /// Pauses the campaign; the page watches it for the outcome.
    pause: Deed,
) -> impl IntoView {
    let campaign = shown.derive(|answer| answer.card.campaign.clone());
    let kind = campaign.with_untracked(|campaign| campaign.kind);
    let tab = match kind {
        CampaignKind::Messaging => "Messaging",
        CampaignKind::Interactive => "Interactive Campaigns",
    };
    // Back to the list as it was left, filters and all.
    let list = |kind| Route::Campaigns(remembered(kind)).href();
    let crumbs = vec![
        Crumb::new(list(CampaignKind::Messaging), "Performance Reports"),
        Crumb::new(list(kind), tab),
    ];
    let title = Signal::derive(move || campaign.with(|campaign| campaign.name.clone()));
    let status = shown.derive(|answer| answer.card.campaign.status);
    let actions = move || {
        view! {
            <PauseButton shown action=pause/>
            <DetailsLink shown/>
            {move || has_range.get().then(|| view! { <RangeFilter shown/> })}
        }
    };
    view! {
        <PageHeader
            title
            crumbs
            badge=move || view! { <StatusPill status/> }
            meta=move || view! { <Facts shown/> }
            actions
        />
    }
    .into_any()
}

/// The days the report covers.
#[component]
fn RangeFilter(shown: Shown) -> impl IntoView {
    let value = Signal::derive(move || shown.params.with(|params| params.range));
    let keep = Signal::derive(move || {
        shown.params.with(|params| {
            ReportParams {
                range: RangeChoice::All,
                ..params.clone()
            }
            .to_params()
        })
    });
    let path = use_location().pathname;
    use_session().map(|session| {
        let setting = CalendarSetting {
            today: session.today(),
            week_start: session.week_start(),
            zone: session.zone.name.clone(),
        };
        view! {
            <DateRangeFilter
                label="Show" value default=RangeChoice::All all="Whole campaign" action=path keep setting
            />
        }
    })
}

/// Pauses an interactive campaign that is open for participation, for those who may.
#[component]
fn PauseButton(shown: Shown, action: Deed) -> impl IntoView {
    let may = use_session().is_some_and(|session| session.may(Role::Editor));
    let live = shown.derive(|answer| {
        let campaign = &answer.card.campaign;
        (campaign.status == CampaignStatus::Live).then(|| campaign.name.clone())
    });
    move || {
        let campaign = live.with(Option::is_some).then(|| {
            shown
                .answer
                .with_untracked(|answer| answer.card.campaign.clone())
        });
        campaign.filter(|_| may).map(|campaign| {
            view! {
                <button type="button" class="button" popovertarget="pause">"Pause"</button>
                <PauseDialog id="pause".to_owned() campaign action/>
            }
        })
    }
}

/// The way to changing, resuming or closing a campaign that isn't completed.
#[component]
fn DetailsLink(shown: Shown) -> impl IntoView {
    let href = shown.derive(|answer| {
        let campaign = &answer.card.campaign;
        (campaign.status != CampaignStatus::Completed)
            .then(|| Route::Details(campaign.id.clone()).href())
    });
    move || {
        href.get()
            .map(|href| view! { <a class="button" href=href>"Details"</a> })
    }
}

/// Sender, type, number, dates, recipients, and when the figures were made.
#[component]
fn Facts(shown: Shown) -> impl IntoView {
    let facts = shown.derive(|answer| {
        let campaign = &answer.card.campaign;
        let mut facts = Vec::new();
        if !campaign.sender.is_empty() {
            facts.push(campaign.sender.clone());
        }
        facts.push(campaign.campaign_type.label().to_owned());
        facts.push(format!("#{}", campaign.number));
        if answer.card.figures.recipients > 0 {
            facts.push(plural(
                answer.card.figures.recipients,
                "recipient",
                "recipients",
            ));
        }
        facts
    });
    let dates = shown.derive(|answer| {
        let campaign = &answer.card.campaign;
        let first = match campaign.kind {
            CampaignKind::Messaging => "first sent",
            CampaignKind::Interactive => "first event",
        };
        let mut dates = vec![("created", campaign.created_at)];
        dates.extend(campaign.first_event_at.map(|at| (first, at)));
        dates
    });
    let as_of = shown.derive(|answer| answer.report.as_of);
    let session = StoredValue::new(use_session());
    let time = move |at| {
        session.with_value(|session| {
            session
                .as_ref()
                .map(|s| (s.time(at), s.iso(at)))
                .unwrap_or_default()
        })
    };
    let clock = move || {
        session.with_value(|session| {
            let local = session
                .as_ref()
                .map(|session| session.zone.local(as_of.get()));
            local
                .map(|local| local.format("%H:%M:%S").to_string())
                .unwrap_or_default()
        })
    };
    view! {
        <ul class="head__meta facts">
            {move || facts.get().into_iter().map(|fact| view! { <li>{fact}</li> }).collect_view()}
            {move || dates.get().into_iter().map(|(what, at)| {
                let (shown, iso) = time(at);
                view! { <li>{what}" "<time datetime=iso.clone() title=iso>{shown}</time></li> }
            }).collect_view()}
            <li class="facts__updated">"updated "<time datetime=move || time(as_of.get()).1>{clock}</time></li>
        </ul>
    }
    .into_any()
}
