//! The state of one message: a maximum over the set of its facts.
//!
//! Because only counts, minima and maxima are kept, the state doesn't depend on the order, batching or
//! repetition of the facts. Receipts that arrive before the send, twice, or a week late change nothing
//! but what they say.

mod standing;
#[cfg(test)]
mod tests;

pub use standing::Standing;

use serde::{Deserialize, Serialize};

use crate::{CampaignType, EventKind, Evidence, EvidenceFilter, Fact, money::Amount};

/// Facts of one kind and one side of the evidence switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(u8);

impl Lane {
    /// How many there can be.
    pub const COUNT: usize = EventKind::ALL.len() * 2;

    /// The lane a fact belongs to.
    #[must_use]
    pub fn of(kind: EventKind, evidence: Evidence) -> Self {
        let machine = kind.can_be_machine() && !evidence.is_human_likely();
        Self(kind.code() * 2 + u8::from(machine))
    }

    /// The human-likely lane of a kind.
    #[must_use]
    pub fn human(kind: EventKind) -> Self {
        Self(kind.code() * 2)
    }

    /// The machine lane of a kind.
    #[must_use]
    pub fn machine(kind: EventKind) -> Self {
        Self(kind.code() * 2 + 1)
    }

    /// Every lane a fact can fall into, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        EventKind::ALL.iter().flat_map(|kind| {
            [
                Some(Self::human(*kind)),
                kind.can_be_machine().then(|| Self::machine(*kind)),
            ]
            .into_iter()
            .flatten()
        })
    }

    /// Stored code.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// The lane with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        EventKind::from_code(code / 2).map(|_| Self(code))
    }

    /// What its facts say.
    #[must_use]
    pub fn kind(self) -> EventKind {
        // A `Lane` is only made from a kind, or checked by `from_code`.
        EventKind::ALL[usize::from(self.0 / 2)]
    }

    /// Whether its facts were caused by a machine.
    #[must_use]
    pub fn is_machine(self) -> bool {
        self.0 % 2 == 1
    }

    /// Whether the filter lets it count.
    #[must_use]
    pub fn counts_under(self, filter: EvidenceFilter) -> bool {
        filter == EvidenceFilter::All || !self.is_machine()
    }
}

/// What a message knows about one lane. Times in microseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneState {
    /// Which lane.
    pub lane: Lane,
    /// Number of facts.
    pub count: u32,
    /// Earliest.
    pub first_us: i64,
    /// Latest.
    pub last_us: i64,
}

/// The fact that decided the standing: the latest of the highest, the greatest raw status on a tie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decisive {
    /// Standing it supports.
    pub standing: Standing,
    /// When it happened.
    pub at_us: i64,
    /// The provider's word, or the kind in capitals when there was none.
    pub raw: String,
}

/// Everything kept about one message. Equal sets of facts give equal states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageState {
    /// Lanes with at least one fact, by code.
    pub lanes: Vec<LaneState>,
    /// What decided the standing, if any fact had one.
    pub decisive: Option<Decisive>,
    /// Arm of an A/B test: the smallest name any fact gave.
    pub variant: Option<String>,
    /// Earliest fact that supports [`Standing::Engaged`], in microseconds since 1970 UTC. The lanes don't tell it: a prefetch
    /// shares its lane with machines that prove nothing.
    pub engaged_us: Option<i64>,
    /// Worth of its conversions per currency, by currency.
    pub values: Vec<(String, i64)>,
}

