//! What the details ask the server, and what is done to a campaign that is sent from here.

use chrono::{DateTime, Utc};
use domain::{
    audience::MissingValue,
    campaign::CampaignCard,
    content::Preview,
    sending::{Control, HeldDecision, HeldMessage, Progress},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::{editor::Problem, error::AppError};

/// A campaign with what only its details need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The campaign and its figures.
    pub card: CampaignCard,
    /// Why it can't be deleted; none when it can.
    pub obstacle: Option<String>,
    /// Where this server is reached, such as `https://reports.example`.
    pub address: String,
    /// When it was read, on the server's clock.
    pub at: DateTime<Utc>,
    /// How far its sending is; none for a campaign that another platform sends.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// Messages nobody knows the fate of.
    #[serde(default)]
    pub held: Vec<HeldMessage>,
    /// What stands in the way of launching it; asked before it was launched, for those who may.
    #[serde(default)]
    pub missing: Vec<Problem>,
    /// What goes out, version by version, without the source of e-mails; before the launch only.
    #[serde(default)]
    pub previews: Vec<Preview>,
    /// Whom it would go to now; before the launch, for those who may launch it, when nothing is missing.
    #[serde(default)]
    pub whom: Option<Whom>,
    /// Whom it would leave out for want of a value; asked when `whom` is.
    #[serde(default)]
    pub lacking: Vec<MissingValue>,
}

/// Whom a campaign would go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// People who can be written to; for push, devices.
    pub people: u64,
    /// How many of a hundred of them are held back.
    pub held_back: u8,
}

/// The details of a campaign.
#[server(input = GetUrl)]
pub async fn load_details(id: String) -> Result<Details, AppError> {
    use domain::{CampaignKind, Channel, sending::Phase, user::Role};

    let backend = crate::backend::backend()?;
    let at = backend.now();
    let card = backend.campaign(id.clone()).await?;
    let obstacle = backend
        .deletion_obstacle(id.clone())
        .await?
        .map(|refusal| refusal.to_string());
    let progress = match card.campaign.kind {
        CampaignKind::Messaging => backend.progress(id.clone()).await?,
        CampaignKind::Interactive => None,
    };
    let held = match &progress {
        Some(progress) if progress.uncertain > 0 => backend.held(id.clone()).await?,
        _ => Vec::new(),
    };
    let may_edit = backend
        .viewer()
        .is_some_and(|viewer| viewer.role >= Role::Editor);
    let is_draft = progress
        .as_ref()
        .is_some_and(|progress| progress.phase == Phase::Draft);
    let missing: Vec<Problem> = if is_draft && may_edit {
        let obstacles = backend.launch_obstacles(id.clone()).await?.into_iter();
        obstacles.map(Problem::from).collect()
    } else {
        Vec::new()
    };
    let whom = match Channel::of_type(card.campaign.campaign_type) {
        Some(channel) if is_draft && may_edit && missing.is_empty() => {
            Some(whom(&*backend, &id, channel).await?)
        }
        _ => None,
    };
    let lacking = match whom {
        Some(_) => backend.missing_values(id.clone()).await?,
        None => Vec::new(),
    };
    let previews = if is_draft {
        written(backend.previews(id).await?)
    } else {
        Vec::new()
    };
    Ok(Details {
        card,
        obstacle,
        address: crate::address::address(),
        at,
        progress,
        held,
        missing,
        previews,
        whom,
        lacking,
    })
}

/// How many people a draft goes to as things stand.
#[cfg(feature = "ssr")]
async fn whom(
    backend: &dyn crate::backend::Backend,
    id: &str,
    channel: domain::Channel,
) -> Result<Whom, AppError> {
    let draft = backend.editing(id.to_owned()).await?.draft;
    let count = backend
        .count_audience(Some(id.to_owned()), channel, draft.audience)
        .await?;
    Ok(Whom {
        people: count.eligible,
        held_back: draft.holdout,
    })
}

/// The previews that say something, without what their frames ask for themselves.
#[cfg(feature = "ssr")]
fn written(previews: Vec<Preview>) -> Vec<Preview> {
    let says = |preview: &Preview| !preview.title.is_empty() || !preview.text.is_empty();
    previews
        .into_iter()
        .filter(says)
        .map(|preview| Preview {
            html: String::new(),
            ..preview
        })
        .collect()
}

/// Suspends, resumes, or cancels the rest.
#[server]
pub async fn control_sending(id: String, control: Control) -> Result<(), AppError> {
    crate::backend::backend()?.control(id, control).await
}

/// Decides about a held message; about all of them when none is named.
#[server]
pub async fn decide_held(
    id: String,
    #[server(default)] message: String,
    decision: HeldDecision,
) -> Result<(), AppError> {
    let messages = Some(message)
        .filter(|message| !message.is_empty())
        .into_iter()
        .collect();
    crate::backend::backend()?
        .decide_held(id, messages, decision)
        .await
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::posted::posted;

    #[test]
    fn the_forms_of_a_campaign_on_its_way_are_understood() {
        let read: ControlSending = posted(&[("id", "c"), ("control", "cancel_rest")]).unwrap();
        assert_eq!(read.control, Control::CancelRest);
        let one: DecideHeld =
            posted(&[("id", "c"), ("message", "m1"), ("decision", "take_as_sent")]).unwrap();
        assert_eq!(
            (one.message.as_str(), one.decision),
            ("m1", HeldDecision::TakeAsSent)
        );
        let all: DecideHeld = posted(&[("id", "c"), ("decision", "send_again")]).unwrap();
        assert_eq!(all.message, "");
        assert!(posted::<ControlSending>(&[("id", "c"), ("control", "stop")]).is_err());
    }
}
