//! The page behind `/campaigns/:id/details`.

use std::sync::Arc;

use domain::{Campaign, CampaignKind, CampaignStatus, Refusal, campaign::CampaignCard, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    api::{Details, load_details},
    deeds::Deeds,
    follow::{Latest, Question, follow},
    parts::{
        Actions, DetailsSkeleton, Facts, GoesOut, HeldPanel, HowToSend, LaunchPanel, Progress,
        SendingPanel, Trash,
    },
};
use crate::{
    campaign::StatusPill,
    editor::LackingValues,
    error::AppError,
    layout::{Crumb, NotFoundPage, PageHeader, Trouble},
    reports::remembered,
    routes::Route,
    session::{Session, use_session},
};

/// The details of the campaign named in the path.
#[component]
pub fn DetailsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    // A page per campaign: nothing of one stays behind in the next.
    move || view! { <OneCampaign id=id.get()/> }.into_any()
}

#[component]
fn OneCampaign(id: String) -> impl IntoView {
    let deeds = Deeds::new();
    let question = Question::new_with_options(
        move || deeds.version(),
        move |_| load_details(id.clone()),
        false,
    );
    view! {
        <Transition fallback=DetailsSkeleton>
            <Loaded question deeds/>
        </Transition>
    }
    .into_any()
}

/// What is there, as far as it needs other elements. Newer answers move into those that are there.
#[derive(Clone, PartialEq)]
enum Shape {
    Waiting,
    Missing,
    Failed(AppError),
    Shown,
}

impl Shape {
    fn of(latest: &Latest) -> Self {
        match (&latest.details, &latest.error) {
            (Some(_), _) => Self::Shown,
            (None, Some(AppError::Refused(Refusal::NotFound { .. }))) => Self::Missing,
            (None, Some(error)) => Self::Failed(error.clone()),
            (None, None) => Self::Waiting,
        }
    }
}

#[component]
fn Loaded(question: Question, deeds: Deeds) -> impl IntoView {
    let latest = Memo::new(move |before| Latest::after(before, question.get()));
    let shape = Memo::new(move |_| latest.with(Shape::of));
    move || match shape.get() {
        Shape::Waiting => ().into_any(),
        Shape::Missing => view! { <NotFoundPage/> }.into_any(),
        Shape::Failed(error) => view! {
            <PageHeader title="Details"/>
            <Trouble error/>
        }
        .into_any(),
        Shape::Shown => {
            let first = latest.with_untracked(|latest| latest.details.clone());
            first
                .map(|first| view! { <Content first latest question deeds/> })
                .into_any()
        }
    }
}

#[component]
fn Content(
    first: Arc<Details>,
    latest: Memo<Latest>,
    question: Question,
    deeds: Deeds,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let kind = first.card.campaign.kind;
    let followed = follow(first, latest, question, deeds);
    let (card, details) = (followed.card, followed.details);
    let may_edit = session.may(Role::Editor);
    let title = Memo::new(move |_| card.with(|card| card.campaign.name.clone()));
    let status = Memo::new(move |_| card.with(|card| card.campaign.status));
    // Back to the list as one left it.
    let href = Route::Campaigns(untrack(|| remembered(kind))).href();
    let crumbs = vec![
        Crumb::new(href.clone(), "Performance Reports"),
        Crumb::new(href, kind_label(kind)),
    ];
    let meta = {
        let session = session.clone();
        move || {
            let updated = session.clock_time(followed.updated_at.get());
            let line = card.with(|card| meta_line(&card.campaign, &session));
            format!("{line} · updated {updated}")
        }
    };
    let obstacle = Memo::new(move |_| details.with(|details| details.obstacle.clone()));
    let trash = move || {
        let bin = move || {
            let (obstacle, campaign) = (obstacle.get(), campaign_now(card, title));
            view! { <Trash campaign obstacle action=deeds.delete/> }
        };
        may_edit.then_some(bin)
    };
    let refused = move || deeds.error.get().map(|error| view! { <Trouble error/> });
    let outdated = Memo::new(move |_| latest.with(|latest| latest.error.clone()));
    let outdated = move || outdated.get().map(|error| view! { <Trouble error/> });
    // Who sends a campaign is settled when it is made.
    let is_ours = details.with_untracked(|details| details.progress.is_some());
    let is_silent =
        Memo::new(move |_| !is_ours && card.with(|card| card.campaign.first_event_at.is_none()));
    let how_to = move || {
        (may_edit && is_silent.get()).then(|| {
            let (campaign, address) = (
                campaign_now(card, title),
                details.with_untracked(|details| details.address.clone()),
            );
            view! { <HowToSend campaign address/> }
        })
    };
    view! {
        <PageHeader
            title
            crumbs
            badge=move || view! { <StatusPill status/> }
            meta=move || view! { <p class="head__meta">{meta}</p> }
            actions=trash
        />
        {refused}
        {outdated}
        <div class="details">
            <div class="details__main">
                {if is_ours {
                    view! { <Sending card details deeds session=session.clone()/> }.into_any()
                } else {
                    view! { <NextSteps card deeds session=session.clone()/> }.into_any()
                }}
                <Progress card is_ours/>
                {how_to}
            </div>
            <Facts card session/>
        </div>
    }
    .into_any()
}

