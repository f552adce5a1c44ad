//! When things happen: delays, day and night, and the clock change in Madrid.

use std::f64::consts::TAU;

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::{Europe::Madrid, Tz};
use rand::Rng;

use super::behaviour::AWAKE;

/// The zone of the demonstration workspace.
pub(super) const ZONE: Tz = Madrid;

/// No delay is longer: nobody opens a message after that.
const DELAY_DAYS_MAX: i64 = 40;

/// A standard normal number (Box and Muller's method).
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    let radius: f64 = 1.0 - rng.random::<f64>();
    (-2.0 * radius.ln()).sqrt() * (TAU * rng.random::<f64>()).cos()
}

/// A log-normal number with this median and spread.
pub(super) fn log_normal(rng: &mut impl Rng, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(rng)).exp()
}

/// A log-normal delay with this median in seconds and spread.
pub(super) fn delay(rng: &mut impl Rng, median_s: f64, sigma: f64) -> Duration {
    let limit_ms = Duration::days(DELAY_DAYS_MAX).num_milliseconds() as f64;
    let ms = (log_normal(rng, median_s, sigma) * 1_000.0).min(limit_ms);
    Duration::milliseconds(ms as i64)
}

/// The same moment, or a later one if the person sleeps: reactions follow the day ([`AWAKE`]).
pub(super) fn when_awake(rng: &mut impl Rng, mut at: DateTime<Utc>) -> DateTime<Utc> {
    for _ in 0..12 {
        let hour = at.with_timezone(&ZONE).hour() as usize;
        if rng.random_bool(AWAKE[hour % 24]) {
            break;
        }
        at += Duration::seconds(rng.random_range(1_800..9_000));
    }
    at
}

/// The first moment of a wall-clock time in Madrid; an hour later where the clock change skips it.
pub(super) fn local(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let wall = date.and_time(time);
    ZONE.from_local_datetime(&wall)
        .earliest()
        .or_else(|| {
            ZONE.from_local_datetime(&(wall + Duration::hours(1)))
                .earliest()
        })
        .map_or_else(|| wall.and_utc(), |at| at.to_utc())
}

/// The local day in Madrid this many days before `now`.
pub(super) fn days_ago(now: DateTime<Utc>, days: u64) -> NaiveDate {
    let today = now.with_timezone(&ZONE).date_naive();
    today.checked_sub_days(Days::new(days)).unwrap_or(today)
}

/// The most recent change of Madrid's clocks before `now`.
pub(super) fn last_clock_change(now: DateTime<Utc>) -> DateTime<Utc> {
    let offset = |at: DateTime<Utc>| ZONE.offset_from_utc_datetime(&at.naive_utc()).fix();
    let hour = Duration::hours(1);
    let mut at = now
        .with_minute(0)
        .and_then(|at| at.with_second(0))
        .and_then(|at| at.with_nanosecond(0))
        .unwrap_or(now);
    for _ in 0..24 * 366 {
        if offset(at) != offset(at - hour) {
            break;
        }
        at -= hour;
    }
    at
}
