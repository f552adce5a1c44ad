//! Takes a form into the draft, and finds the way on.

use domain::{
    Campaign, CampaignStatus, Channel, Refusal,
    content::{Content, WhatsAppTemplate},
    sending::{Draft, Editing, Phase, Step},
};

use crate::{
    backend::Backend,
    editor::{
        fields::Fields,
        given,
        view_model::{Chosen, Go, Place, add_arm, problem, remove_arm, take, template_key},
    },
    error::AppError,
    routes::{Route, with_query},
};

/// A form as it was sent.
pub(in crate::editor) struct Form {
    pub(in crate::editor) step: Step,
    pub(in crate::editor) revision: i64,
    pub(in crate::editor) arm: String,
    pub(in crate::editor) go: String,
    pub(in crate::editor) fields: Fields,
}

/// Saves a step; the address of the page that comes next.
pub(in crate::editor) async fn keep(
    backend: &dyn Backend,
    id: String,
    form: Form,
) -> Result<String, AppError> {
    let Form {
        step,
        revision,
        mut arm,
        go,
        mut fields,
    } = form;
    let go: Go = go
        .parse()
        .map_err(|()| Refusal::invalid("go", "use a button of the page"))?;
    let Editing {
        campaign,
        draft,
        phase,
        ..
    } = backend.editing(id.clone()).await?;
    let channel = channel_with(campaign.campaign_type, step)?;
    if !is_open(phase, &campaign) {
        let why = "This campaign was launched: it can't be changed any more. Open its details.";
        return Err(Refusal::Conflict(why.to_owned()).into());
    }
    if draft.revision != revision {
        let why = "This campaign was changed in another window. Copy what you have just written, then reload the page.";
        return Err(Refusal::Conflict(why.to_owned()).into());
    }
    if let Go::Remove(row) = &go {
        fields.remove(row);
    }
    let chosen = Chosen {
        template: chosen_template(backend, step, &draft, &arm, &fields).await?,
        design: chosen_design(backend, step, &fields).await?,
    };
    let mut name = campaign.name;
    let place = Place {
        step,
        channel,
        arm: &arm,
    };
    let mut draft = take(place, &fields, &mut name, draft, chosen)?;
    match &go {
        Go::AddArm => arm = add_arm(&mut draft).unwrap_or(arm),
        Go::RemoveArm(which) => {
            remove_arm(&mut draft, which);
            arm = String::new();
        }
        Go::Arm(which) => arm.clone_from(which),
        _ => {}
    }
    if matches!(step, Step::Template | Step::Personalize) {
        compile(backend, &mut draft).await;
    }
    let saved = backend.save_draft(id.clone(), step, name, draft).await?;
    Ok(way_on(id, channel, step, arm, go, saved))
}

/// Whether a campaign can still be changed: not once it was launched, here or on another platform.
pub(super) fn is_open(phase: Phase, campaign: &Campaign) -> bool {
    let is_waiting = matches!(
        campaign.status,
        CampaignStatus::Pending | CampaignStatus::Scheduled
    );
    phase == Phase::Draft && is_waiting
}

/// The channel of a campaign, if it has such a step.
pub(super) fn channel_with(
    campaign_type: domain::CampaignType,
    step: Step,
) -> Result<Channel, Refusal> {
    Channel::of_type(campaign_type)
        .filter(|channel| Step::of_channel(*channel).contains(&step))
        .ok_or_else(|| Refusal::not_found("page"))
}

/// The WhatsApp template that the form names, as the account has it now. The draft's own stays where the account can't be
/// asked, or has it no longer: nothing else of the form is lost for that, and what is wrong is said on the page.
async fn chosen_template(
    backend: &dyn Backend,
    step: Step,
    draft: &Draft,
    arm: &str,
    fields: &Fields,
) -> Result<Option<WhatsAppTemplate>, AppError> {
    let wanted = fields.trimmed("template");
    if step != Step::Message || wanted.is_empty() {
        return Ok(None);
    }
    let arms = &draft.variants;
    let variant = arms.iter().find(|v| v.name == arm).or_else(|| arms.first());
    let is_same = variant.is_some_and(|variant| {
        matches!(&variant.content, Content::WhatsApp(m) if template_key(&m.template) == wanted)
    });
    let Some(account) = draft.account.clone() else {
        return Ok(None);
    };
    let templates = match backend.templates(account).await {
        Err(_) if is_same => return Ok(None),
        answer => answer?,
    };
    match templates.into_iter().find(|t| template_key(t) == wanted) {
        None if is_same => Ok(None),
        None => {
            let why = "this template is gone from the account: choose another";
            Err(Refusal::invalid("template", why).into())
        }
        Some(found) if !is_same && found.status != "approved" => {
            let why = format!(
                "this template is {}, and only approved ones can be sent: choose another",
                found.status
            );
            Err(Refusal::invalid("template", why).into())
        }
        found => Ok(found),
    }
}

/// MJML of the starting point that the form names.
async fn chosen_design(
    backend: &dyn Backend,
    step: Step,
    fields: &Fields,
) -> Result<Option<String>, AppError> {
    match fields.trimmed("start") {
        _ if step != Step::Template => Ok(None),
        "" | "keep" | "empty" | "paste" => Ok(None),
        name => backend.starter(name.to_owned()).await.map(Some),
    }
}

/// HTML of what is written in MJML. A source that can't be read leaves no HTML: an older one must not go out.
async fn compile(backend: &dyn Backend, draft: &mut Draft) {
    for variant in &mut draft.variants {
        if let Content::Email(mail) = &mut variant.content
            && !mail.mjml.is_empty()
        {
            mail.html = backend.mjml(mail.mjml.clone()).await.unwrap_or_default();
        }
    }
}

fn way_on(
    id: String,
    channel: Channel,
    step: Step,
    mut arm: String,
    go: Go,
    saved: Editing,
) -> String {
    let rows = match &go {
        Go::Add(rows) | Go::Remove(rows) => rows_at(rows),
        _ => None,
    };
    let mut obstacles = saved.obstacles.into_iter().map(problem);
    let here = obstacles.find(|problem| problem.step == step);
    let (to, add) = match (go, here) {
        (Go::Next, Some(problem)) => {
            if !problem.arm.is_empty() {
                arm = problem.arm;
            }
            (step, String::new())
        }
        (Go::Next, None) => (given::next(channel, step), String::new()),
        (Go::Back, _) => (given::back(channel, step).unwrap_or(step), String::new()),
        (Go::Step(to), _) => (to, String::new()),
        (Go::Add(rows), _) => (step, rows),
        _ => (step, String::new()),
    };
    let mut params = Vec::new();
    if to == step && !arm.is_empty() && arm != "A" {
        params.push(("arm", arm));
    }
    if !add.is_empty() {
        params.push(("add", add));
    }
    let mut href = with_query(&Route::Edit(id, to).href(), &params);
    // Without it the page would begin at its top again.
    href.extend(rows.map(|rows| format!("#f-{rows}")));
    href
}

/// The part of the page in which rows stand.
fn rows_at(rows: &str) -> Option<&'static str> {
    let known = ["suggestions", "data", "g"];
    let part = rows.split('.').next()?;
    known.into_iter().find(|name| *name == part)
}
