//! Messaging campaigns on their way out.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::{Compare, FollowUp},
    carrier::Protocol,
    sending::{HeldDecision, Phase, Step},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Type,
        schema::{ObjectBuilder, Schema, SchemaType},
    },
};

use super::{CampaignDoc, EventKindDoc, content::ContentDoc, words};

words! {
    /// Channels.
    ChannelDoc, "Channel", Channel::ALL.map(Channel::as_str).into(),
        "A way to reach a person";
    /// Protocols.
    ProtocolDoc, "Protocol", Protocol::ALL.iter().map(|protocol| protocol.as_str()).collect(),
        "How a carrier is spoken to";
    /// Comparisons.
    CompareDoc, "Compare", Compare::ALL.map(Compare::as_str).into(),
        "How an attribute is compared; case is ignored";
    /// Follow-ups.
    FollowUpWhoDoc, "FollowUpWho", FollowUp::ALL.map(FollowUp::as_str).into(),
        "Which recipients of the earlier campaign";
    /// Steps.
    StepDoc, "Step", [Step::Detail, Step::Template, Step::Personalize, Step::Recipients, Step::Message, Step::Summary].map(Step::as_str).into(),
        "A step of making a campaign";
    /// Phases.
    PhaseDoc, "Phase", [Phase::Draft, Phase::Preparing, Phase::Sending, Phase::Suspended, Phase::Done].map(Phase::as_str).into(),
        "Where the sending stands";
    /// Decisions.
    HeldWordDoc, "HeldWord", vec!["send_again", "take_as_sent", "give_up"],
        "Send again risks a second copy";
}

/// A draft is made from it; the words are checked against the domain's by a test.
const _: fn(HeldDecision) = |decision| match decision {
    HeldDecision::SendAgain | HeldDecision::TakeAsSent | HeldDecision::GiveUp => {}
};

/// An account at a carrier, as far as whoever makes a campaign has to know it.
#[derive(ToSchema)]
#[schema(as = SendingAccount)]
pub(in crate::http) struct SendingAccountDoc {
    id: String,
    name: String,
    protocol: ProtocolDoc,
    channels: Vec<ChannelDoc>,
    /// Numbers, addresses, apps or agents that campaigns may come from
    senders: Vec<String>,
    /// Messages a second at most, of all campaigns together
    #[schema(required)]
    per_second: Option<u32>,
    /// Why it can't be used at the moment
    #[schema(required)]
    trouble: Option<String>,
}

/// What a messaging campaign is going to be.
#[derive(ToSchema)]
#[schema(as = Draft)]
pub(in crate::http) struct DraftDoc {
    /// Grows with each save; a save names the one it was made from
    revision: i64,
    /// Id of the carrier account
    #[schema(required)]
    account: Option<String>,
    sender: String,
    audience: AudienceDoc,
    /// One to four arms
    variants: Vec<VariantDoc>,
    /// Part of the audience that is not written to, in percent, to compare with
    holdout: u8,
    /// Addresses of links whose clicks are not followed
    untracked: Vec<String>,
    /// Whether opens of an e-mail are followed
    tracks_opens: bool,
    /// Whether an e-mail holds a link that people can't see: who follows it is a machine
    hides_link: bool,
    pace: PaceDoc,
    /// Steps saved at least once
    saved: Vec<StepDoc>,
}

/// How fast, and at which hours.
#[derive(ToSchema)]
#[schema(as = Pace)]
pub(in crate::http) struct PaceDoc {
    /// Messages a second at most
    #[schema(required)]
    per_second: Option<u32>,
    #[schema(required)]
    window: Option<WindowDoc>,
}

/// Hours of the day in the recipient's zone, else the workspace's.
#[derive(ToSchema)]
#[schema(as = Window)]
pub(in crate::http) struct WindowDoc {
    /// 0 to 1439
    from_minute: u16,
    /// 1 to 1440; smaller than `from_minute` for a window over midnight
    to_minute: u16,
}

