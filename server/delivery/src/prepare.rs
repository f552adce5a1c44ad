//! From a draft to something that can be launched.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    audience::Audience,
    content::ContentLink,
    sending::{Draft, Obstacle, Step},
};
use store::{Error, Prepared, SendingInfo, Store, WorkspaceId};

use crate::{
    arms::compile,
    missing::{counted, unreachable},
    objections::objections,
    seams::{Account, Accounts, Unusable},
    work::bounded,
};

/// How long a carrier may take to say whether its account works.
const CHECK_PATIENCE: Duration = Duration::from_secs(8);

fn obstacle(step: Step, field: &str, message: impl Into<String>) -> Obstacle {
    Obstacle {
        step,
        field: field.to_owned(),
        message: message.into(),
    }
}

/// Everything that stands in the way of launching a campaign: its content, its audience, and its account, which is asked
/// whether it works and whether it still has the templates.
///
/// # Errors
/// When the database fails.
pub async fn obstacles(
    store: &Store,
    accounts: &Arc<dyn Accounts>,
    ws: WorkspaceId,
    info: &SendingInfo,
    base: &str,
    now: DateTime<Utc>,
) -> store::Result<Vec<Obstacle>> {
    let mut found = written_obstacles(info, base).await?;
    let has = |found: &[Obstacle], step, field: &str| {
        found
            .iter()
            .any(|known| known.step == step && known.field == field)
    };
    if !has(&found, Step::Detail, "account") {
        match usable(store, accounts, ws, info).await? {
            Err(obstacle) => found.push(obstacle),
            // An account is asked about a message only when nothing else is wrong with it.
            Ok(account) if found.iter().all(|known| known.step != Step::Message) => {
                let carrier = account.carrier.as_ref();
                found.extend(objections(&info.draft, account.protocol, carrier).await);
            }
            Ok(_) => {}
        }
    }
    if !has(&found, Step::Recipients, "audience") {
        found.extend(audience_obstacles(store, ws, info, now).await?);
    }
    let order = Step::of_channel(info.channel);
    found.sort_by_key(|obstacle| order.iter().position(|step| *step == obstacle.step));
    Ok(found)
}

/// What is wrong with a draft by itself.
async fn written_obstacles(info: &SendingInfo, base: &str) -> store::Result<Vec<Obstacle>> {
    let (draft, channel) = (info.draft.clone(), info.channel);
    let (name, base) = (info.campaign.name.clone(), base.to_owned());
    bounded(move || {
        let mut found = content::obstacles(&draft, channel, &name);
        if found.is_empty() {
            // What compiling finds beyond the checks, such as links that can't be followed.
            let step = if channel == Channel::Email {
                Step::Personalize
            } else {
                Step::Message
            };
            let problems = draft
                .variants
                .iter()
                .filter_map(|variant| compile(&draft, variant, &base).err())
                .flatten();
            found.extend(problems.map(|problem| obstacle(step, &problem.field, problem.message)));
        }
        found
    })
    .await
}

async fn audience_obstacles(
    store: &Store,
    ws: WorkspaceId,
    info: &SendingInfo,
    now: DateTime<Utc>,
) -> store::Result<Vec<Obstacle>> {
    let at = |message: String| Ok(vec![obstacle(Step::Recipients, "audience", message)]);
    match counted(store, ws, info, now).await {
        Ok(counted) if counted.eligible() == 0 => at(
            "Nobody of this audience can be written to. Choose another one, or look at consent and blocklist."
                .to_owned(),
        ),
        Ok(counted) => Ok(unreachable(info, &counted)),
        Err(Error::Refused(refusal)) => at(refusal.to_string()),
        Err(error) => Err(error),
    }
}

/// The account of a draft, which works; or what is wrong with it.
async fn usable(
    store: &Store,
    accounts: &Arc<dyn Accounts>,
    ws: WorkspaceId,
    info: &SendingInfo,
) -> store::Result<Result<Account, Obstacle>> {
    let at = |field: &str, message: String| Ok(Err(obstacle(Step::Detail, field, message)));
    let id = info.draft.account.as_deref().unwrap_or_default();
    let row = match store.account(ws, id).await {
        Ok(row) => row,
        Err(Error::Refused(_)) => {
            return at("account", "Choose the account it goes out by.".to_owned());
        }
        Err(error) => return Err(error),
    };
    if !row.protocol.channels().contains(&info.channel) {
        let text = format!(
            "{} can't send {} messages. Choose another account.",
            row.name,
            info.channel.label()
        );
        return at("account", text);
    }
    let sender = &info.draft.sender;
    if info.channel != Channel::Push
        && !row.senders.is_empty()
        && !row
            .senders
            .iter()
            .any(|known| known.eq_ignore_ascii_case(sender))
    {
        return at(
            "sender",
            format!(
                "{} may not use this sender. Choose one of its own.",
                row.name
            ),
        );
    }
    let account = match accounts.account(row.pk).await {
        Ok(account) => account,
        Err(Unusable::Lasting(reason)) => {
            return at("account", format!("{} can't be used: {reason}", row.name));
        }
        Err(Unusable::Passing(error)) => return Err(error),
    };
    match tokio::time::timeout(CHECK_PATIENCE, account.carrier.check()).await {
        Ok(Ok(())) => Ok(Ok(account)),
        Ok(Err(reason)) => at("account", format!("{} doesn't work: {reason}", row.name)),
        Err(_) => at(
            "account",
            format!("{} doesn't answer. Try again in a moment.", row.name),
        ),
    }
}

/// What a launch needs to know of a draft: its links, and the list its audience was fixed to where it has to be.
///
/// # Errors
/// A refusal when the content can't be compiled; when the database fails.
pub async fn prepare(
    store: &Store,
    ws: WorkspaceId,
    info: &SendingInfo,
    base: &str,
    now: DateTime<Utc>,
) -> store::Result<Prepared> {
    let (draft, address) = (info.draft.clone(), base.to_owned());
    let links = bounded(move || all_links(&draft, &address)).await??;
    // A draft that was changed since is another revision, and gets a list of its own.
    let name = format!("campaign:{}:{}", info.campaign.id, info.draft.revision);
    let audience = &info.draft.audience;
    let fixed = store
        .fix_audience(ws, info.channel, audience, &name, now)
        .await?;
    let audience_list = match fixed {
        Audience::List { list } if !matches!(audience, Audience::List { .. }) => Some(list),
        _ => None,
    };
    Ok(Prepared {
        revision: info.draft.revision,
        links,
        audience_list,
    })
}

/// Links of all arms, each of which has to be compiled.
fn all_links(draft: &Draft, base: &str) -> Result<Vec<ContentLink>, Refusal> {
    let mut links = Vec::new();
    for variant in &draft.variants {
        let compiled = compile(draft, variant, base).map_err(|problems| {
            let first = problems.into_iter().next();
            first.map_or_else(
                || Refusal::invalid("content", "can't be used"),
                |problem| Refusal::invalid(problem.field, problem.message),
            )
        })?;
        links.extend(compiled.links().to_vec());
    }
    Ok(links)
}

/// Obstacles as one sentence for a notice.
#[must_use]
pub fn sentence(obstacles: &[Obstacle]) -> String {
    let all: Vec<&str> = obstacles
        .iter()
        .map(|obstacle| obstacle.message.as_str())
        .collect();
    all.join(" ")
}
