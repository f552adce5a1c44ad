//! *New campaign*: a name, a type, and who sends it.

use domain::{CampaignKind, CampaignType, user::Role};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::CreateCampaign;
use crate::{
    layout::{Crumb, PageHeader},
    routes::Route,
    session::use_session,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// *New campaign*.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let query = use_query_map().get_untracked();
    let kind = query
        .get("kind")
        .and_then(|kind| kind.parse().ok())
        .unwrap_or_default();
    let crumbs = vec![Crumb::new(Route::tab(kind).href(), "Performance Reports")];
    if !session.may(Role::Editor) {
        return view! {
            <PageHeader title="New campaign" crumbs/>
            <Notice tone=Tone::Info>"Editors and admins make campaigns. Ask an admin for that role."</Notice>
        }
        .into_any();
    }
    let action = Deed::of::<CreateCampaign>();
    let error = move || {
        action
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Notice tone=Tone::Bad>{error.to_string()}</Notice> })
    };
    let date_label = format!("Goes out, {} (optional)", session.zone.name);
    view! {
        <PageHeader title="New campaign" crumbs/>
        <div class="sheet">
            {error}
            <DeedForm action attr:class="panel form start">
                <label class="field">
                    <span class="field__label">"Name"</span>
                    <input class="input" name="name" required=true maxlength="200" autocomplete="off" autofocus=true value=action.kept("name", None)/>
                </label>
                <label class="field">
                    <span class="field__label">"Type"</span>
                    <select class="input" name="campaign_type">{types(kind, action)}</select>
                </label>
                <Ways action/>
                <div class="start__elsewhere form">
                    <label class="field">
                        <span class="field__label">"Sender"</span>
                        <input class="input" name="sender" maxlength="200" autocomplete="off" value=action.kept("sender", None)/>
                        <span class="field__hint">"Number, address, app, agent or account it comes from"</span>
                    </label>
                    <label class="field">
                        <span class="field__label">"External id (optional)"</span>
                        <input class="input" name="external_id" maxlength="128" autocomplete="off" value=action.kept("external_id", None)/>
                        <span class="field__hint">"Your own id: events may name the campaign by it"</span>
                    </label>
                    <label class="field">
                        <span class="field__label">{date_label}</span>
                        <input class="input" type="datetime-local" name="at" value=action.kept("at", None)/>
                        <span class="field__hint">"Without a date it waits until you set one or events arrive"</span>
                    </label>
                </div>
                <div class="form__actions">
                    <button type="submit" class="button button--accent" disabled=action.pending()>"Create campaign"</button>
                    <a class="button" href=Route::tab(kind).href()>"Cancel"</a>
                </div>
            </DeedForm>
        </div>
    }
    .into_any()
}

/// Who sends it. Of interactive campaigns only the report is here: the question is hidden while one is chosen.
#[component]
fn Ways(action: Deed) -> impl IntoView {
    let is_here = action.chosen("how", "here", true);
    let is_elsewhere = action.chosen("how", "elsewhere", false);
    view! {
        <fieldset class="field start__ways">
            <legend class="field__label">"How it goes out"</legend>
            <div class="options">
                <label class="option">
                    <input type="radio" name="how" value="here" checked=is_here/>
                    <span class="option__text">
                        <span class="option__label">"Send it with Reportage"</span>
                        <span class="field__hint">"Choose recipients, write the message, send or schedule it: the next steps."</span>
                    </span>
                </label>
                <label class="option">
                    <input type="radio" name="how" value="elsewhere" class="start__other" checked=is_elsewhere/>
                    <span class="option__text">
                        <span class="option__label">"Another platform sends it; I only want the report"</span>
                        <span class="field__hint">"That platform posts what happens to each message."</span>
                    </span>
                </label>
            </div>
        </fieldset>
    }
    .into_any()
}

/// All types in two groups; the first of the tab one came from is chosen.
fn types(kind: CampaignKind, action: Deed) -> Vec<AnyView> {
    let first = CampaignType::of_kind(kind).next();
    let group = move |kind: CampaignKind| {
        let label = match kind {
            CampaignKind::Messaging => "Messaging",
            CampaignKind::Interactive => "Interactive",
        };
        let options = CampaignType::of_kind(kind)
            .map(|t| {
                let is_chosen = action.chosen("campaign_type", t.as_str(), Some(t) == first);
                view! { <option value=t.as_str() selected=is_chosen>{t.label()}</option> }
            })
            .collect_view();
        view! { <optgroup label=label>{options}</optgroup> }.into_any()
    };
    CampaignKind::ALL.map(group).into_iter().collect()
}
