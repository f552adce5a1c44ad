//! A campaign on its way out: the draft, the launch, and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Campaign, Channel,
    audience::Audience,
    content::{ContentLink, Variant},
};

/// Most messages a second that a campaign can be throttled to.
pub const PER_SECOND_MAX: u32 = 10_000;
/// Most reasons that are listed for messages that were not handed over.
pub const LEFT_OUT_MAX: usize = 8;
/// Largest holdout, in percent.
pub const HOLDOUT_MAX: u8 = 50;

/// A step of making a messaging campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Name, account, sender; subject and preheader of an e-mail.
    Detail,
    /// Where an e-mail's design comes from: empty, HTML, MJML.
    Template,
    /// An e-mail's text and its placeholders.
    Personalize,
    /// Whom it is for.
    Recipients,
    /// What it says.
    Message,
    /// Everything once more; then send, schedule or leave.
    Summary,
}

impl Step {
    /// The steps of a channel, in order (§5.7 of the functional reference).
    #[must_use]
    pub fn of_channel(channel: Channel) -> &'static [Self] {
        match channel {
            Channel::Email => &[
                Self::Detail,
                Self::Template,
                Self::Personalize,
                Self::Recipients,
                Self::Summary,
            ],
            _ => &[Self::Detail, Self::Recipients, Self::Message, Self::Summary],
        }
    }

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Template => "template",
            Self::Personalize => "personalize",
            Self::Recipients => "recipients",
            Self::Message => "message",
            Self::Summary => "summary",
        }
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Detail => "Detail",
            Self::Template => "Template",
            Self::Personalize => "Personalize",
            Self::Recipients => "Recipients",
            Self::Message => "Message",
            Self::Summary => "Summary",
        }
    }
}

impl std::str::FromStr for Step {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Detail,
            Self::Template,
            Self::Personalize,
            Self::Recipients,
            Self::Message,
            Self::Summary,
        ]
        .into_iter()
        .find(|step| step.as_str() == text)
        .ok_or(())
    }
}

/// What a messaging campaign is going to be. Saved at every step; frozen at launch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Grows with each save; a save names the one it was made from.
    pub revision: i64,
    /// Carrier account it goes out by: its id.
    pub account: Option<String>,
    /// Number, address, app, agent or account it comes from.
    pub sender: String,
    /// Whom it is for.
    pub audience: Audience,
    /// One to four arms; empty until the first text is saved.
    pub variants: Vec<Variant>,
    /// Part of the audience that is not written to, in percent, to compare with.
    pub holdout: u8,
    /// Links whose clicks are not followed, by address.
    pub untracked: Vec<String>,
    /// Whether opens of an e-mail are followed.
    pub tracks_opens: bool,
    /// Whether an e-mail holds a link that people can't see: who follows it is a machine.
    pub hides_link: bool,
    /// How fast, and when not.
    pub pace: Pace,
    /// Steps saved at least once.
    pub saved: Vec<Step>,
}

/// How fast a campaign goes out, and at which hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// Messages a second at most.
    pub per_second: Option<u32>,
    /// Hours at which people are written to.
    pub window: Option<Window>,
}

/// Hours of the day, in the recipient's zone where it is known, else in the workspace's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First minute of the day, 0 to 1439.
    pub from_minute: u16,
    /// First minute after it, 1 to 1440; smaller than `from_minute` for a window over midnight.
    pub to_minute: u16,
}

/// What stands in the way of launching, and at which step it is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// Step.
    pub step: Step,
    /// Field of that step.
    pub field: String,
    /// For people.
    pub message: String,
}

/// When to launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "snake_case")]
pub enum Launch {
    /// At once.
    Now,
    /// At this time.
    At {
        /// The time.
        at: DateTime<Utc>,
    },
    /// Not yet: it stays, or becomes, Pending.
    Later,
}

/// Where the sending of a campaign stands.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not launched. Also every campaign that another platform sends.
    #[default]
    Draft,
    /// The audience is being written into the outbox.
    Preparing,
    /// Messages go out.
    Sending,
    /// Held by a person, or by trouble with the account.
    Suspended,
    /// All messages were handed over, refused, or cancelled.
    Done,
}

