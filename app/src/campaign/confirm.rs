//! What can't be undone with one click asks once.

use domain::{Campaign, CampaignStatus};
use leptos::{html::Dialog, prelude::*};

use crate::ui::{Deed, DeedForm, popover};

/// The words of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    title: &'static str,
    text: &'static str,
    keep: &'static str,
    go: &'static str,
}

/// The words for moving a campaign to a status.
fn words(to: CampaignStatus) -> Words {
    match to {
        CampaignStatus::Pending => Words {
            title: "Pause this campaign?",
            text: "Nobody can take part until it is resumed. What was recorded so far stays.",
            keep: "Keep it live",
            go: "Pause",
        },
        CampaignStatus::Completed => Words {
            title: "Complete this campaign?",
            text: "It stays completed: there is no way back. Receipts and reactions that arrive later still count.",
            keep: "Not yet",
            go: "Complete",
        },
        _ => Words {
            title: "Change the status?",
            text: "The campaign moves on in its life. Some steps have no way back.",
            keep: "Cancel",
            go: "Change",
        },
    }
}

/// The one confirmation dialog before a change of status. A button with `popovertarget` set to its id opens
/// it, with or without scripts.
///
/// # On the server
/// The closed dialog with a plain form.
#[component]
pub fn ConfirmStatus(
    /// Id of the dialog.
    id: String,
    /// The campaign.
    campaign: Campaign,
    /// Where it would go.
    to: CampaignStatus,
    /// What moves it; the page watches it for the outcome.
    action: Deed,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let words = words(to);
    view! {
        <Ask id=id.clone() node name=campaign.name words>
            <DeedForm action on_send=move |()| popover::close(node) attr:class="dialog__actions">
                <input type="hidden" name="id" value=campaign.id/>
                <input type="hidden" name="status" value=to.as_str()/>
                <button type="button" class="button" popovertarget=id popovertargetaction="hide">{words.keep}</button>
                <button type="submit" class="button button--primary">{words.go}</button>
            </DeedForm>
        </Ask>
    }
    .into_any()
}

/// The confirmation before a Live campaign is paused, as the card and the report have it.
///
/// # On the server
/// The closed dialog with a plain form.
#[component]
pub fn PauseDialog(
    /// Id of the dialog.
    id: String,
    /// The campaign.
    campaign: Campaign,
    /// What pauses it; the page watches it for the outcome.
    action: Deed,
) -> impl IntoView {
    view! { <ConfirmStatus id campaign to=CampaignStatus::Pending action/> }.into_any()
}

/// The confirmation before a campaign is deleted.
///
/// # On the server
/// The closed dialog with a plain form.
#[component]
pub fn ConfirmDelete(
    /// Id of the dialog.
    id: String,
    /// The campaign.
    campaign: Campaign,
    /// What deletes it.
    action: Deed,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    let words = Words {
        title: "Delete this campaign?",
        text: "It is removed for good. Nothing was recorded for it, so no figure changes.",
        keep: "Keep it",
        go: "Delete",
    };
    view! {
        <Ask id=id.clone() node name=campaign.name words>
            <DeedForm action on_send=move |()| popover::close(node) attr:class="dialog__actions">
                <input type="hidden" name="id" value=campaign.id/>
                <button type="button" class="button" popovertarget=id popovertargetaction="hide">{words.keep}</button>
                <button type="submit" class="button button--danger">{words.go}</button>
            </DeedForm>
        </Ask>
    }
    .into_any()
}

#[component]
fn Ask(
    id: String,
    node: NodeRef<Dialog>,
    name: String,
    words: Words,
    children: Children,
) -> impl IntoView {
    let title = format!("{id}-title");
    let labelled_by = title.clone();
    view! {
        <dialog class="dialog" id=id popover="auto" node_ref=node aria-labelledby=labelled_by>
            <h2 id=title>{words.title}</h2>
            <div class="dialog__text">
                <p><strong>{name}</strong></p>
                <p>{words.text}</p>
            </div>
            {children()}
        </dialog>
    }
    .into_any()
}
