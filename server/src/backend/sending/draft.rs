//! What a campaign is going to be.

use delivery::work::bounded;
use domain::{
    Channel, Refusal,
    audience::{Audience, TYPED_MAX},
    sending::{Draft, Editing, Step},
};
use store::SendingInfo;

use crate::{auth::Signed, state::AppState};

/// A campaign with what stands in its way, as far as that can be told without asking anybody.
pub(super) async fn editing(state: &AppState, info: SendingInfo) -> store::Result<Editing> {
    let base = state.settings.base_url.origin().to_owned();
    bounded(move || Editing {
        obstacles: content::obstacles(&info.draft, info.channel, &info.campaign.name),
        links: delivery::links(&info.draft, &base),
        phase: info.phase,
        campaign: info.campaign,
        draft: info.draft,
    })
    .await
}

/// A draft that can be looked at within the limits of memory, stack and time; nothing else is stored.
async fn bearable(draft: Draft) -> store::Result<Draft> {
    let draft = bounded(move || {
        let is_alone = draft.variants.len() == 1;
        let problem = draft.variants.iter().find_map(|variant| {
            let problem = content::limit(&variant.content)?;
            Some(match is_alone {
                true => Refusal::invalid(problem.field, problem.message),
                false => {
                    let field = format!("{}.{}", variant.name, problem.field);
                    Refusal::invalid(field, problem.message)
                }
            })
        });
        problem.map_or(Ok(draft), Err)
    })
    .await?;
    Ok(draft?)
}

/// Saves a step.
pub(super) async fn save(
    state: &AppState,
    by: &Signed,
    id: &str,
    step: Step,
    name: &str,
    mut draft: Draft,
) -> store::Result<Editing> {
    let (ws, now) = (by.workspace.id, state.clock.now());
    let channel = state.store.sending(ws, id).await?.channel;
    let is_other = |content: &domain::content::Content| content.channel() != channel;
    if draft
        .variants
        .iter()
        .any(|variant| is_other(&variant.content))
    {
        let text = format!("write a message for {}", channel.label());
        return Err(Refusal::invalid("content", text).into());
    }
    if step == Step::Recipients {
        draft.audience = checked_audience(channel, draft.audience)?;
    }
    let draft = bearable(draft).await?;
    let info = state
        .store
        .save_draft(ws, id, step, name, &draft, now)
        .await?;
    editing(state, info).await
}

/// An audience whose typed addresses are in the form in which they are kept.
///
/// # Errors
/// [`Refusal::Invalid`] naming the line, never the address.
pub(super) fn checked_audience(channel: Channel, audience: Audience) -> Result<Audience, Refusal> {
    let Audience::Typed { addresses } = audience else {
        return Ok(audience);
    };
    if addresses.len() > TYPED_MAX {
        let text = format!("type at most {TYPED_MAX} addresses; import a file for more");
        return Err(Refusal::invalid("audience", text));
    }
    let mut checked = Vec::with_capacity(addresses.len());
    let lines = addresses.iter().enumerate();
    for (n, address) in lines.filter(|(_, address)| !address.trim().is_empty()) {
        let address = people::check_address(channel, address, None)
            .map_err(|words| Refusal::invalid("audience", format!("line {}: {words}", n + 1)))?;
        if !checked.contains(&address) {
            checked.push(address);
        }
    }
    Ok(Audience::Typed { addresses: checked })
}
