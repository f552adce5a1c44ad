//! Making a messaging campaign, launching it, and what can be done while it goes out.

use super::Answer;
use domain::{
    Campaign, Channel,
    audience::{Audience, AudienceCount, FollowUp, MissingValue},
    carrier::AccountInfo,
    content::{Content, Preview, WhatsAppTemplate},
    recipient::HistoryEntry,
    sending::{
        Control, Draft, Editing, HeldDecision, HeldMessage, Launch, Obstacle, PositionClicks,
        Progress, Reply, Step, TestOutcome,
    },
    uplift::Uplift,
};

/// Messaging campaigns before, during and after they go out.
pub trait SendingBackend: Send + Sync {
    /// What a campaign is going to be. Viewer.
    fn editing(&self, id: String) -> Answer<Editing>;
    /// Saves a step. A draft made from an older revision is refused as a conflict. Editor.
    fn save_draft(&self, id: String, step: Step, name: String, draft: Draft) -> Answer<Editing>;
    /// Accounts that can send on a channel; without webhook paths. Editor.
    fn accounts_for(&self, channel: Channel) -> Answer<Vec<AccountInfo>>;
    /// WhatsApp templates of an account, asked of the carrier. Editor.
    fn templates(&self, account: String) -> Answer<Vec<WhatsAppTemplate>>;
    /// How many people an audience comes to. With a campaign, what is masked in its own audience may stand in this one as
    /// it was shown. Editor.
    fn count_audience(
        &self,
        campaign: Option<String>,
        channel: Channel,
        audience: Audience,
    ) -> Answer<AudienceCount>;
    /// A content as one person of the audience gets it: the `n`th, from 0; sample values where there is nobody. Editor.
    fn preview(&self, id: String, content: Content, n: u32) -> Answer<Preview>;
    /// Every arm as it was, or will be, sent. Viewer.
    fn previews(&self, id: String) -> Answer<Vec<Preview>>;
    /// HTML of an MJML source. Editor.
    fn mjml(&self, mjml: String) -> Answer<String>;
    /// MJML of a starting point: `newsletter`, `offer` or `letter`. Editor.
    fn starter(&self, name: String) -> Answer<String>;
    /// Sends one arm to a few addresses (at most five); counted nowhere. Editor.
    fn test_send(
        &self,
        id: String,
        variant: String,
        addresses: Vec<String>,
    ) -> Answer<Vec<TestOutcome>>;
    /// Everything that stands in the way of launching, audience and account included. Editor.
    fn launch_obstacles(&self, id: String) -> Answer<Vec<Obstacle>>;
    /// Placeholders without a default that some of those who would be written to have no value for: they are left out.
    /// Editor.
    fn missing_values(&self, id: String) -> Answer<Vec<MissingValue>>;
    /// Sends, schedules, or leaves pending. Editor.
    fn launch(&self, id: String, launch: Launch) -> Answer<Campaign>;
    /// How far it is; none for a campaign that another platform sends. Viewer.
    fn progress(&self, id: String) -> Answer<Option<Progress>>;
    /// Suspends, resumes, or cancels the rest. Editor.
    fn control(&self, id: String, control: Control) -> Answer<()>;
    /// Messages nobody knows the fate of, at most 200. Viewer.
    fn held(&self, id: String) -> Answer<Vec<HeldMessage>>;
    /// Decides about held messages; about all of them when none is named. Editor.
    fn decide_held(&self, id: String, messages: Vec<String>, decision: HeldDecision) -> Answer<()>;
    /// A campaign for those of another who are to hear again. Editor.
    fn follow_up(&self, id: String, who: FollowUp) -> Answer<Campaign>;
    /// Answers, newest first, at most 200. Viewer.
    fn replies(&self, id: String) -> Answer<Vec<Reply>>;
    /// Links of what was sent, with the clicks on each. Viewer.
    fn positions(&self, id: String) -> Answer<Vec<PositionClicks>>;
    /// The campaign against its holdout; none for one that another platform sends, or that wasn't launched. Viewer.
    fn uplift(&self, id: String) -> Answer<Option<Uplift>>;
    /// HTML of an arm with the clicks beside its links; none when it is no e-mail. Viewer.
    fn click_map(&self, id: String, variant: String) -> Answer<Option<String>>;
    /// What happened to one message, in order. Viewer.
    fn history(&self, id: String, message: String) -> Answer<Vec<HistoryEntry>>;
}
