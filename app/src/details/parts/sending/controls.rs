//! Suspend, resume, cancel the rest.

use domain::{Campaign, sending::Phase};
use leptos::prelude::*;

use crate::{
    details::view_model::is_moving,
    ui::{Ask, Deed, DeedForm, Icon, IconName, Words},
};

/// What can be done while it goes out.
#[component]
pub(super) fn Controls(campaign: Campaign, phase: Phase, action: Deed) -> impl IntoView {
    let id = campaign.id.clone();
    let step = |icon: IconName, control: &'static str, label: &'static str| {
        let id = id.clone();
        view! {
            <DeedForm action>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="control" value=control/>
                <button type="submit" class="button" disabled=action.pending()><Icon name=icon/>{label}</button>
            </DeedForm>
        }
        .into_any()
    };
    let step = if is_moving(phase) {
        Some(step(IconName::Pause, "suspend", "Suspend"))
    } else {
        (phase == Phase::Suspended).then(|| step(IconName::Play, "resume", "Resume"))
    };
    let cancel = (phase != Phase::Done).then(|| view! { <CancelRest campaign action/> });
    view! { {step} {cancel} }.into_any()
}

#[component]
fn CancelRest(campaign: Campaign, action: Deed) -> impl IntoView {
    let words = Words {
        title: "Cancel the rest of this campaign?".to_owned(),
        subject: campaign.name,
        text: "What wasn’t handed over yet is never sent, and the campaign is completed. There is no way back; to pause it, suspend it.",
        keep: "Keep sending",
        go: "Cancel the rest".to_owned(),
    };
    view! {
        <Ask
            id="cancel-rest"
            label="Cancel the rest"
            class="button button--danger"
            go_class="button button--danger"
            words
            fields=vec![("id", campaign.id), ("control", "cancel_rest".to_owned())]
            action
        />
    }
    .into_any()
}
