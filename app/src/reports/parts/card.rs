//! One campaign in a list.

use domain::{CampaignStatus, campaign::CampaignCard, user::Role};
use leptos::prelude::*;

use super::super::{list::List, view_model::actions};
use crate::{
    campaign::{Figures, PauseDialog, StatusPill, type_icon},
    routes::Route,
    session::Session,
    ui::{Deed, Icon, IconName},
};

/// A card: who on the left, how it stands in the middle, what can be done on the right.
#[component]
pub(super) fn Card(
    /// As it was when the page was read; the live stream brings newer ones.
    card: CampaignCard,
    /// The list it stands in.
    list: List,
    /// Who looks at it.
    session: Session,
    /// Pauses a Live campaign.
    pause: Deed,
) -> impl IntoView {
    let campaign = card.campaign.clone();
    let (id, key) = (campaign.id.clone(), campaign.id.clone());
    let newest = Memo::new(move |_| {
        list.changed
            .with(|changed| changed.get(&id).cloned())
            .filter(|changed| changed.campaign.version >= card.campaign.version)
            .unwrap_or_else(|| card.clone())
    });
    let name = Memo::new(move |_| newest.with(|card| card.campaign.name.clone()));
    let sender = Memo::new(move |_| newest.with(|card| card.campaign.sender.clone()));
    let open = move || {
        newest.with(|card| {
            actions(&card.campaign)
                .into_iter()
                .next()
                .map(|(_, route)| route.href())
        })
    };
    let status = Memo::new(move |_| newest.with(|card| card.campaign.status));
    let may_pause = session.may(Role::Editor);
    let buttons = move || {
        // Only the status decides what can be done: figures may move without touching the buttons.
        let campaign = (
            status.get(),
            newest.with_untracked(|card| card.campaign.clone()),
        )
            .1;
        buttons(campaign, may_pause.then_some(pause))
    };
    let created = session.time(campaign.created_at);
    let created_iso = session.iso(campaign.created_at);
    let (label, number) = (campaign.campaign_type.label(), campaign.number);
    view! {
        <li class="card" data-campaign=key>
            <div class="card__who">
                <span class="card__icon"><Icon name=type_icon(campaign.campaign_type)/></span>
                <div class="card__text">
                    <h2 class="card__name"><a href=open title=name>{name}</a></h2>
                    <p class="card__meta">
                        <span class="card__sender" title=sender>{sender}</span>
                        <span class="card__type">{label}</span>
                        <span class="card__number">{format!("#{number}")}</span>
                    </p>
                </div>
            </div>
            <div class="card__state">
                <StatusPill status/>
                <time class="card__created" datetime=created_iso.clone() title=created_iso>{created}</time>
            </div>
            <Figures card=newest session/>
            <div class="card__actions">{buttons}</div>
        </li>
    }
    .into_any()
}

fn buttons(campaign: domain::Campaign, pause: Option<Deed>) -> AnyView {
    let links = actions(&campaign)
        .into_iter()
        .map(|(label, route): (_, Route)| {
            let description = format!("{label}: {}", campaign.name);
            view! { <a class="button" href=route.href() aria-label=description>{label}</a> }
        })
        .collect_view();
    let pause = pause.filter(|_| campaign.status == CampaignStatus::Live).map(|action| {
        let id = format!("pause-{}", campaign.id);
        let description = format!("Pause: {}", campaign.name);
        view! {
            <button type="button" class="button button--icon" popovertarget=id.clone() aria-label=description title="Pause">
                <Icon name=IconName::Pause/>
            </button>
            <PauseDialog id campaign action/>
        }
    });
    view! { {pause} {links} }.into_any()
}
