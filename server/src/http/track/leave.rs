//! `/u/{token}` and `/p/{token}`: leaving, and choosing what one gets.
//!
//! Only a POST unsubscribes (RFC 8058): scanners fetch every address they see. It asks for no cookie, no sign-in and no
//! confirmation, and leads nowhere else.

use std::fmt::Write;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use content::track::Purpose;
use domain::{
    Channel, Event, EventKind,
    channel::AddressKind,
    contact::{Consent, Contact, SuppressionSource},
};
use http::Method;
use store::Origin;

use super::{event, message_of, page};
use crate::{http::openapi::escape, http::problem::Problem, state::AppState};

const UNKNOWN: &str = "This link isn't known.";

/// Asks whether somebody wants to leave.
pub(super) async fn ask(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let Some((_, _, message)) = message_of(&state, Purpose::Unsubscribe, &token).await? else {
        return Ok(page::unknown(UNKNOWN));
    };
    let body = format!(
        "<p class=\"door__lead\">You will get no more messages by {} from this sender.</p>\
         <form method=\"post\"><button class=\"button button--accent\">Unsubscribe</button></form>",
        escape(channel_words(message.channel)),
    );
    Ok(page::page("Unsubscribe?", &body).into_response())
}

/// Takes somebody off, whatever the body says: a mail program's one click, or the button of the page.
pub(super) async fn unsubscribe(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let Some((key, _, message)) = message_of(&state, Purpose::Unsubscribe, &token).await? else {
        return Ok(page::unknown(UNKNOWN));
    };
    leave(&state, &key, &message, None, message.channel).await?;
    let keys = state.tracking.keys(&state.store, &state.clock).await?;
    let choose = keys.sign(Purpose::Preferences, &key, 0);
    let body = format!(
        "<p class=\"door__lead\">You will get no more messages by {} from this sender.</p>\
         <p><a href=\"/p/{choose}\">Choose what you get</a></p>",
        escape(channel_words(message.channel)),
    );
    Ok(page::page("You are unsubscribed", &body).into_response())
}

/// What somebody gets, to be changed.
pub(super) async fn preferences(
    State(state): State<AppState>,
    Path(token): Path<String>,
    method: Method,
) -> Result<Response, Problem> {
    shown(&state, &token, method == Method::POST).await
}

/// Changes what somebody gets.
pub(super) async fn prefer(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Form(chosen): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let Some((key, _, message)) = message_of(&state, Purpose::Preferences, &token).await? else {
        return Ok(page::unknown(UNKNOWN));
    };
    let now = state.clock.now();
    let contact = state
        .store
        .contact_of_message(message.workspace, &key)
        .await?;
    let Some(contact) = contact else {
        return Ok(page::unknown(UNKNOWN));
    };
    for channel in offered(&contact, &message) {
        let wanted = chosen.iter().any(|(name, _)| name == channel.as_str());
        let has = contact.consents[usize::from(channel.code())] == Consent::Subscribed
            && !contact.suppressed.iter().any(|(held, _)| *held == channel);
        match (wanted, has) {
            (false, true) => leave(&state, &key, &message, Some(&contact), channel).await?,
            (true, false) => {
                let Some(address) = address_of(&contact, &message, channel) else {
                    continue;
                };
                state
                    .store
                    .set_consent(
                        message.workspace,
                        channel,
                        &address,
                        Consent::Subscribed,
                        now,
                    )
                    .await?;
            }
            _ => {}
        }
    }
    shown(&state, &token, true).await
}

async fn shown(state: &AppState, token: &str, is_saved: bool) -> Result<Response, Problem> {
    let Some((key, _, message)) = message_of(state, Purpose::Preferences, token).await? else {
        return Ok(page::unknown(UNKNOWN));
    };
    let contact = state
        .store
        .contact_of_message(message.workspace, &key)
        .await?;
    let Some(contact) = contact else {
        return Ok(page::unknown(UNKNOWN));
    };
    let mut body = String::new();
    if is_saved {
        body.push_str("<p class=\"notice notice--good\" role=\"status\">Your choice is saved.</p>");
    }
    body.push_str("<p class=\"door__lead\">Messages from this sender reach you by:</p><form method=\"post\" class=\"form\">");
    for channel in offered(&contact, &message) {
        let has = contact.consents[usize::from(channel.code())] == Consent::Subscribed
            && !contact.suppressed.iter().any(|(held, _)| *held == channel);
        let _ = write!(
            body,
            "<label class=\"choice\"><input type=\"checkbox\" name=\"{}\" value=\"true\"{}> {}</label>",
            channel.as_str(),
            if has { " checked" } else { "" },
            escape(channel.label()),
        );
    }
    body.push_str("<button class=\"button button--accent\">Save</button></form>");
    Ok(page::page("What you get", &body).into_response())
}

/// The channels on which this person can be reached. Devices are known by what was sent to them only.
fn offered(contact: &Contact, message: &Origin) -> Vec<Channel> {
    Channel::ALL
        .into_iter()
        .filter(|channel| address_of(contact, message, *channel).is_some())
        .collect()
}

fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "e-mail",
        Channel::Push => "push notification",
        _ => channel.label(),
    }
}

/// Where a channel reaches this person: where the message went, for its own channel.
fn address_of(contact: &Contact, message: &Origin, channel: Channel) -> Option<String> {
    if channel == message.channel {
        return Some(message.address.clone());
    }
    match channel.address_kind() {
        AddressKind::Phone => contact.phone.clone(),
        AddressKind::Email => contact.email.clone(),
        AddressKind::Device => None,
    }
}

/// Takes somebody off a channel, and tells the campaign's report if it was by its channel.
async fn leave(
    state: &AppState,
    key: &str,
    message: &Origin,
    contact: Option<&Contact>,
    channel: Channel,
) -> Result<(), Problem> {
    let (now, ws) = (state.clock.now(), message.workspace);
    let address = match contact {
        Some(contact) => address_of(contact, message, channel),
        None => Some(message.address.clone()),
    };
    let Some(address) = address else {
        return Ok(());
    };
    let store = &state.store;
    store
        .suppress(
            ws,
            channel,
            &address,
            SuppressionSource::User,
            None,
            Some(message.campaign),
            now,
        )
        .await?;
    store
        .set_consent(ws, channel, &address, Consent::Unsubscribed, now)
        .await?;
    if channel != message.channel {
        return Ok(());
    }
    let event = Event {
        reason: Some("One click".to_owned()),
        // Once: whoever clicks twice left once.
        ..event(
            format!("u:{key}"),
            (key, message),
            EventKind::Unsubscribed,
            now,
        )
    };
    let policy = state.policies.of(&state.store, message.workspace).await?;
    let fact = state.enrich.fact(event, policy, now.timestamp_micros());
    state.store.ingest(message.workspace, vec![fact]).await?;
    Ok(())
}
