//! Which campaigns the demonstration has, when each runs and how many people it reaches.

use chrono::{DateTime, Duration, Timelike, Utc};
use domain::{CampaignKind, CampaignStatus, CampaignType, campaign::NewCampaign};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    catalogue,
    rhythm::{days_ago, last_clock_change, local, log_normal},
    share::share_out,
};

/// Messaging campaigns, beside the one over the clock change and the live one.
const MESSAGING: usize = 128;
/// How many of them are through: all but the last ones.
const COMPLETED: usize = MESSAGING - 22;
/// Interactive campaigns, beside the live one.
const INTERACTIVE: usize = 39;
/// How far back the oldest campaign lies.
const HISTORY_DAYS: f64 = 150.0;

/// The messaging campaign that the live mode keeps moving.
pub const LIVE_MESSAGING: &str = "aurora-live-messaging";
/// How long before the moment of the plan it was created: its creation date tells a second run that moment.
pub(super) const LIVE_AGE: Duration = Duration::hours(31);
/// The interactive one.
pub const LIVE_INTERACTIVE: &str = "aurora-live-interactive";

/// One campaign of the demonstration.
#[derive(Clone, Debug)]
pub struct Planned {
    /// How it is registered.
    pub new: NewCampaign,
    /// Where it stands once its events are in.
    pub status: CampaignStatus,
    /// Running number in the plan.
    pub number: usize,
    /// What happens in it; none for campaigns that have not begun.
    pub run: Option<Run>,
}

/// How a campaign that has begun goes.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// First message, or opening for participation.
    pub starts: DateTime<Utc>,
    /// Time over which messages go out, or people come.
    pub lasts: Duration,
    /// People reached.
    pub audience: u32,
    /// Factor on all reactions.
    pub appeal: f64,
    /// Whether it compares two versions.
    pub split: bool,
    /// Whether people come over the whole time, rather than being written to at the start (interactive).
    pub steady: bool,
    /// Whether the messages hold tracked links.
    pub linked: bool,
    /// Whether the audience was handed over in one go, so that every message was queued at the start.
    pub queued: bool,
}

/// The whole demonstration: pure data, equal for equal arguments.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Seed of everything random.
    pub seed: u64,
    /// The moment it is generated for: nothing happens later.
    pub now: DateTime<Utc>,
    /// Roughly how many events it has.
    pub events: u32,
    /// The campaigns, oldest first.
    pub campaigns: Vec<Planned>,
}

impl Plan {
    /// The demonstration for this seed and moment, with about this many events.
    #[must_use]
    pub fn new(seed: u64, events: u32, now: DateTime<Utc>) -> Self {
        let now = now.with_nanosecond(0).unwrap_or(now);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut campaigns: Vec<Planned> = (0..MESSAGING)
            .map(|n| messaging(&mut rng, n, now))
            .collect();
        campaigns.push(over_clock_change(now));
        campaigns.push(live(CampaignType::Email, now));
        campaigns.extend((0..INTERACTIVE).map(|n| interactive(&mut rng, n, now)));
        campaigns.push(live(CampaignType::ESwipe, now));

        campaigns.sort_by_key(|planned| planned.new.created_at);
        for (number, planned) in campaigns.iter_mut().enumerate() {
            planned.number = number;
            planned
                .new
                .external_id
                .get_or_insert_with(|| format!("aurora-{seed}-{events}-{number:03}"));
        }
        share_out(&mut rng, &mut campaigns, events);
        Self {
            seed,
            now,
            events,
            campaigns,
        }
    }

    /// Number of customers the audiences are drawn from: a power of two, so that any odd stride visits all.
    #[must_use]
    pub fn customers(&self) -> u64 {
        let largest = self
            .campaigns
            .iter()
            .filter_map(|c| c.run)
            .map(|run| run.audience)
            .max();
        u64::from(largest.unwrap_or(1).max(self.events / 8)).next_power_of_two()
    }
}

/// Status and channel of the `n`th of the ordinary messaging campaigns: evenly over all channels; the last ones
/// are not through yet (six are being sent, eight have a date, eight have none).
fn standing(n: usize) -> (CampaignStatus, CampaignType) {
    const CHANNELS: [CampaignType; 8] = [
        CampaignType::Email,
        CampaignType::Sms,
        CampaignType::WhatsApp,
        CampaignType::Email,
        CampaignType::Push,
        CampaignType::Sms,
        CampaignType::Rcs,
        CampaignType::Email,
    ];
    let channel = CHANNELS[n % CHANNELS.len()];
    match MESSAGING - n {
        1..=6 => (CampaignStatus::InProgress, CampaignType::ALL[n % 5]),
        7..=14 => (CampaignStatus::Scheduled, channel),
        15..=22 => (CampaignStatus::Pending, channel),
        _ => (CampaignStatus::Completed, channel),
    }
}