impl MessageState {
    /// Takes one fact in.
    pub fn apply(&mut self, fact: &Fact) {
        let lane = Lane::of(fact.kind, fact.evidence);
        match self.lanes.binary_search_by_key(&lane, |state| state.lane) {
            Ok(at) => {
                let state = &mut self.lanes[at];
                state.count = state.count.saturating_add(1);
                state.first_us = state.first_us.min(fact.at_us);
                state.last_us = state.last_us.max(fact.at_us);
            }
            Err(at) => self.lanes.insert(
                at,
                LaneState {
                    lane,
                    count: 1,
                    first_us: fact.at_us,
                    last_us: fact.at_us,
                },
            ),
        }
        let standing = Standing::of(fact.kind, fact.evidence);
        if standing == Standing::Engaged {
            let earliest = self.engaged_us.map_or(fact.at_us, |at| at.min(fact.at_us));
            self.engaged_us = Some(earliest);
        }
        let beaten = self
            .decisive
            .as_ref()
            .is_some_and(|held| (held.standing, held.at_us) > (standing, fact.at_us));
        if standing != Standing::None && !beaten {
            let raw = match &fact.raw_status {
                Some(raw) => raw.clone(),
                None => fact.kind.as_str().to_ascii_uppercase(),
            };
            let candidate = Decisive {
                standing,
                at_us: fact.at_us,
                raw,
            };
            if self.decisive.as_ref().is_none_or(|held| *held < candidate) {
                self.decisive = Some(candidate);
            }
        }
        if let Some(variant) = &fact.dimensions[crate::event::Dimension::Variant as usize]
            && self.variant.as_ref().is_none_or(|held| variant < held)
        {
            self.variant = Some(variant.clone());
        }
        if let Some((Amount(units), currency)) = &fact.value
            && fact.kind == EventKind::Converted
        {
            match self.values.binary_search_by(|(held, _)| held.cmp(currency)) {
                Ok(at) => self.values[at].1 = self.values[at].1.wrapping_add(*units),
                Err(at) => self.values.insert(at, (currency.clone(), *units)),
            }
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.decisive
            .as_ref()
            .map_or(Standing::None, |held| held.standing)
    }

    /// How it was engaged with: by a person, by machines only, or not at all.
    #[must_use]
    pub fn engagement(&self) -> Engagement {
        let mut found = Engagement::None;
        for state in &self.lanes {
            if state.lane.kind().is_engagement() {
                if !state.lane.is_machine() {
                    return Engagement::Human;
                }
                found = Engagement::Machine;
            }
        }
        found
    }

    fn first_where(&self, mut wanted: impl FnMut(EventKind) -> bool) -> Option<i64> {
        self.lanes
            .iter()
            .filter(|s| wanted(s.lane.kind()))
            .map(|s| s.first_us)
            .min()
    }

    /// When the carrier accepted it: the earliest fact that proves it.
    #[must_use]
    pub fn sent_us(&self) -> Option<i64> {
        let said = |kind| {
            matches!(
                kind,
                EventKind::Sent | EventKind::Delivered | EventKind::SoftFailed | EventKind::Failed
            )
        };
        [self.first_where(said), self.engaged_us]
            .into_iter()
            .flatten()
            .min()
    }

    /// When it was delivered: the earliest fact that proves it. None while it doesn't stand as delivered.
    #[must_use]
    pub fn delivered_us(&self) -> Option<i64> {
        if !self.standing().is_delivered() {
            return None;
        }
        let said = self.first_where(|kind| kind == EventKind::Delivered);
        [said, self.engaged_us].into_iter().flatten().min()
    }

    /// When it first failed. None while it doesn't stand as failed.
    #[must_use]
    pub fn failed_us(&self) -> Option<i64> {
        if !self.standing().is_failed() {
            return None;
        }
        self.first_where(|kind| matches!(kind, EventKind::Failed | EventKind::SoftFailed))
    }

    /// When it was held back. None once it was sent.
    #[must_use]
    pub fn unsent_us(&self) -> Option<i64> {
        if self.standing() != Standing::Unsent {
            return None;
        }
        self.first_where(|kind| kind == EventKind::Unsent)
    }

    /// When it was queued. None once anything else happened.
    #[must_use]
    pub fn queued_us(&self) -> Option<i64> {
        if self.standing() != Standing::Queued {
            return None;
        }
        self.first_where(|kind| kind == EventKind::Queued)
    }

    /// Its place on the send clock: when it was sent; else held back, queued, or first heard of.
    #[must_use]
    pub fn cohort_us(&self) -> Option<i64> {
        self.sent_us()
            .or_else(|| self.unsent_us())
            .or_else(|| self.queued_us())
            .or_else(|| self.first_where(|_| true))
    }
}

/// Who engaged with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Engagement {
    /// Nobody.
    None = 0,
    /// Machines only.
    Machine = 1,
    /// A person, as far as can be told.
    Human = 2,
}

