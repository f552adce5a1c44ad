//! The page behind `/campaigns/:id/details`.

use domain::{Campaign, Refusal, campaign::CampaignCard, live::LiveScope, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    api::{Details, load_details},
    parts::{Actions, Facts, HowToSend, Progress, Trash},
};
use crate::{
    campaign::{ChangeStatus, DeleteCampaign, Reschedule, StatusPill},
    codec::Json,
    error::AppError,
    layout::{Crumb, NotFoundPage, PageHeader},
    live::use_live,
    routes::Route,
    session::{Session, use_session},
    ui::{Deed, Notice, Tone},
};

/// What can be done to the campaign on this page.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) change: Deed,
    pub(super) reschedule: Deed,
    pub(super) delete: Deed,
}

impl Deeds {
    /// The last answer that was a no.
    fn error(self) -> Option<AppError> {
        let change = self.change.answer().and_then(Result::err);
        let reschedule = self.reschedule.answer().and_then(Result::err);
        change
            .or(reschedule)
            .or_else(|| self.delete.answer().and_then(Result::err))
    }

    /// Grows with each finished change.
    fn version(self) -> usize {
        self.change.version() + self.reschedule.version()
    }
}

/// The details of the campaign named in the path.
#[component]
pub fn DetailsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let deeds = Deeds {
        change: Deed::of::<ChangeStatus>(),
        reschedule: Deed::of::<Reschedule>(),
        delete: Deed::of::<DeleteCampaign>(),
    };
    let details = Resource::<_, Json>::new_with_options(
        move || (id.get(), deeds.version()),
        |(id, _)| load_details(id),
        false,
    );
    let content = move || {
        details.get().map(|answer| match answer {
            Ok(details) => view! { <Loaded details deeds/> }.into_any(),
            Err(AppError::Refused(Refusal::NotFound { .. })) => {
                view! { <NotFoundPage/> }.into_any()
            }
            Err(error) => view! {
                <PageHeader title="Details"/>
                <Notice tone=Tone::Bad>{error.to_string()}</Notice>
            }
            .into_any(),
        })
    };
    view! { <Transition>{content}</Transition> }.into_any()
}

#[component]
fn Loaded(details: Details, deeds: Deeds) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let Details {
        card,
        obstacle,
        address,
    } = details;
    let campaign = card.campaign.clone();
    let newest = follow(card);
    let status = Memo::new(move |_| newest.with(|card| card.campaign.status));
    let may_edit = session.may(Role::Editor);
    let crumbs = vec![
        Crumb::new(Route::tab(campaign.kind).href(), "Performance Reports"),
        Crumb::new(Route::tab(campaign.kind).href(), kind_label(&campaign)),
    ];
    let meta = meta_line(&campaign, &session);
    let trash = {
        let campaign = campaign.clone();
        move || may_edit.then(|| view! { <Trash campaign obstacle action=deeds.delete/> })
    };
    let error = move || {
        deeds
            .error()
            .map(|error| view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> })
    };
    let how_to = {
        let campaign = campaign.clone();
        (may_edit && campaign.first_event_at.is_none())
            .then(|| view! { <HowToSend campaign address/> })
    };
    let actions = {
        let session = session.clone();
        move || {
            let _ = status.get();
            let campaign = newest.with_untracked(|card| card.campaign.clone());
            view! { <Actions campaign deeds session=session.clone()/> }
        }
    };
    view! {
        <PageHeader
            title=campaign.name.clone()
            crumbs
            badge=move || view! { <StatusPill status/> }
            meta=move || view! { <p class="head__meta">{meta}</p> }
            actions=trash
        />
        {error}
        <div class="details">
            <div class="details__main">
                {actions}
                <Progress card=newest/>
                {how_to}
            </div>
            <Facts card=newest session/>
        </div>
    }
    .into_any()
}

/// The card as the live stream brings it up to date.
fn follow(card: CampaignCard) -> Memo<CampaignCard> {
    let id = card.campaign.id.clone();
    let live = use_live(LiveScope::Campaign(id.clone()), card.campaign.version);
    Memo::new(move |last: Option<&CampaignCard>| {
        let brought = live.with(|change| {
            change
                .as_ref()
                .and_then(|c| c.cards.iter().find(|c| c.campaign.id == id).cloned())
        });
        let last = last.unwrap_or(&card);
        brought
            .filter(|b| b.campaign.version >= last.campaign.version)
            .unwrap_or_else(|| last.clone())
    })
}

fn kind_label(campaign: &Campaign) -> &'static str {
    match campaign.kind {
        domain::CampaignKind::Messaging => "Messaging",
        domain::CampaignKind::Interactive => "Interactive Campaigns",
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
