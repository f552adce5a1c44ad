//! What a messaging campaign is going to be, saved step by step.

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, Channel, Refusal,
    audience::{Audience, FollowUp},
    campaign::{CampaignPatch, NewCampaign},
    sending::{Draft, Phase, Step},
};

use super::{SENDING, SendingRow, audit::audit, not_ours};
use crate::{
    Error, Result, Store, WorkspaceId,
    campaign::{BY_REFERENCE, CampaignRow, check_reference, columns, next_version, rules},
    macros::{reading, writing},
};

/// A campaign that is made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingInfo {
    /// Internal key of the campaign.
    pub pk: i64,
    /// The campaign.
    pub campaign: Campaign,
    /// Its channel.
    pub channel: Channel,
    /// What it is going to be; what it is, once it was launched.
    pub draft: Draft,
    /// Where it stands.
    pub phase: Phase,
    /// Why it stands still, or was not started.
    pub trouble: Option<String>,
    /// Internal key of the hidden list its audience was fixed to at launch.
    pub audience_list: Option<i64>,
    /// Internal key of the account it goes out by, once it was launched.
    pub account: Option<i64>,
}

impl SendingInfo {
    fn of(pk: i64, campaign: Campaign, row: Option<&SendingRow>) -> Result<Self> {
        let channel = Channel::of_type(campaign.campaign_type).ok_or_else(not_ours)?;
        let blank = || Draft {
            sender: campaign.sender.clone(),
            tracks_opens: channel == Channel::Email,
            hides_link: channel == Channel::Email,
            ..Draft::default()
        };
        Ok(Self {
            pk,
            channel,
            draft: row.map_or_else(|| Ok(blank()), SendingRow::draft)?,
            phase: row.map_or(Ok(Phase::Draft), SendingRow::phase)?,
            trouble: row.and_then(|row| row.trouble.clone()),
            audience_list: row.and_then(|row| row.audience_list),
            account: row.and_then(|row| row.account),
            campaign,
        })
    }
}

/// Whether a campaign can still become one that is sent from here: nothing of it has happened yet.
fn is_adoptable(campaign: &Campaign) -> bool {
    campaign.kind == CampaignKind::Messaging
        && matches!(
            campaign.status,
            CampaignStatus::Pending | CampaignStatus::Scheduled
        )
        && campaign.first_event_at.is_none()
}

impl Store {
    /// Registers a messaging campaign that is sent from here. It is Pending until it is launched. The same `external_id`
    /// again gives the campaign that has it.
    ///
    /// # Errors
    /// A refusal when a value is out of range, or when it is to be anything but Pending.
    pub async fn create_sending(
        &self,
        ws: WorkspaceId,
        new: NewCampaign,
        now: DateTime<Utc>,
    ) -> Result<Campaign> {
        if new.kind != CampaignKind::Messaging {
            return Err(Refusal::invalid("kind", "use messaging").into());
        }
        if new.scheduled_at.is_some() || new.status.is_some_and(|s| s != CampaignStatus::Pending) {
            let text = "a campaign that is sent from here begins as pending; launch it afterwards";
            return Err(Refusal::invalid("status", text).into());
        }
        let (campaign, is_new) = self.create_campaign(ws, new, now).await?;
        if is_new {
            let info = self.sending(ws, &campaign.id).await?;
            self.put_draft(ws, info.pk, &info.draft).await?;
        }
        Ok(campaign)
    }