/// The `n`th of the ordinary messaging campaigns. They get denser towards now.
fn messaging(rng: &mut ChaCha8Rng, n: usize, now: DateTime<Utc>) -> Planned {
    use CampaignStatus::{Completed, InProgress, Scheduled};
    let (status, kind) = standing(n);
    let done = (n as f64 / COMPLETED as f64).min(1.0);
    let age = (HISTORY_DAYS * (1.0 - done).powf(1.25)) as u64 + 2;
    let recent = rng.random_range(1..9);
    let created = match status {
        InProgress => now - Duration::minutes(rng.random_range(240..900)),
        Completed => working_hour(rng, now, age),
        _ => working_hour(rng, now, recent),
    };
    let scheduled = match status {
        Scheduled => Some(local(days_ago(now, 0), 10, 0) + Duration::days(rng.random_range(1..24))),
        Completed => Some(created + Duration::minutes(rng.random_range(20..1_500))),
        _ => None,
    };
    let run = match status {
        Completed => Some((
            scheduled.unwrap_or(created),
            Duration::minutes(rng.random_range(8..150)),
        )),
        // Half of the messages are out at `now`.
        InProgress => {
            let half = Duration::minutes(rng.random_range(70..200));
            Some((now - half, half * 2))
        }
        _ => None,
    };
    Planned {
        new: NewCampaign {
            name: catalogue::messaging_name(n),
            kind: CampaignKind::Messaging,
            campaign_type: kind,
            sender: catalogue::sender(kind, n).to_owned(),
            external_id: None,
            status: Some(status),
            scheduled_at: scheduled,
            created_at: Some(created),
        },
        status,
        number: 0,
        run: run.map(|(starts, lasts)| Run {
            starts,
            lasts,
            audience: 0,
            appeal: log_normal(rng, 1.0, 0.25),
            split: n % 4 == 3,
            steady: true,
            linked: kind != CampaignType::Sms || n % 5 != 1,
            queued: status == InProgress,
        }),
    }
}

/// The `n`th of the ordinary interactive campaigns: every type in turn, in every status.
fn interactive(rng: &mut ChaCha8Rng, n: usize, now: DateTime<Utc>) -> Planned {
    use CampaignStatus::{Completed, Draft, Live, Pending, Processing, Scheduled};
    let types: Vec<_> = CampaignType::of_kind(CampaignKind::Interactive).collect();
    let kind = types[n % types.len()];
    let status = match INTERACTIVE - n {
        1..=3 => Draft,
        4..=6 => Scheduled,
        7..=8 => Processing,
        9..=12 => Pending,
        13..=24 => Live,
        _ => Completed,
    };
    let age = match status {
        Completed => 120 - n as u64 * 5,
        Live | Pending => 10 + n as u64 % 9 * 3,
        _ => 1 + n as u64 % 4,
    };
    let created = working_hour(rng, now, age);
    let starts = created + Duration::hours(rng.random_range(1..30));
    let lasts = match status {
        Completed => Some(Duration::days(rng.random_range(6..16))),
        Pending => Some(Duration::days(rng.random_range(3..8))),
        // Open until after `now`.
        Live => Some(now - starts + Duration::days(rng.random_range(2..9))),
        _ => None,
    };
    Planned {
        new: NewCampaign {
            name: catalogue::interactive_name(kind, n / types.len()),
            kind: CampaignKind::Interactive,
            campaign_type: kind,
            sender: catalogue::sender(kind, n).to_owned(),
            external_id: None,
            status: Some(if status == Pending { Live } else { status }),
            scheduled_at: (status == Scheduled)
                .then(|| now + Duration::days(rng.random_range(2..20))),
            created_at: Some(created),
        },
        status,
        number: 0,
        run: lasts.map(|lasts| Run {
            starts,
            lasts,
            audience: 0,
            appeal: log_normal(rng, 1.0, 0.2),
            split: false,
            steady: status != Completed,
            linked: true,
            queued: false,
        }),
    }
}

/// A newsletter sent through the night in which the clocks last changed: its chart has a 23- or 25-hour day.
fn over_clock_change(now: DateTime<Utc>) -> Planned {
    let change = last_clock_change(now);
    let starts = change - Duration::hours(4);
    Planned {
        new: NewCampaign {
            name: "Clock change night · all subscribers".to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Email,
            sender: "news@aurora.example".to_owned(),
            external_id: None,
            status: Some(CampaignStatus::Completed),
            scheduled_at: Some(starts),
            created_at: Some(starts - Duration::hours(9)),
        },
        status: CampaignStatus::Completed,
        number: 0,
        run: Some(Run {
            starts,
            lasts: Duration::hours(8),
            audience: 0,
            appeal: 1.1,
            split: false,
            steady: true,
            linked: true,
            queued: false,
        }),
    }
}

/// A campaign that never ends, for the live mode.
fn live(kind: CampaignType, now: DateTime<Utc>) -> Planned {
    let (id, name, status) = match kind.kind() {
        CampaignKind::Messaging => (
            LIVE_MESSAGING,
            "Basket reminder (always on)",
            CampaignStatus::InProgress,
        ),
        CampaignKind::Interactive => (
            LIVE_INTERACTIVE,
            "Style swipe (always on)",
            CampaignStatus::Live,
        ),
    };
    let starts = now - Duration::hours(30);
    Planned {
        new: NewCampaign {
            name: name.to_owned(),
            kind: kind.kind(),
            campaign_type: kind,
            sender: catalogue::sender(kind, 0).to_owned(),
            external_id: Some(id.to_owned()),
            status: Some(status),
            scheduled_at: None,
            created_at: Some(now - LIVE_AGE),
        },
        status,
        number: 0,
        run: Some(Run {
            starts,
            lasts: Duration::hours(30),
            audience: 0,
            appeal: 1.2,
            split: false,
            steady: true,
            linked: true,
            queued: false,
        }),
    }
}

/// A moment in working hours, this many days ago.
fn working_hour(rng: &mut ChaCha8Rng, now: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    local(
        days_ago(now, days),
        rng.random_range(8..19),
        rng.random_range(0..60),
    )
}
