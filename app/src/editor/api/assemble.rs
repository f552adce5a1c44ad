//! Everything a step is shown with.

use std::collections::BTreeMap;

use domain::{
    CampaignFilter, CampaignKind, Channel, Refusal,
    audience::Audience,
    content::Content,
    sending::{Draft, Editing, Step},
    time::RangeChoice,
};

use super::{
    keep::{channel_with, is_open},
    templates::offer_templates,
};
use crate::{
    backend::Backend,
    editor::{
        given::{Choice, Given, Problem},
        view_model::{Place, arm_names, content_of, fill, problem, tell},
    },
    error::AppError,
};

/// Fields of every contact, besides its attributes.
const BUILT_IN: [&str; 8] = [
    "name",
    "email",
    "phone",
    "time_zone",
    "external_id",
    "campaign",
    "unsubscribe_url",
    "preferences_url",
];

/// A step, ready to be shown.
pub(in crate::editor) async fn given(
    backend: &dyn Backend,
    id: String,
    step: Step,
    arm: String,
    add: String,
) -> Result<Given, AppError> {
    let editing = backend.editing(id.clone()).await?;
    let channel = channel_with(editing.campaign.campaign_type, step)?;
    let Editing {
        campaign,
        draft,
        phase,
        obstacles,
        links,
    } = editing;
    let arms = arm_names(&draft);
    let arm = arms
        .iter()
        .find(|one| **one == arm)
        .or_else(|| arms.first());
    let arm = arm.cloned().unwrap_or_default();
    let all: Vec<Problem> = obstacles.into_iter().map(problem).collect();
    let is_open = is_open(phase, &campaign);
    let is_finished = |step: Step| {
        let is_clear = all.iter().all(|problem| problem.step != step);
        let is_saved = draft.saved.contains(&step) && step != Step::Summary;
        (step, !is_open || is_saved && is_clear)
    };
    let steps = Step::of_channel(channel).iter().copied();
    let steps = steps.map(is_finished).collect();
    let place = Place {
        step,
        channel,
        arm: &arm,
    };
    let mut given = Given {
        fields: fill(place, &campaign.name, &draft, &add),
        channel,
        step,
        revision: draft.revision,
        is_open,
        steps,
        arms,
        problems: problems(backend, &id, step, &draft, &arm, all).await,
        menus: BTreeMap::new(),
        count: None,
        lacking: Vec::new(),
        trouble: None,
        previews: Vec::new(),
        links,
        campaign,
        arm,
    };
    offer(backend, &draft, &mut given).await?;
    show(backend, draft, &mut given).await;
    Ok(given)
}

/// What is wrong: of a step that was saved before; on the summary everything.
async fn problems(
    backend: &dyn Backend,
    id: &str,
    step: Step,
    draft: &Draft,
    arm: &str,
    all: Vec<Problem>,
) -> Vec<Problem> {
    if step == Step::Summary {
        return match backend.launch_obstacles(id.to_owned()).await {
            Ok(obstacles) => obstacles.into_iter().map(problem).collect(),
            Err(_) => all,
        };
    }
    if !draft.saved.contains(&step) {
        return Vec::new();
    }
    let mut here: Vec<Problem> = all.into_iter().filter(|p| p.step == step).collect();
    // What is wrong in MJML is only known to who reads it.
    if step == Step::Personalize
        && let Content::Email(mail) = content_of(draft, Channel::Email, arm)
        && !mail.mjml.is_empty()
        && let Err(error) = backend.mjml(mail.mjml).await
    {
        let message = match error {
            AppError::Refused(Refusal::Invalid { message, .. }) => message,
            other => other.to_string(),
        };
        here.retain(|problem| !matches!(problem.field.as_str(), "html" | "mjml"));
        here.push(Problem {
            step,
            arm: arm.to_owned(),
            field: "mjml".to_owned(),
            message,
        });
    }
    here
}

