//! What a carrier's answer means for a message.

use carrier::Submission;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, EventKind};
use store::{Claimed, Handed, Outcome};

use crate::pace::{backoff, jittered};

/// Attempts after which a message is given up.
pub(crate) const ATTEMPTS_MAX: i64 = 8;
/// How long an account is left alone that asked for patience and didn't say for how long.
const PATIENCE: TimeDelta = TimeDelta::seconds(5);
/// Longest that a carrier's `Retry-After` is believed.
pub(crate) const PATIENCE_MAX: TimeDelta = TimeDelta::hours(6);

/// What a carrier's answer says of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AccountWord {
    /// Nothing.
    None,
    /// Nothing before this time.
    Pause(DateTime<Utc>),
    /// It doesn't work.
    Trouble(String),
}

/// A message that was not handed over.
pub(crate) fn not_begun(claimed: &Claimed) -> Handed {
    handed(claimed, Outcome::NotBegun)
}

/// A message that never will be.
pub(crate) fn unsent(claimed: &Claimed, raw: &str, reason: String) -> Handed {
    let raw = raw.to_owned();
    handed(claimed, Outcome::Unsent { raw, reason })
}

fn handed(claimed: &Claimed, outcome: Outcome) -> Handed {
    Handed {
        pk: claimed.pk,
        attempt: claimed.attempt,
        outcome,
        suppress: None,
        is_device_gone: false,
    }
}

/// What to record of a message, and what to do about its account.
pub(crate) fn of(
    claimed: &Claimed,
    channel: Channel,
    submission: Submission,
    now: DateTime<Utc>,
) -> (Handed, AccountWord) {
    let mut word = AccountWord::None;
    let (mut suppression, mut gone) = (None, false);
    let outcome = match submission {
        Submission::Accepted { reference, raw } => Outcome::Submitted { reference, raw },
        Submission::Refused {
            kind,
            raw,
            reason,
            suppress,
            is_device_gone,
        } => {
            suppression = suppress.map(|source| (channel, source));
            gone = is_device_gone;
            match kind {
                EventKind::Unsent => Outcome::Unsent { raw, reason },
                _ => Outcome::Failed { raw, reason },
            }
        }
        Submission::Later {
            reason,
            after,
            is_account,
        } => {
            let after = after.and_then(|after| TimeDelta::from_std(after).ok());
            let after = after.map(|after| after.min(PATIENCE_MAX));
            if is_account {
                let until = now + after.unwrap_or_else(|| jittered(PATIENCE));
                word = AccountWord::Pause(until);
                Outcome::Again {
                    due: until,
                    reason,
                    counts: false,
                }
            } else {
                again(claimed, after, reason, now)
            }
        }
        Submission::Account { reason } => {
            word = AccountWord::Trouble(reason);
            Outcome::NotBegun
        }
        Submission::Uncertain { reason } => Outcome::Uncertain { reason },
    };
    let mut handed = handed(claimed, outcome);
    handed.suppress = suppression;
    handed.is_device_gone = gone;
    (handed, word)
}

fn again(
    claimed: &Claimed,
    after: Option<TimeDelta>,
    reason: String,
    now: DateTime<Utc>,
) -> Outcome {
    if claimed.attempt >= ATTEMPTS_MAX {
        let raw = "EXHAUSTED".to_owned();
        return Outcome::Failed { raw, reason };
    }
    let wait = backoff(claimed.attempt).max(after.unwrap_or_default());
    Outcome::Again {
        due: now + wait,
        reason,
        counts: true,
    }
}

/// A provider's word on a message that was uncertain; none where it has none.
pub(crate) fn resolved(submission: Option<Submission>, now: DateTime<Utc>) -> Option<Outcome> {
    match submission? {
        Submission::Accepted { reference, raw } => Some(Outcome::Submitted { reference, raw }),
        Submission::Refused {
            kind: EventKind::Unsent,
            raw,
            reason,
            ..
        } => Some(Outcome::Unsent { raw, reason }),
        Submission::Refused { raw, reason, .. } => Some(Outcome::Failed { raw, reason }),
        Submission::Later { reason, .. } => Some(Outcome::Again {
            due: now + jittered(PATIENCE),
            reason,
            counts: true,
        }),
        Submission::Account { .. } | Submission::Uncertain { .. } => None,
    }
}
