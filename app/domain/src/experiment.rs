//! Comparing the arms of an A/B test, at any time and as often as one likes.
//!
//! A usual significance test holds for one look at a size chosen beforehand; looked at every minute it finds a winner
//! among equals sooner or later. The intervals here hold at all times at once: a mixture sequential probability ratio
//! test on the difference of two rates (H. Robbins, "Statistical methods related to the law of the iterated logarithm",
//! 1970; R. Johari, L. Pekelis, D. J. Walsh, "Always valid inference", arXiv:1512.04922, section 5), in its normal
//! approximation. Whoever stops when an interval leaves zero is wrong with probability `ALPHA` at most.

use serde::{Deserialize, Serialize};

/// Chance of a false winner, over the whole life of the test and all pairs of arms.
pub const ALPHA: f64 = 0.05;
/// Standard deviation of the mixture: the size of differences between messages that the test is best at, two points.
/// Any value is valid; a bad one only takes longer.
const TAU: f64 = 0.02;
/// People per arm before anything is said: below, the normal approximation of rare events is poor.
pub const PEOPLE_MIN: u64 = 100;
/// Smallest difference that matters, in points of a hundred: an interval within it means "no difference".
pub const NEGLIGIBLE: f64 = 0.01;

/// What one arm came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// People it reached: the base.
    pub people: u64,
    /// Of these, who did what is compared.
    pub successes: u64,
}

impl Arm {
    #[expect(clippy::cast_precision_loss, reason = "counts of people")]
    pub(crate) fn rate(&self) -> Option<f64> {
        (self.people > 0).then(|| self.successes.min(self.people) as f64 / self.people as f64)
    }

    /// Variance of the rate, of a rate drawn towards one half by one success and one failure, so that none or all is
    /// not certainty.
    #[expect(clippy::cast_precision_loss, reason = "counts of people")]
    pub(crate) fn variance(&self) -> f64 {
        let n = self.people as f64;
        let p = (self.successes.min(self.people) as f64 + 1.0) / (n + 2.0);
        p * (1.0 - p) / n
    }
}

/// The difference of an arm's rate to the first arm's, as a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// As observed.
    pub observed: f64,
    /// Lower end of the interval that holds at all times.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What can be said by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Too few people for any word.
    TooFew,
    /// Go on: either may be better.
    Open,
    /// This arm is better than every other: safe to stop.
    Winner {
        /// Its name.
        arm: String,
    },
    /// No two arms differ by anything that matters: safe to stop.
    Equal,
}

/// The difference between two arms; none as long as one has nobody.
#[must_use]
pub fn difference(base: &Arm, other: &Arm, pairs: usize) -> Option<Difference> {
    let observed = other.rate()? - base.rate()?;
    Some(interval(
        observed,
        base.variance() + other.variance(),
        pairs,
    ))
}

/// The interval around a difference of two rates that holds at all times, for one of so many comparisons that share
/// [`ALPHA`].
pub(crate) fn interval(observed: f64, variance: f64, comparisons: usize) -> Difference {
    let tau = TAU * TAU;
    #[expect(clippy::cast_precision_loss, reason = "a handful of comparisons")]
    let alpha = ALPHA / comparisons.max(1) as f64;
    // The mixture's likelihood ratio crosses 1/alpha at this distance from the observed difference.
    let spread = variance + tau;
    let half =
        (variance * spread / tau * ((spread / variance).ln() + 2.0 * (1.0 / alpha).ln())).sqrt();
    Difference {
        observed,
        low: (observed - half).max(-1.0),
        high: (observed + half).min(1.0),
    }
}