/// Whom a campaign is for.
#[derive(ToSchema)]
#[schema(as = Audience)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::http) enum AudienceDoc {
    /// Not chosen yet
    Nobody,
    /// The main list
    Everyone,
    /// A saved list
    List { list: String },
    /// Whoever meets a condition
    Filter { condition: ConditionDoc },
    /// Numbers or addresses written by hand
    Typed { addresses: Vec<String> },
    /// Those of an earlier campaign who are to hear again
    FollowUp {
        campaign: String,
        who: FollowUpWhoDoc,
    },
}

/// A condition on a contact.
#[derive(ToSchema)]
#[schema(as = Condition)]
#[serde(tag = "test", rename_all = "snake_case")]
pub(in crate::http) enum ConditionDoc {
    /// All of them hold
    All {
        #[schema(no_recursion)]
        of: Vec<ConditionDoc>,
    },
    /// One of them holds
    Any {
        #[schema(no_recursion)]
        of: Vec<ConditionDoc>,
    },
    /// It doesn't hold
    Not {
        #[schema(no_recursion)]
        of: Box<ConditionDoc>,
    },
    /// On this list
    OnList { list: String },
    /// An attribute, or `name`, `email`, `phone`, `time_zone`
    Attribute {
        name: String,
        compare: CompareDoc,
        value: String,
    },
    /// Did this, by human-likely evidence
    Did {
        event: EventKindDoc,
        /// In this campaign; in any when absent
        #[schema(required)]
        campaign: Option<String>,
        /// Within so many days; ever when absent
        #[schema(required)]
        days: Option<u32>,
    },
}

/// One arm of an A/B test, or the only one.
#[derive(ToSchema)]
#[schema(as = Variant)]
pub(in crate::http) struct VariantDoc {
    /// A, B, C or D
    name: String,
    /// In percent; all shares and the holdout come to 100
    share: u8,
    content: ContentDoc,
}

/// A link of the content.
#[derive(ToSchema)]
#[schema(as = ContentLink)]
pub(in crate::http) struct ContentLinkDoc {
    variant: String,
    /// From 1
    position: u32,
    url: String,
    label: String,
    is_tracked: bool,
}

/// What stands in the way of launching.
#[derive(ToSchema)]
#[schema(as = Obstacle)]
pub(in crate::http) struct ObstacleDoc {
    step: StepDoc,
    field: String,
    message: String,
}

/// A placeholder without a default that some of those who would be written to have no value for.
#[derive(ToSchema)]
#[schema(as = MissingValue)]
pub(in crate::http) struct MissingValueDoc {
    placeholder: String,
    /// Arms whose message needs it
    variants: Vec<String>,
    /// How many have no value for it, whichever arm they fall into; for push, devices
    recipients: u64,
    /// How many would be written to
    eligible: u64,
    /// At most two
    examples: Vec<MissingExampleDoc>,
}

/// A contact that has no value for a placeholder.
#[derive(ToSchema)]
#[schema(as = MissingExample)]
pub(in crate::http) struct MissingExampleDoc {
    /// Id of the contact
    contact: String,
    /// Their address on the channel, for push their name; masked without `read`
    shown: String,
}

/// Why messages of a campaign were not handed over.
#[derive(ToSchema)]
#[schema(as = LeftOut)]
pub(in crate::http) struct LeftOutDoc {
    reason: String,
    count: u64,
}

/// A campaign that is being made.
#[derive(ToSchema)]
#[schema(as = Editing)]
pub(in crate::http) struct EditingDoc {
    campaign: CampaignDoc,
    draft: DraftDoc,
    phase: PhaseDoc,
    /// Audience and account are not asked: see `launch-obstacles`
    obstacles: Vec<ObstacleDoc>,
    links: Vec<ContentLinkDoc>,
}

