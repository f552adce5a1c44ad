//! What a campaign must satisfy when it is registered or changed. Pure: asked inside the transactions.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, CampaignType, Refusal,
    campaign::{CampaignPatch, NewCampaign, transition},
};

/// Longest name and sender, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest `external_id`, in characters: the length of a campaign reference in an event.
const EXTERNAL_ID_CHARS_MAX: usize = 128;

/// A campaign that may be registered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Registered {
    pub(super) name: String,
    pub(super) kind: CampaignKind,
    pub(super) campaign_type: CampaignType,
    pub(super) sender: String,
    pub(super) external_id: Option<String>,
    pub(super) status: CampaignStatus,
    pub(super) scheduled_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
}

/// Checks a registration and fills in what was left out.
///
/// A campaign is registered as it stands on the platform that sends it, so any status of its kind will do,
/// with one exception: an interactive campaign is paused only after it was seen live.
pub(super) fn registered(new: NewCampaign, now: DateTime<Utc>) -> Result<Registered, Refusal> {
    let name = checked_name(&new.name)?;
    let sender = checked_sender(&new.sender)?;
    if new.campaign_type.kind() != new.kind {
        return Err(Refusal::invalid(
            "type",
            format!(
                "{} is not a type of {} campaigns",
                new.campaign_type, new.kind
            ),
        ));
    }
    let external_id = new.external_id.filter(|id| !id.is_empty());
    if external_id
        .as_ref()
        .is_some_and(|id| id.chars().count() > EXTERNAL_ID_CHARS_MAX || has_control(id))
    {
        return Err(Refusal::invalid(
            "external_id",
            format!(
                "use at most {EXTERNAL_ID_CHARS_MAX} characters, none of them a control character"
            ),
        ));
    }
    let status = new.status.unwrap_or(match (new.scheduled_at, new.kind) {
        (Some(_), _) => CampaignStatus::Scheduled,
        (None, CampaignKind::Messaging) => CampaignStatus::Pending,
        (None, CampaignKind::Interactive) => CampaignStatus::Draft,
    });
    if !CampaignStatus::of_kind(new.kind).contains(&status) {
        return Err(Refusal::StatusNotOfKind {
            kind: new.kind,
            status,
        });
    }
    if new.kind == CampaignKind::Interactive && status == CampaignStatus::Pending {
        return Err(Refusal::invalid(
            "status",
            "only a live campaign can be paused",
        ));
    }
    check_date(new.kind, status, new.scheduled_at)?;
    Ok(Registered {
        name,
        kind: new.kind,
        campaign_type: new.campaign_type,
        sender,
        external_id,
        status,
        scheduled_at: new.scheduled_at.map(cut),
        created_at: cut(new.created_at.unwrap_or(now)),
    })
}

/// The campaign as the patch leaves it.
pub(crate) fn patched(
    mut campaign: Campaign,
    patch: CampaignPatch,
    now: DateTime<Utc>,
) -> Result<Campaign, Refusal> {
    if let Some(name) = patch.name {
        campaign.name = checked_name(&name)?;
    }
    if let Some(sender) = patch.sender {
        campaign.sender = checked_sender(&sender)?;
    }
    let dated = patch
        .scheduled_at
        .map(cut)
        .filter(|date| campaign.scheduled_at != Some(*date));
    // A date is what makes a pending messaging campaign a scheduled one.
    let implied = (dated.is_some() && campaign.kind == CampaignKind::Messaging)
        .then_some(CampaignStatus::Scheduled)
        .filter(|_| campaign.status == CampaignStatus::Pending);
    let target = patch.status.or(implied).unwrap_or(campaign.status);
    let from = campaign.status;
    campaign.status = transition(campaign.kind, from, target)?;
    if let Some(date) = dated {
        check_datable(campaign.kind, from, target)?;
        if date <= now {
            return Err(Refusal::invalid("scheduled_at", "use a time in the future"));
        }
        campaign.scheduled_at = Some(date);
    }
    let back_to_pending = campaign.kind == CampaignKind::Messaging
        && from == CampaignStatus::Scheduled
        && target == CampaignStatus::Pending;
    if back_to_pending && dated.is_none() {
        campaign.scheduled_at = None;
    }
    if from != target || dated.is_some() {
        check_date(campaign.kind, target, campaign.scheduled_at)?;
    }
    campaign.was_live |= opens(target);
    Ok(campaign)
}

/// A campaign that is sent from here begins by being launched and ends with its last message, never by decree.
pub(super) fn check_ours(from: CampaignStatus, to: CampaignStatus) -> Result<(), Refusal> {
    let text = match to {
        _ if from == to => return Ok(()),
        CampaignStatus::InProgress => {
            "This campaign is sent from here. Launch it instead of changing its status."
        }
        CampaignStatus::Completed => {
            "This campaign is sent from here. Cancel the rest of it instead of changing its status."
        }
        _ => return Ok(()),
    };
    Err(Refusal::Conflict(text.to_owned()))
}

/// Whether a campaign in this status is open for participation or sending.
pub(super) fn opens(status: CampaignStatus) -> bool {
    matches!(status, CampaignStatus::Live | CampaignStatus::InProgress)
}

/// The date may be set while nothing has gone out: messaging Pending and Scheduled, interactive Scheduled,
/// and a draft that is being scheduled.
fn check_datable(
    kind: CampaignKind,
    from: CampaignStatus,
    to: CampaignStatus,
) -> Result<(), Refusal> {
    use CampaignStatus::{Draft, Pending, Scheduled};
    let datable = match kind {
        CampaignKind::Messaging => matches!(from, Pending | Scheduled),
        CampaignKind::Interactive => from == Scheduled || (from == Draft && to == Scheduled),
    };
    if datable {
        Ok(())
    } else {
        let status = from.label();
        let reason = format!("The date of a campaign that is {status} cannot be changed.");
        Err(Refusal::Conflict(reason))
    }
}

/// Scheduled needs a date; a campaign that has not been scheduled has none.
fn check_date(
    kind: CampaignKind,
    status: CampaignStatus,
    date: Option<DateTime<Utc>>,
) -> Result<(), Refusal> {
    match (kind, status, date) {
        (_, CampaignStatus::Scheduled, None) => Err(Refusal::invalid(
            "scheduled_at",
            "a scheduled campaign needs a date",
        )),
        (_, CampaignStatus::Draft, Some(_))
        | (CampaignKind::Messaging, CampaignStatus::Pending, Some(_)) => Err(Refusal::invalid(
            "scheduled_at",
            format!(
                "a campaign that is {} has no date; set status to scheduled",
                status.label()
            ),
        )),
        _ => Ok(()),
    }
}

fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || has_control(name) {
        return Err(Refusal::invalid(
            "name",
            format!("use 1 to {NAME_CHARS_MAX} characters on one line"),
        ));
    }
    Ok(name.to_owned())
}

fn checked_sender(sender: &str) -> Result<String, Refusal> {
    let sender = sender.trim();
    if sender.chars().count() > NAME_CHARS_MAX || has_control(sender) {
        return Err(Refusal::invalid(
            "sender",
            format!("use at most {NAME_CHARS_MAX} characters on one line"),
        ));
    }
    Ok(sender.to_owned())
}

/// PostgreSQL can't keep a NUL, and no name has a line break.
fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// Cut to what is stored.
fn cut(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(time)
}