/// What the status means and what comes next; made anew only when that changes, so that an open question stays.
#[component]
fn NextSteps(card: Memo<CampaignCard>, deeds: Deeds, session: Session) -> impl IntoView {
    let matter = Memo::new(move |_| {
        card.with(|CampaignCard { campaign, .. }| {
            (
                campaign.status,
                campaign.scheduled_at,
                campaign.name.clone(),
            )
        })
    });
    move || {
        // Read, not only tracked: a memo that nobody has read hears of nothing.
        matter.with(|_| ());
        let campaign = card.with_untracked(|card| card.campaign.clone());
        view! { <Actions campaign deeds session=session.clone()/> }
    }
}

/// A campaign that is sent from here: before its launch what leads there, then how far it is.
#[component]
fn Sending(
    card: Memo<CampaignCard>,
    details: Signal<Arc<Details>>,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let progress =
        Memo::new(move |_| details.with(|details| details.progress.clone().unwrap_or_default()));
    let held = Memo::new(move |_| details.with(|details| details.held.clone()));
    // Made anew only when these change, so that an open question stays.
    let matter = Memo::new(move |_| {
        let missing = details.with(|details| {
            let lacking = details.lacking.clone();
            (details.missing.clone(), details.whom, lacking)
        });
        let phase = progress.with(|progress| progress.phase);
        card.with(|CampaignCard { campaign, .. }| {
            let named = (campaign.name.clone(), campaign.scheduled_at);
            (campaign.status, named, phase, missing)
        })
    });
    move || {
        let (status, _, phase, (missing, whom, lacking)) = matter.get();
        let campaign = card.with_untracked(|card| card.campaign.clone());
        let session = session.clone();
        match status {
            CampaignStatus::Pending | CampaignStatus::Scheduled => {
                let previews = details.with_untracked(|details| details.previews.clone());
                let has_arms = previews.len() > 1;
                view! {
                    <LackingValues values=lacking has_arms/>
                    <LaunchPanel campaign=campaign.clone() phase missing whom deeds session/>
                    <GoesOut campaign previews/>
                }
                .into_any()
            }
            _ => {
                let id = campaign.id.clone();
                view! {
                    <SendingPanel campaign phase progress deeds session=session.clone()/>
                    <HeldPanel id held progress deeds session/>
                }
                .into_any()
            }
        }
    }
}

/// The campaign as of now; followed only as far as its name.
fn campaign_now(card: Memo<CampaignCard>, name: Memo<String>) -> Campaign {
    name.with(|_| ());
    card.with_untracked(|card| card.campaign.clone())
}

fn kind_label(kind: CampaignKind) -> &'static str {
    match kind {
        CampaignKind::Messaging => "Messaging",
        CampaignKind::Interactive => "Interactive Campaigns",
    }
}

fn meta_line(campaign: &Campaign, session: &Session) -> String {
    let sender = if campaign.sender.is_empty() {
        String::new()
    } else {
        format!("{} · ", campaign.sender)
    };
    format!(
        "{sender}{} · #{} · created {}",
        campaign.campaign_type.label(),
        campaign.number,
        session.time(campaign.created_at)
    )
}