/// The menus of a step.
async fn offer(backend: &dyn Backend, draft: &Draft, given: &mut Given) -> Result<(), AppError> {
    let mut menu = |name: &str, choices: Vec<Choice>| {
        given.menus.insert(name.to_owned(), choices);
    };
    match given.step {
        Step::Detail => {
            let accounts = backend.accounts_for(given.channel).await?;
            let label = |name: &str, protocol: &str| format!("{name} ({protocol})");
            let choices = accounts
                .iter()
                .map(|a| Choice::new(&a.id, label(&a.name, a.protocol.label())));
            menu("accounts", choices.collect());
            let senders = accounts.iter().flat_map(|account| {
                let choice = |sender: &String| Choice::new(sender, &account.name);
                account.senders.iter().map(choice)
            });
            menu("senders", senders.collect());
        }
        Step::Recipients => {
            let lists = backend.lists().await?.into_iter().map(|list| {
                let people = crate::number::people(list.members);
                Choice::new(list.id, format!("{} ({people})", list.name))
            });
            menu("lists", lists.collect());
            let fields = ["name", "email", "phone", "time_zone"].map(str::to_owned);
            let names = fields.into_iter().chain(backend.attribute_names().await?);
            menu("attributes", names.map(|n| Choice::new(&n, &n)).collect());
            menu("campaigns", earlier(backend, &given.campaign.id).await?);
        }
        Step::Template | Step::Message | Step::Personalize => {
            let built_in = BUILT_IN.map(str::to_owned).into_iter();
            let names = built_in.chain(backend.attribute_names().await?);
            menu("placeholders", names.map(|n| Choice::new(&n, &n)).collect());
        }
        Step::Summary => {
            let accounts = backend.accounts_for(given.channel).await?.into_iter();
            let accounts = accounts.map(|account| Choice::new(account.id, account.name));
            menu("accounts", accounts.collect());
            if let Audience::List { .. } = draft.audience {
                let lists = backend.lists().await?.into_iter();
                menu("lists", lists.map(|l| Choice::new(l.id, l.name)).collect());
            }
        }
    }
    if given.channel == Channel::WhatsApp && given.step == Step::Message {
        offer_templates(backend, draft, given).await;
    }
    Ok(())
}

/// Campaigns that somebody may have reacted to.
async fn earlier(backend: &dyn Backend, but: &str) -> Result<Vec<Choice>, AppError> {
    let filter = CampaignFilter {
        range: RangeChoice::All,
        ..CampaignFilter::of_kind(CampaignKind::Messaging)
    };
    let cards = backend.list_campaigns(filter).await?.cards.into_iter();
    let sent = cards
        .map(|card| card.campaign)
        .filter(|campaign| campaign.id != but && campaign.first_event_at.is_some());
    let label =
        |c: &domain::Campaign| format!("#{} {} ({})", c.number, c.name, c.campaign_type.label());
    Ok(sent.map(|c| Choice::new(&c.id, label(&c))).collect())
}

/// Counts and previews. Nothing else waits for them: what can't be had is left out.
async fn show(backend: &dyn Backend, draft: Draft, given: &mut Given) {
    let id = given.campaign.id.clone();
    let is_counted = matches!(given.step, Step::Recipients | Step::Summary);
    if is_counted && draft.audience != Audience::Nobody {
        let count = backend.count_audience(Some(id.clone()), given.channel, draft.audience.clone());
        given.count = count.await.ok();
    }
    if given.step == Step::Summary && given.is_open {
        let lacking = backend.missing_values(id.clone()).await;
        given.lacking = lacking.unwrap_or_default();
    }
    given.previews = match given.step {
        Step::Message | Step::Personalize => {
            let content = content_of(&draft, given.channel, &given.arm);
            let preview = backend.preview(id, content, 0).await;
            preview.into_iter().collect()
        }
        Step::Summary => backend.previews(id).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    // HTML is shown in a frame of its own, from an address of its own.
    for preview in &mut given.previews {
        preview.html.clear();
    }
    if given.step == Step::Summary {
        tell(&mut given.fields, &draft);
    }
}
