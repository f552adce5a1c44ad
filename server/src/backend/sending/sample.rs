//! Whom a message is shown with.

use content::{CompileOptions, Values};
use domain::{Channel, contact::Contact};
use store::SendingInfo;

use crate::{auth::Signed, backend::visible::masked_for, state::AppState};

/// Values of the `n`th person of the audience, as the asker sees them, and their address, which is still to be masked;
/// made-up ones where there is nobody.
pub(super) async fn values(
    state: &AppState,
    by: &Signed,
    info: &SendingInfo,
    n: u32,
) -> store::Result<(Values, String)> {
    let (ws, now) = (by.workspace.id, state.clock.now());
    let audience = &info.draft.audience;
    let found = state
        .store
        .sample_contact(ws, info.channel, audience, n, now)
        .await;
    let contact = match found {
        Ok(contact) => contact,
        // An audience that can't be read is told at its own step.
        Err(store::Error::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    let (mut values, recipient) = match contact {
        Some(contact) => {
            let address = address(info.channel, &contact).unwrap_or_default();
            let contact = masked_for(&by.principal, contact);
            (Values::of_contact(&contact), address)
        }
        None => (made_up(), String::new()),
    };
    values.set("campaign", &info.campaign.name);
    Ok((values, recipient))
}

/// An arm as it was sent, with the clicks beside its links.
pub(super) async fn click_map(
    state: &AppState,
    by: &Signed,
    id: &str,
    variant: &str,
) -> store::Result<Option<String>> {
    let ws = by.workspace.id;
    let Some(info) = state.store.sending_if_ours(ws, id).await? else {
        return Ok(None);
    };
    let arm = info.draft.variants.iter().find(|arm| arm.name == variant);
    let Some(content) = arm.map(|arm| arm.content.clone()) else {
        return Ok(None);
    };
    let clicks = state.store.clicks_by_position(ws, id).await?;
    let clicks = clicks
        .into_iter()
        .filter(|link| link.variant == variant)
        .map(|link| (link.position, link.clicks))
        .collect();
    let options = CompileOptions {
        variant: variant.to_owned(),
        base: state.settings.base_url.origin().to_owned(),
        tracks_links: true,
        untracked: info.draft.untracked.iter().cloned().collect(),
        tracks_opens: false,
    };
    let (values, _) = values(state, by, &info, 0).await?;
    delivery::work::bounded(move || content::click_map(&content, &values, &options, &clicks)).await
}

fn address(channel: Channel, contact: &Contact) -> Option<String> {
    match channel {
        Channel::Email => contact.email.clone(),
        Channel::Push => Some(contact.name.clone()),
        _ => contact.phone.clone(),
    }
}

/// Somebody who doesn't exist: numbers and domains reserved for that (RFC 2606; 555-01xx).
fn made_up() -> Values {
    let mut values = Values::new();
    for (name, value) in [
        ("name", "Alex Sample"),
        ("email", "alex@example.com"),
        ("phone", "+12025550123"),
        ("time_zone", "Europe/Madrid"),
    ] {
        values.set(name, value);
    }
    values
}