/// A bar of *Messages by Status*. Which ones a channel has: section 4.3 of the functional reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Waiting for the carrier.
    Queued,
    /// Held back.
    Unsent,
    /// Accepted, outcome open.
    Sent,
    /// The carrier reports it on its way (SMS).
    Transit,
    /// Delivered.
    Delivered,
    /// Delivered, not opened (email).
    NotOpen,
    /// Opened (email).
    Open,
    /// Opened (push).
    Opened,
    /// Read (WhatsApp, RCS).
    Read,
    /// Went out by another channel instead (RCS).
    Fallback,
    /// Failed.
    Failed,
}

impl Category {
    /// All of them, in the order of the bars.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Unsent,
        Self::Sent,
        Self::Transit,
        Self::Delivered,
        Self::NotOpen,
        Self::Open,
        Self::Opened,
        Self::Read,
        Self::Fallback,
        Self::Failed,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unsent => "unsent",
            Self::Sent => "sent",
            Self::Transit => "transit",
            Self::Delivered => "delivered",
            Self::NotOpen => "not_open",
            Self::Open => "open",
            Self::Opened => "opened",
            Self::Read => "read",
            Self::Fallback => "fallback",
            Self::Failed => "failed",
        }
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Unsent => "Unsent",
            Self::Sent => "Sent",
            Self::Transit => "Transit",
            Self::Delivered => "Delivered",
            Self::NotOpen => "Not open",
            Self::Open => "Open",
            Self::Opened => "Opened",
            Self::Read => "Read",
            Self::Fallback => "Fallback",
            Self::Failed => "Failed",
        }
    }

    /// The bars a channel's chart always shows, in order. Queued is added when there are any.
    #[must_use]
    pub fn of_channel(channel: CampaignType) -> &'static [Self] {
        match channel {
            CampaignType::Sms => &[
                Self::Unsent,
                Self::Sent,
                Self::Delivered,
                Self::Transit,
                Self::Failed,
            ],
            CampaignType::Email => &[
                Self::Unsent,
                Self::Sent,
                Self::NotOpen,
                Self::Open,
                Self::Failed,
            ],
            CampaignType::Push => &[
                Self::Unsent,
                Self::Sent,
                Self::Delivered,
                Self::Opened,
                Self::Failed,
            ],
            CampaignType::Rcs => &[
                Self::Unsent,
                Self::Sent,
                Self::Delivered,
                Self::Read,
                Self::Fallback,
                Self::Failed,
            ],
            CampaignType::WhatsApp => &[
                Self::Unsent,
                Self::Sent,
                Self::Delivered,
                Self::Read,
                Self::Failed,
            ],
            // Interactive campaigns go out by several channels: the union that fits all of them.
            _ => &[Self::Unsent, Self::Sent, Self::Delivered, Self::Failed],
        }
    }

    /// The bar a message belongs to. None for [`Standing::None`].
    ///
    /// `raw` only tells apart what the standing cannot: SMS on its way (SMPP `ENROUTE`, `ACCEPTD`,
    /// `UNKNOWN`, and `INCOMPLETE` segments) and RCS sent by another channel (`FALLBACK`).
    #[must_use]
    pub fn of(
        channel: CampaignType,
        standing: Standing,
        engagement: Engagement,
        raw: &str,
        filter: EvidenceFilter,
    ) -> Option<Self> {
        let engaged = match filter {
            EvidenceFilter::Human => engagement == Engagement::Human,
            EvidenceFilter::All => engagement != Engagement::None,
        };
        let is_raw = |names: &[&str]| names.iter().any(|name| raw.eq_ignore_ascii_case(name));
        if channel == CampaignType::Rcs && standing.is_sent() && is_raw(&["FALLBACK"]) {
            return Some(Self::Fallback);
        }
        Some(match standing {
            Standing::None => return None,
            Standing::Queued => Self::Queued,
            Standing::Unsent => Self::Unsent,
            Standing::SoftFailed | Standing::Failed => Self::Failed,
            Standing::Sent
                if channel == CampaignType::Sms
                    && is_raw(&["ENROUTE", "ACCEPTD", "UNKNOWN", "INCOMPLETE"]) =>
            {
                Self::Transit
            }
            Standing::Sent => Self::Sent,
            Standing::Delivered | Standing::Engaged => match channel {
                CampaignType::Email if engaged => Self::Open,
                CampaignType::Email => Self::NotOpen,
                CampaignType::Push if engaged => Self::Opened,
                CampaignType::Rcs | CampaignType::WhatsApp if engaged => Self::Read,
                _ => Self::Delivered,
            },
        })
    }
}
