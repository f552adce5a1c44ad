//! What can be done, by status and role.

use domain::{Campaign, CampaignKind, CampaignStatus, user::Role};
use leptos::prelude::*;

use super::super::deeds::Deeds;
use crate::{
    campaign::ConfirmStatus,
    routes::Route,
    session::Session,
    ui::{DeedForm, Icon, IconName},
};
use CampaignStatus::{Completed, Draft, InProgress, Live, Pending, Processing, Scheduled};

/// What the status means, and the next steps from it.
#[component]
pub(in crate::details) fn Actions(
    campaign: Campaign,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let (title, text) = sentence(campaign.kind, campaign.status);
    let may_edit = session.may(Role::Editor);
    let report = matches!(campaign.status, Completed | InProgress | Live).then(|| {
        let label = if campaign.status == Completed {
            "Report"
        } else {
            "Interim report"
        };
        let href = Route::Report(campaign.kind, campaign.id.clone()).href();
        view! { <a class="button button--primary" href=href>{label}</a> }
    });
    let date = (may_edit && has_date(campaign.kind, campaign.status))
        .then(|| view! { <DateForm campaign=campaign.clone() deeds session/> });
    let steps = may_edit.then(|| {
        next_steps(&campaign)
            .into_iter()
            .map(|step| step_view(step, &campaign, deeds))
            .collect_view()
    });
    view! {
        <section class="panel" aria-labelledby="actions-title">
            <h2 id="actions-title" class="panel__title">{title}</h2>
            <p class="panel__lead">{text}</p>
            {date}
            <div class="form__actions">{report} {steps}</div>
        </section>
    }
    .into_any()
}

fn sentence(kind: CampaignKind, status: CampaignStatus) -> (&'static str, &'static str) {
    match (kind, status) {
        (CampaignKind::Messaging, Scheduled) => (
            "Scheduled",
            "Delivery is set for a date in the future. Change it here, or delete the campaign.",
        ),
        (CampaignKind::Messaging, Pending) => (
            "No delivery date",
            "Set a date, say that sending has begun, or delete the campaign.",
        ),
        (CampaignKind::Messaging, InProgress) => (
            "In progress",
            "Messages are being sent. The interim report shows what came of them so far.",
        ),
        (CampaignKind::Messaging, _) => (
            "Completed",
            "All messages were submitted. The report has the results.",
        ),
        (CampaignKind::Interactive, Draft) => (
            "Draft",
            "Saved, not published. Publish it now, set a date, or delete it.",
        ),
        (CampaignKind::Interactive, Live) => (
            "Live",
            "Open for participation. Pause it to make changes, or close it for good.",
        ),
        (CampaignKind::Interactive, Pending) => {
            ("Paused", "Nobody can take part until it is resumed.")
        }
        (CampaignKind::Interactive, Scheduled) => (
            "Scheduled",
            "It goes live on a date in the future. Change it here.",
        ),
        (CampaignKind::Interactive, Processing) => (
            "Processing",
            "It is being prepared and submitted. The report opens when it is live or completed.",
        ),
        (CampaignKind::Interactive, _) => (
            "Completed",
            "Participation is closed. The report has the results.",
        ),
    }
}

fn has_date(kind: CampaignKind, status: CampaignStatus) -> bool {
    match kind {
        CampaignKind::Messaging => matches!(status, Scheduled | Pending),
        CampaignKind::Interactive => matches!(status, Scheduled | Draft),
    }
}

/// A step: what the button says, where it leads, and whether it asks first.
type Step = (&'static str, CampaignStatus, bool);

/// The steps offered from a status; dates have their own form.
fn next_steps(campaign: &Campaign) -> Vec<Step> {
    match (campaign.kind, campaign.status) {
        (CampaignKind::Messaging, Pending) => vec![("Mark as sending", InProgress, false)],
        (CampaignKind::Messaging, InProgress) => vec![("Mark as completed", Completed, true)],
        (CampaignKind::Interactive, Draft) => vec![("Publish", Processing, false)],
        (CampaignKind::Interactive, Processing) => vec![("Mark as live", Live, false)],
        (CampaignKind::Interactive, Live) => {
            vec![
                ("Pause", Pending, true),
                ("Close participation", Completed, true),
            ]
        }
        (CampaignKind::Interactive, Pending) => {
            vec![
                ("Resume", Live, false),
                ("Close participation", Completed, true),
            ]
        }
        _ => Vec::new(),
    }
}

fn step_view((label, to, asks): Step, campaign: &Campaign, deeds: Deeds) -> AnyView {
    let campaign = campaign.clone();
    let icon = match to {
        Pending => Some(IconName::Pause),
        Live => Some(IconName::Play),
        _ => None,
    }
    .map(|name| view! { <Icon name/> });
    if asks {
        let id = format!("confirm-{to}");
        return view! {
            <button type="button" class="button" popovertarget=id.clone()>{icon}{label}</button>
            <ConfirmStatus id campaign to action=deeds.change/>
        }
        .into_any();
    }
    view! {
        <DeedForm action=deeds.change>
            <input type="hidden" name="id" value=campaign.id/>
            <input type="hidden" name="status" value=to.as_str()/>
            <button type="submit" class="button button--primary" disabled=deeds.change.pending()>{icon}{label}</button>
        </DeedForm>
    }
    .into_any()
}

#[component]
fn DateForm(campaign: Campaign, deeds: Deeds, session: Session) -> impl IntoView {
    let at = campaign
        .scheduled_at
        .map(|at| session.zone.local(at).format("%Y-%m-%dT%H:%M").to_string());
    let at = deeds.reschedule.kept("at", at);
    let verb = if campaign.status == Scheduled {
        "Change date"
    } else {
        "Set date"
    };
    view! {
        <DeedForm action=deeds.reschedule attr:class="form__row details__date">
            <input type="hidden" name="id" value=campaign.id/>
            <label class="field">
                <span class="field__label">{format!("Date and time, {}", session.zone.name)}</span>
                <input class="input" type="datetime-local" name="at" required=true value=at/>
            </label>
            <button type="submit" class="button button--accent" disabled=deeds.reschedule.pending()>{verb}</button>
        </DeedForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::campaign::transition;

    use super::*;

    #[test]
    fn every_step_offered_is_legal() {
        for kind in CampaignKind::ALL {
            for status in CampaignStatus::of_kind(kind) {
                let campaign = Campaign {
                    kind,
                    status: *status,
                    ..sample()
                };
                for (label, to, _) in next_steps(&campaign) {
                    assert!(
                        transition(kind, *status, to).is_ok(),
                        "{kind} {status}: {label}"
                    );
                }
                if has_date(kind, *status) {
                    assert!(
                        transition(kind, *status, Scheduled).is_ok(),
                        "{kind} {status}: date"
                    );
                }
            }
        }
    }

    fn sample() -> Campaign {
        Campaign {
            id: "c".into(),
            number: 1,
            external_id: None,
            name: "n".into(),
            kind: CampaignKind::Messaging,
            campaign_type: domain::CampaignType::Sms,
            sender: String::new(),
            status: Pending,
            created_at: chrono::DateTime::UNIX_EPOCH,
            scheduled_at: None,
            was_live: false,
            first_event_at: None,
            last_event_at: None,
            version: 1,
        }
    }
}
