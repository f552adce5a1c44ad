//! *Campaign Overview* of a campaign that is sent from here: what it says, what was answered, whom to write to again.

use domain::{CampaignStatus, CampaignType, Channel, sending::Reply, user::Role};
use leptos::prelude::*;

use super::Shown;
use crate::{
    campaign::Preview,
    codec::Json,
    layout::Trouble,
    number::plural,
    report::{
        api::{Sent, WriteAgain, load_sent},
        view_model::follow_ups,
    },
    session::{Session, use_session},
    ui::{Deed, DeedForm},
};

/// The panels below the facts.
#[component]
pub(super) fn SentParts(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let campaign = id.clone();
    let sent =
        Resource::<_, Json>::new_with_options(|| (), move |()| load_sent(campaign.clone()), true);
    let campaign_type = shown
        .answer
        .with_untracked(|answer| answer.card.campaign.campaign_type);
    let session = StoredValue::new(use_session());
    let content = {
        let id = id.clone();
        move || {
            Some(match sent.try_get().flatten()? {
                Ok(sent) => {
                    session.with_value(|session| parts(&id, campaign_type, sent, session.as_ref()))
                }
                Err(error) => view! { <Trouble error/> }.into_any(),
            })
        }
    };
    view! {
        <FollowUps id shown campaign_type/>
        <Transition fallback=|| view! { <div class="report-skeleton report-skeleton--chart" aria-busy="true"></div> }>{content}</Transition>
    }
    .into_any()
}

fn parts(id: &str, campaign_type: CampaignType, sent: Sent, session: Option<&Session>) -> AnyView {
    let channel = Channel::of_type(campaign_type).unwrap_or_default();
    let several = sent.previews.len() > 1;
    let previews = sent
        .previews
        .into_iter()
        .map(|preview| {
            let title = if several {
                format!("Variant {}", preview.variant)
            } else {
                "Message".to_owned()
            };
            let label = title.clone();
            view! {
                <section class="panel" aria-label=label>
                    <div class="panel__head"><h2>{title}</h2></div>
                    <Preview id=id.to_owned() channel preview/>
                </section>
            }
        })
        .collect_view();
    let replies = (!sent.replies.is_empty()).then(|| replies(sent.replies, session));
    view! {
        <div class="previews" class:previews--mail=channel == Channel::Email>{previews}</div>
        {replies}
    }
    .into_any()
}

fn replies(replies: Vec<Reply>, session: Option<&Session>) -> AnyView {
    let title = plural(replies.len() as u64, "reply", "replies");
    let rows = replies
        .into_iter()
        .map(|reply| {
            let at = session.map(|s| (s.time(reply.at), s.iso(reply.at)));
            let (shown, iso) = at.unwrap_or_default();
            let keyword = reply
                .keyword
                .map(|word| view! { " "<span class="mark mark--quiet">{word.to_uppercase()}</span> });
            view! {
                <li class="reply">
                    <p class="reply__head"><strong>{reply.sender}</strong>{keyword}" "<time datetime=iso.clone() title=iso>{shown}</time></p>
                    <p class="reply__text">{reply.text}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="replies">
            <div class="panel__head"><h2 id="replies">{title}</h2></div>
            <ul class="replies">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Buttons that make the next campaign.
#[component]
fn FollowUps(id: String, shown: Shown, campaign_type: CampaignType) -> impl IntoView {
    let action = Deed::of::<WriteAgain>();
    let may = use_session().is_some_and(|session| session.may(Role::Editor));
    let has_gone_out = shown.derive(|answer| {
        let campaign = &answer.card.campaign;
        matches!(
            campaign.status,
            CampaignStatus::InProgress | CampaignStatus::Completed
        ) && campaign.first_event_at.is_some()
    });
    let refused = move || {
        action
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Trouble error/> })
    };
    move || {
        (may && has_gone_out.get()).then(|| {
            let buttons = follow_ups(campaign_type)
                .into_iter()
                .map(|(who, label)| {
                    view! {
                        <button type="submit" class="button" name="who" value=who.as_str() disabled=action.pending()>{label}</button>
                    }
                })
                .collect_view();
            let id = id.clone();
            view! {
                <section class="panel again" aria-labelledby="again">
                    <h2 id="again">"Write again"</h2>
                    <p class="panel__lead">"Makes a new campaign for people among your contacts. Nothing is sent before you say so."</p>
                    {refused}
                    <DeedForm action attr:class="form__actions">
                        <input type="hidden" name="id" value=id/>
                        {buttons}
                    </DeedForm>
                </section>
            }
        })
    }
}
