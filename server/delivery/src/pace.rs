//! How fast messages go out.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

/// Buckets kept at once; those of campaigns that ended are forgotten.
const KEPT_MAX: usize = 10_000;
/// How much of a second's messages may go out at once.
const BURST_S: f64 = 0.25;
/// The longest wait between two attempts.
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);
/// The shortest wait before a second attempt.
const WAIT_MIN: TimeDelta = TimeDelta::seconds(30);

/// Whose pace it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Campaign(i64),
    Account(i64),
}

/// Token buckets.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    buckets: HashMap<Whose, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: DateTime<Utc>,
}

impl Pacer {
    /// Takes as many messages as all limits allow, at most `wanted`. What isn't sent in the end is given back by
    /// [`Self::give_back`].
    pub(crate) fn take(
        &mut self,
        limits: &[(Whose, Option<u32>)],
        wanted: u32,
        now: DateTime<Utc>,
    ) -> u32 {
        if self.buckets.len() > KEPT_MAX {
            self.buckets
                .retain(|_, bucket| now - bucket.at < TimeDelta::seconds(2));
        }
        let mut granted = wanted;
        for (whose, limit) in limits {
            if let Some(limit) = limit {
                let bucket = self.fill(*whose, f64::from(*limit), now);
                // Not negative, and at most `wanted`.
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and `granted`"
                )]
                let there = bucket.tokens.floor().clamp(0.0, f64::from(granted)) as u32;
                granted = there;
            }
        }
        for (whose, limit) in limits {
            if limit.is_some()
                && let Some(bucket) = self.buckets.get_mut(whose)
            {
                bucket.tokens -= f64::from(granted);
            }
        }
        granted
    }

    /// Gives messages back that were not sent.
    pub(crate) fn give_back(&mut self, limits: &[(Whose, Option<u32>)], unsent: u32) {
        for (whose, limit) in limits {
            if limit.is_some()
                && let Some(bucket) = self.buckets.get_mut(whose)
            {
                bucket.tokens += f64::from(unsent);
            }
        }
    }

    fn fill(&mut self, whose: Whose, per_second: f64, now: DateTime<Utc>) -> Bucket {
        let room = (per_second * BURST_S).max(1.0);
        let bucket = self.buckets.entry(whose).or_insert(Bucket {
            tokens: room,
            at: now,
        });
        let passed = (now - bucket.at).num_milliseconds().max(0);
        if passed > 0 {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds between two looks")]
            let passed_s = passed as f64 / 1_000.0;
            bucket.tokens = (bucket.tokens + passed_s * per_second).min(room);
            bucket.at = now;
        }
        *bucket
    }
}

/// How long to wait after a failed attempt: twice as long each time, within a half and one and a half of that, so that
/// those who failed together don't come back together.
pub(crate) fn backoff(attempt: i64) -> TimeDelta {
    let doublings = u32::try_from(attempt.clamp(1, 12) - 1).unwrap_or_default();
    let wait = (WAIT_MIN * 2_i32.pow(doublings)).min(WAIT_MAX);
    jittered(wait)
}

/// Between half and one and a half of a time.
pub(crate) fn jittered(wait: TimeDelta) -> TimeDelta {
    let ms = wait.num_milliseconds().max(2);
    let mut bytes = [0; 4];
    // Without randomness those who failed together come back together: worse, and still right.
    let dice = getrandom::fill(&mut bytes).map_or(u32::MAX / 2, |()| u32::from_le_bytes(bytes));
    TimeDelta::milliseconds(ms / 2 + i64::from(dice) % (ms + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000 + ms).unwrap()
    }

    #[test]
    fn the_slower_limit_counts_and_bursts_are_short() {
        let limits = [
            (Whose::Campaign(1), Some(20)),
            (Whose::Account(1), Some(100)),
        ];
        let mut pacer = Pacer::default();
        let mut sent = 0;
        for ms in 0..10_000 {
            sent += pacer.take(&limits, 50, at(ms));
        }
        // Ten seconds at 20 a second, and the first quarter of a second at once.
        assert!((200..=206).contains(&sent), "{sent}");
        // A pause is not saved up.
        assert_eq!(pacer.take(&limits, 50, at(3_600_000)), 5);
        assert_eq!(pacer.take(&limits, 50, at(3_600_000)), 0);
        pacer.give_back(&limits, 2);
        assert_eq!(pacer.take(&limits, 50, at(3_600_000)), 2);
    }

    #[test]
    fn one_message_a_second_goes_out_and_no_limit_is_none() {
        let mut pacer = Pacer::default();
        let slow = [(Whose::Campaign(1), Some(1))];
        let sent: u32 = (0..=10).map(|s| pacer.take(&slow, 9, at(s * 1_000))).sum();
        assert_eq!(sent, 11);
        assert_eq!(pacer.take(&[(Whose::Campaign(2), None)], 9, at(0)), 9);
    }

    #[test]
    fn attempts_grow_rarer_up_to_an_hour() {
        for attempt in 1..20 {
            let wait = backoff(attempt);
            assert!(
                wait >= WAIT_MIN / 2 && wait <= WAIT_MAX * 3 / 2,
                "{attempt}: {wait}"
            );
        }
        assert!(backoff(5) > TimeDelta::minutes(3));
    }
}
