//! How long a page waits before it opens its stream anew.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(60);

/// Pause before attempt number `attempt` (from 1) after a refusal. It doubles up to a minute; `chance`, 0 to 1, takes
/// up to half of it away, so that all pages don't come back to a restarted server in the same moment.
#[must_use]
pub fn pause_before(attempt: u32, chance: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(5);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_differ_by_chance() {
        let seconds = |attempt| pause_before(attempt, 0.0).as_secs();
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 60].map(seconds),
            [3, 6, 12, 24, 48, 60, 60]
        );
        assert_eq!(pause_before(2, 1.0), Duration::from_secs(3));
        assert_eq!(pause_before(2, 0.5), Duration::from_millis(4_500));
        assert_eq!(pause_before(0, f64::MAX), Duration::from_millis(1_500));
    }
}
