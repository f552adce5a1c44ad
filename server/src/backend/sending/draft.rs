//! What a campaign is going to be.

use delivery::work::bounded;
use domain::{
    Channel, Refusal,
    audience::{Audience, TYPED_MAX},
    masking,
    sending::{Draft, Editing, Step},
};
use store::SendingInfo;

use crate::{auth::Signed, backend::visible::masked_for, state::AppState};

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
    let known = state.store.sending(ws, id).await?;
    let channel = known.channel;
    let is_other = |content: &domain::content::Content| content.channel() != channel;
    if draft
        .variants
        .iter()
        .any(|variant| is_other(&variant.content))
    {
        let text = format!("write a message for {}", channel.label());
        return Err(Refusal::invalid("content", text).into());
    }
    // A page sends the whole draft with each step, and with it an audience of which its editor saw a part.
    draft.audience = meant_audience(state, by, draft.audience, &known.draft.audience).await?;
    if step == Step::Recipients {
        draft.audience = checked_audience(channel, draft.audience)?;
    }
    let draft = bearable(draft).await?;
    let info = state
        .store
        .save_draft(ws, id, step, name, &draft, now)
        .await?;
    Ok(masked_for(&by.principal, editing(state, info).await?))
}

/// An audience as the asker means it. Who sees contacts masked may leave what they see as it was, and asks for nobody's
/// address part by part. What an admin chose before stays what it is.
///
/// # Errors
/// [`Refusal::Invalid`] for a comparison by parts of what is masked for the asker.
pub(super) async fn meant_audience(
    state: &AppState,
    by: &Signed,
    given: Audience,
    known: &Audience,
) -> store::Result<Audience> {
    if by.principal.sees_contacts() {
        return Ok(given);
    }
    let audience = masking::restore(given, known)?;
    if audience == *known {
        return Ok(audience);
    }
    for name in masking::check_comparisons(&audience)? {
        if state
            .store
            .has_hidden_values(by.workspace.id, &name)
            .await?
        {
            let text = format!(
                "Some values of {name} are addresses or numbers, which are masked for you: compare it by is, present or absent."
            );
            return Err(Refusal::invalid("audience", text).into());
        }
    }
    Ok(audience)
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