/// What can be said of two to four arms. Every pair is compared, each at its part of [`ALPHA`].
#[must_use]
pub fn verdict(arms: &[Arm]) -> Verdict {
    if arms.len() < 2 || arms.iter().any(|arm| arm.people < PEOPLE_MIN) {
        return Verdict::TooFew;
    }
    let pairs = arms.len() * (arms.len() - 1) / 2;
    let beats = |better: &Arm, other: &Arm| {
        difference(other, better, pairs).is_some_and(|difference| difference.low > 0.0)
    };
    for arm in arms {
        let others = || arms.iter().filter(|other| other.name != arm.name);
        if others().all(|other| beats(arm, other)) {
            return Verdict::Winner {
                arm: arm.name.clone(),
            };
        }
    }
    let alike = |a: &Arm, b: &Arm| {
        difference(a, b, pairs)
            .is_some_and(|difference| difference.low > -NEGLIGIBLE && difference.high < NEGLIGIBLE)
    };
    let all_alike = arms
        .iter()
        .enumerate()
        .all(|(n, a)| arms[n + 1..].iter().all(|b| alike(a, b)));
    if all_alike {
        Verdict::Equal
    } else {
        Verdict::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(name: &str, successes: u64, people: u64) -> Arm {
        Arm {
            name: name.to_owned(),
            people,
            successes,
        }
    }

    /// Numbers between 0 and 1 that look random and are the same every time (SplitMix64).
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Ends of tests in which two arms with these rates are looked at after every twenty people: how many ever had a
    /// winner, and how many would have had one by the usual test.
    fn watched(rates: [f64; 2], tests: u64) -> (u64, u64) {
        let (mut winners, mut naive) = (0, 0);
        for test in 0..tests {
            let mut dice = Dice(test * 7_919 + 1);
            let mut arms = [arm("A", 0, 0), arm("B", 0, 0)];
            let (mut won, mut fooled) = (false, false);
            for look in 0..400 {
                for (arm, rate) in arms.iter_mut().zip(rates) {
                    for _ in 0..20 {
                        arm.people += 1;
                        arm.successes += u64::from(dice.roll() < rate);
                    }
                }
                if look < 5 {
                    continue;
                }
                won |= matches!(verdict(&arms), Verdict::Winner { .. });
                let difference = arms[1].rate().unwrap() - arms[0].rate().unwrap();
                let deviation = (arms[0].variance() + arms[1].variance()).sqrt();
                fooled |= difference.abs() > 1.96 * deviation;
            }
            winners += u64::from(won);
            naive += u64::from(fooled);
        }
        (winners, naive)
    }

    #[test]
    fn looking_all_the_time_finds_no_winner_among_equals() {
        let (winners, naive) = watched([0.1, 0.1], 200);
        assert!(winners <= 10, "{winners} of 200 tests had a false winner");
        // What the usual test would have said: it is why this one is needed.
        assert!(naive > 40, "{naive}");
    }

    #[test]
    fn a_difference_that_is_there_is_found() {
        let (winners, _) = watched([0.10, 0.15], 50);
        assert!(winners >= 45, "{winners} of 50");
    }

    #[test]
    fn verdicts() {
        assert_eq!(
            verdict(&[arm("A", 1, 99), arm("B", 50, 500)]),
            Verdict::TooFew
        );
        assert_eq!(verdict(&[arm("A", 10, 200)]), Verdict::TooFew);
        assert_eq!(
            verdict(&[arm("A", 20, 200), arm("B", 24, 200)]),
            Verdict::Open
        );
        let winner = verdict(&[
            arm("A", 200, 2_000),
            arm("B", 400, 2_000),
            arm("C", 210, 2_000),
        ]);
        assert_eq!(
            winner,
            Verdict::Winner {
                arm: "B".to_owned()
            }
        );
        let equal = verdict(&[arm("A", 10_000, 100_000), arm("B", 10_020, 100_000)]);
        assert_eq!(equal, Verdict::Equal);
        // One is worse than the two others, which are too close to tell.
        let open = verdict(&[
            arm("A", 400, 2_000),
            arm("B", 410, 2_000),
            arm("C", 100, 2_000),
        ]);
        assert_eq!(open, Verdict::Open);
    }

    #[test]
    fn an_interval_holds_the_observed_difference_and_narrows() {
        let small = difference(&arm("A", 10, 100), &arm("B", 15, 100), 1).unwrap();
        let large = difference(&arm("A", 1_000, 10_000), &arm("B", 1_500, 10_000), 1).unwrap();
        for interval in [small, large] {
            assert!(interval.low < interval.observed && interval.observed < interval.high);
        }
        assert!(large.high - large.low < small.high - small.low);
        assert_eq!(difference(&arm("A", 0, 0), &arm("B", 1, 2), 1), None);
        let none = difference(&arm("A", 0, 500), &arm("B", 0, 500), 1).unwrap();
        assert!(none.low < 0.0 && none.high > 0.0 && none.low.is_finite());
    }
}
