//! The bin: it deletes, or says why not.

use domain::Campaign;
use leptos::prelude::*;

use crate::{
    campaign::ConfirmDelete,
    ui::{Deed, Icon, IconName},
};

/// A bin that asks before it deletes. It is disabled, with the reason beside it, while rules forbid deleting.
#[component]
pub(in crate::details) fn Trash(
    campaign: Campaign,
    obstacle: Option<String>,
    action: Deed,
) -> impl IntoView {
    match obstacle {
        Some(reason) => view! {
            <button
                type="button"
                class="button button--icon"
                disabled=true
                aria-label="Delete"
                aria-describedby="delete-reason"
                title=reason.clone()
            >
                <Icon name=IconName::Trash/>
            </button>
            <p id="delete-reason" class="head__reason">{reason}</p>
        }
        .into_any(),
        None => view! {
            <button
                type="button"
                class="button button--icon button--danger"
                popovertarget="delete"
                aria-label="Delete"
                title="Delete"
            >
                <Icon name=IconName::Trash/>
            </button>
            <ConfirmDelete id="delete".to_owned() campaign action/>
        }
        .into_any(),
    }
}
