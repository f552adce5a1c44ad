//! What the details ask the server, and what is done to a campaign that is sent from here.

use chrono::{DateTime, Utc};
use domain::{
    campaign::CampaignCard,
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
}

/// The details of a campaign.
#[server(input = GetUrl)]
pub async fn load_details(id: String) -> Result<Details, AppError> {
    use domain::{CampaignKind, sending::Phase, user::Role};

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
    let missing = match &progress {
        Some(progress) if progress.phase == Phase::Draft && may_edit => {
            let obstacles = backend.launch_obstacles(id).await?.into_iter();
            obstacles.map(Problem::from).collect()
        }
        _ => Vec::new(),
    };
    Ok(Details {
        card,
        obstacle,
        address: crate::address::address(),
        at,
        progress,
        held,
        missing,
    })
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