/// A draft to be kept.
#[derive(ToSchema)]
#[schema(as = DraftSave)]
pub(in crate::http) struct DraftSaveDoc {
    /// New name of the campaign; stays when absent
    #[schema(required = false)]
    name: Option<String>,
    draft: DraftDoc,
}

/// A test.
#[derive(ToSchema)]
#[schema(as = Test)]
pub(in crate::http) struct TestDoc {
    /// Arm; A when absent
    #[schema(required = false)]
    variant: String,
    /// At most five
    addresses: Vec<String>,
}

/// What became of a test.
#[derive(ToSchema)]
#[schema(as = TestOutcome)]
pub(in crate::http) struct TestOutcomeDoc {
    address: String,
    /// Null when the carrier took it
    #[schema(required)]
    problem: Option<String>,
}

/// When to launch.
#[derive(ToSchema)]
#[schema(as = Launch)]
#[serde(tag = "when", rename_all = "snake_case")]
pub(in crate::http) enum LaunchDoc {
    Now,
    At {
        at: DateTime<Utc>,
    },
    /// It stays, or becomes, pending
    Later,
}

/// How far a campaign is.
#[derive(ToSchema)]
#[schema(as = Progress)]
pub(in crate::http) struct ProgressDoc {
    phase: PhaseDoc,
    recipients: u64,
    waiting: u64,
    claimed: u64,
    submitted: u64,
    failed: u64,
    unsent: u64,
    /// Why they were not sent, the most frequent first, at most eight; empty while messages go out
    left_out: Vec<LeftOutDoc>,
    /// Nobody knows whether the carrier took them
    uncertain: u64,
    cancelled: u64,
    held_out: u64,
    /// Handed over in the last minute
    last_minute: u64,
    #[schema(required)]
    eta_s: Option<u64>,
    #[schema(required)]
    trouble: Option<String>,
    #[schema(required)]
    launched_at: Option<DateTime<Utc>>,
    #[schema(required)]
    finished_at: Option<DateTime<Utc>>,
}

/// A message nobody knows the fate of.
#[derive(ToSchema)]
#[schema(as = HeldMessage)]
pub(in crate::http) struct HeldMessageDoc {
    message: String,
    recipient: String,
    reason: String,
    at: DateTime<Utc>,
}

/// What is decided about held messages.
#[derive(ToSchema)]
#[schema(as = HeldDecision)]
pub(in crate::http) struct HeldDecisionDoc {
    /// Message keys; all held messages when empty
    #[schema(required = false)]
    messages: Vec<String>,
    decision: HeldWordDoc,
}

/// Somebody's answer.
#[derive(ToSchema)]
#[schema(as = Reply)]
pub(in crate::http) struct ReplyDoc {
    sender: String,
    text: String,
    /// stop, start or help
    #[schema(required)]
    keyword: Option<String>,
    at: DateTime<Utc>,
}

/// One thing that happened to a message.
#[derive(ToSchema)]
#[schema(as = HistoryEntry)]
pub(in crate::http) struct HistoryEntryDoc {
    at: String,
    kind: EventKindDoc,
    #[schema(required)]
    raw: Option<String>,
    #[schema(required)]
    detail: Option<String>,
    is_machine: bool,
}

/// Who is written to again.
#[derive(ToSchema)]
#[schema(as = FollowUp)]
pub(in crate::http) struct FollowUpDoc {
    who: FollowUpWhoDoc,
}

/// An audience on a channel.
#[derive(ToSchema)]
#[schema(as = AudienceQuestion)]
pub(in crate::http) struct AudienceQuestionDoc {
    channel: ChannelDoc,
    audience: AudienceDoc,
}

/// How many people an audience comes to.
#[derive(ToSchema)]
#[schema(as = AudienceCount)]
pub(in crate::http) struct AudienceCountDoc {
    matched: u64,
    no_address: u64,
    suppressed: u64,
    no_consent: u64,
    duplicates: u64,
    eligible: u64,
}