    async fn put_draft(&self, ws: WorkspaceId, pk: i64, draft: &Draft) -> Result<()> {
        let text = serde_json::to_string(draft).map_err(|_| Error::Corrupt("draft"))?;
        writing!(self, tx => {
            sqlx::query(
                "INSERT INTO sending (campaign, workspace, draft, revision) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (campaign) DO NOTHING",
            )
            .bind(pk)
            .bind(ws.0)
            .bind(text)
            .bind(draft.revision)
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// A campaign and what it is going to be. One that nothing has happened to yet has an empty draft.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Conflict`] when another platform sends it.
    pub async fn sending(&self, ws: WorkspaceId, reference: &str) -> Result<SendingInfo> {
        self.sending_if_ours(ws, reference)
            .await?
            .ok_or_else(|| not_ours().into())
    }

    /// As [`Self::sending`]; none when another platform sends it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn sending_if_ours(
        &self,
        ws: WorkspaceId,
        reference: &str,
    ) -> Result<Option<SendingInfo>> {
        let row = self.campaign_row(ws, reference).await?;
        let pk = row.pk;
        let campaign: Campaign = row.try_into()?;
        let row: Option<SendingRow> =
            reading!(self, pool => sqlx::query_as(SENDING).bind(pk).fetch_optional(pool).await?);
        if row.is_none() && !is_adoptable(&campaign) {
            return Ok(None);
        }
        SendingInfo::of(pk, campaign, row.as_ref()).map(Some)
    }

    /// Saves a step of a draft: also the campaign's name and sender. A campaign that was only registered is one that
    /// is sent from here from now on.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when the draft was made from an older revision, or the campaign was launched.
    pub async fn save_draft(
        &self,
        ws: WorkspaceId,
        reference: &str,
        step: Step,
        name: &str,
        draft: &Draft,
        now: DateTime<Utc>,
    ) -> Result<SendingInfo> {
        check_reference(reference)?;
        let (row, sending): (CampaignRow, SendingRow) = writing!(self, tx => {
            let version = next_version!(tx, ws);
            let row: Option<CampaignRow> = sqlx::query_as(BY_REFERENCE)
                .bind(ws.0)
                .bind(reference)
                .fetch_optional(&mut *tx)
                .await?;
            let row = row.ok_or_else(|| Refusal::not_found("campaign"))?;
            let held: Option<SendingRow> =
                sqlx::query_as(SENDING).bind(row.pk).fetch_optional(&mut *tx).await?;
            let (pk, before) = (row.pk, Campaign::try_from(row)?);
            let new = revised(&before, held.as_ref(), step, draft)?;
            let patch = CampaignPatch {
                name: Some(name.to_owned()),
                sender: Some(draft.sender.clone()),
                ..CampaignPatch::default()
            };
            let after = rules::patched(before, patch, now)?;
            let row = sqlx::query_as(concat!(
                "UPDATE campaign SET name = $2, name_folded = $3, sender = $4, version = $5
                 WHERE pk = $1 RETURNING ",
                columns!()
            ))
            .bind(pk)
            .bind(&after.name)
            .bind(after.name.to_lowercase())
            .bind(&after.sender)
            .bind(version)
            .fetch_one(&mut *tx)
            .await?;
            let text = serde_json::to_string(&new).map_err(|_| Error::Corrupt("draft"))?;
            let sending = sqlx::query_as(
                "INSERT INTO sending (campaign, workspace, draft, revision) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (campaign) DO UPDATE
                 SET draft = excluded.draft, revision = excluded.revision, trouble = NULL
                 RETURNING draft, revision, phase, launched, account, audience_list, cursor, trouble,
                     launched_us, finished_us",
            )
            .bind(pk)
            .bind(ws.0)
            .bind(text)
            .bind(new.revision)
            .fetch_one(&mut *tx)
            .await?;
            (row, sending)
        });
        self.changed(ws, row.version, row.pk, false);
        let pk = row.pk;
        SendingInfo::of(pk, row.try_into()?, Some(&sending))
    }

    /// Makes the campaign for those of another who are to hear again: the same type, sender, account and content.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Invalid`] for an interactive campaign.
    pub async fn follow_up(
        &self,
        ws: WorkspaceId,
        reference: &str,
        who: FollowUp,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Campaign> {
        let earlier = self.campaign(ws, reference).await?;
        if earlier.kind != CampaignKind::Messaging {
            return Err(Refusal::invalid("campaign", "only messages can be sent again").into());
        }
        let draft = match self.sending_if_ours(ws, reference).await? {
            Some(info) => info.draft,
            None => Draft::default(),
        };
        let draft = Draft {
            revision: 1,
            sender: earlier.sender.clone(),
            audience: Audience::FollowUp {
                campaign: earlier.id.clone(),
                who,
            },
            saved: Step::of_channel(Channel::of_type(earlier.campaign_type).ok_or_else(not_ours)?)
                .iter()
                .copied()
                .filter(|step| *step == Step::Recipients || draft.saved.contains(step))
                .filter(|step| *step != Step::Summary)
                .collect(),
            ..draft
        };
        let suffix = match who {
            FollowUp::NotOpened => " – not opened",
            FollowUp::NotClicked => " – not clicked",
            FollowUp::NotReached => " – not reached",
        };
        let name: String = earlier.name.chars().take(180).collect();
        let new = NewCampaign {
            name: name + suffix,
            kind: CampaignKind::Messaging,
            campaign_type: earlier.campaign_type,
            sender: earlier.sender.clone(),
            ..NewCampaign::default()
        };
        let (campaign, _) = self.create_campaign(ws, new, now).await?;
        let pk = self.campaign_row(ws, &campaign.id).await?.pk;
        self.put_draft(ws, pk, &draft).await?;
        let detail = format!("follows up #{}", earlier.number);
        writing!(self, tx => {
            audit!(tx, ws, now, by, "campaign.created", &campaign.name, &detail);
        });
        Ok(campaign)
    }
}

/// The draft as it is kept after a save.
fn revised(
    campaign: &Campaign,
    held: Option<&SendingRow>,
    step: Step,
    draft: &Draft,
) -> Result<Draft> {
    if held.is_none() && !is_adoptable(campaign) {
        return Err(not_ours().into());
    }
    let phase = held.map_or(Ok(Phase::Draft), SendingRow::phase)?;
    let is_open = matches!(
        campaign.status,
        CampaignStatus::Pending | CampaignStatus::Scheduled
    );
    if phase != Phase::Draft || !is_open {
        let text = "This campaign was launched and can't be changed any more.";
        return Err(Refusal::Conflict(text.to_owned()).into());
    }
    let revision = held.map_or(0, |row| row.revision);
    if draft.revision != revision {
        let text = "Somebody else changed this campaign meanwhile. Reload the page to see it.";
        return Err(Refusal::Conflict(text.to_owned()).into());
    }
    let mut new = draft.clone();
    new.revision = revision + 1;
    let earlier = held.map(SendingRow::draft).transpose()?;
    // A program may save several steps at once: they stand in its draft.
    let mut saved = earlier.map(|earlier| earlier.saved).unwrap_or_default();
    for one in new.saved.into_iter().chain([step]) {
        if !saved.contains(&one) {
            saved.push(one);
        }
    }
    new.saved = saved;
    Ok(new)
}