impl Phase {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Preparing => "preparing",
            Self::Sending => "sending",
            Self::Suspended => "suspended",
            Self::Done => "done",
        }
    }
}

impl std::str::FromStr for Phase {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Draft,
            Self::Preparing,
            Self::Sending,
            Self::Suspended,
            Self::Done,
        ]
        .into_iter()
        .find(|phase| phase.as_str() == text)
        .ok_or(())
    }
}

/// Where one message of the outbox stands. The codes are stored: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum OutboxState {
    /// To be sent when it is due.
    Waiting = 0,
    /// Claimed by a worker.
    Claimed = 1,
    /// Accepted by the carrier.
    Submitted = 2,
    /// Refused by the carrier, for good.
    Failed = 3,
    /// Never handed over: suppressed, incomplete, no consent.
    Unsent = 4,
    /// May or may not have been accepted: held for the provider's word or a person's.
    Uncertain = 5,
    /// Cancelled with the rest.
    Cancelled = 6,
    /// Belongs to the holdout.
    HeldOut = 7,
}

impl OutboxState {
    /// All of them, in code order.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Claimed,
        Self::Submitted,
        Self::Failed,
        Self::Unsent,
        Self::Uncertain,
        Self::Cancelled,
        Self::HeldOut,
    ];

    /// Stored code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The state with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// How far the sending of a campaign is. The counts add up to `recipients`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// Messages of the outbox, the holdout included; still growing while preparing.
    pub recipients: u64,
    /// Waiting for their turn.
    pub waiting: u64,
    /// With a worker at this moment.
    pub claimed: u64,
    /// Accepted by the carrier.
    pub submitted: u64,
    /// Refused by the carrier.
    pub failed: u64,
    /// Not handed over.
    pub unsent: u64,
    /// Why they were not handed over, the most frequent reason first, at most [`LEFT_OUT_MAX`]; empty while messages go out.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// Held: nobody knows whether the carrier took them.
    pub uncertain: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Not written to on purpose.
    pub held_out: u64,
    /// Messages handed over in the last minute.
    pub last_minute: u64,
    /// Seconds to the end at that rate.
    pub eta_s: Option<u64>,
    /// Why it stands still, such as refused credentials; none while all is well.
    pub trouble: Option<String>,
    /// When it was launched.
    pub launched_at: Option<DateTime<Utc>>,
    /// When the last message was handed over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Why messages of a campaign were not handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// In words without contact data, such as `no value for code`.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// A message nobody knows the fate of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMessage {
    /// Message key.
    pub message: String,
    /// Whom it is for; masked for roles below admin.
    pub recipient: String,
    /// What happened.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a person decides about held messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldDecision {
    /// Send again, at the risk of a second copy.
    SendAgain,
    /// Take them as sent.
    TakeAsSent,
    /// Leave them unsent.
    GiveUp,
}

/// What can be done to a campaign that is going out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Hold what hasn't been handed over.
    Suspend,
    /// Go on.
    Resume,
    /// Hand nothing more over; the campaign is then Completed.
    CancelRest,
}

/// A link in its place, and the human-likely clicks on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionClicks {
    /// Arm.
    pub variant: String,
    /// Place among the links of the arm, from 1.
    pub position: u32,
    /// Where it goes.
    pub url: String,
    /// Its words.
    pub label: String,
    /// Whether clicks are followed.
    pub is_tracked: bool,
    /// Clicks.
    pub clicks: u64,
    /// People who clicked.
    pub people: u64,
}

/// Somebody's answer to a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Who wrote; masked for roles below admin.
    pub sender: String,
    /// What they wrote.
    pub text: String,
    /// `stop`, `start` or `help`, where it is such a word.
    pub keyword: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A campaign that is being made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// The campaign.
    pub campaign: Campaign,
    /// What it is going to be; what it is, once it was launched.
    pub draft: Draft,
    /// Whether it can still be changed: only while it is a draft.
    pub phase: Phase,
    /// What stands in the way of launching, in the order of the steps. Audience and account are not asked.
    pub obstacles: Vec<Obstacle>,
    /// Links of all arms.
    pub links: Vec<ContentLink>,
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOutcome {
    /// Where it went.
    pub address: String,
    /// None when the carrier took it, else why not.
    pub problem: Option<String>,
}
