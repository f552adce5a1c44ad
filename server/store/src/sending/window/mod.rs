//! Hours at which people are written to.

#[cfg(test)]
mod tests;

use chrono::{DateTime, LocalResult, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::sending::Window;

/// The first moment from `now` on that lies within the window, on the clocks of `zone`.
///
/// A window that never opens (both ends alike) is taken as always open. Where clocks skip an hour the window opens with
/// the first minute after it.
#[must_use]
pub fn next_open(window: Option<Window>, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let Some(window) = window.filter(|window| window.from_minute != window.to_minute) else {
        return now;
    };
    let local = now.with_timezone(&zone).naive_local();
    let minute = minute_of(local.time());
    if holds(window, minute) {
        return now;
    }
    let mut date = local.date();
    if minute >= window.from_minute {
        date = date.succ_opt().unwrap_or(date);
    }
    at_minute(zone, date, window.from_minute).map_or(now, |open| open.max(now))
}

fn minute_of(time: chrono::NaiveTime) -> u16 {
    use chrono::Timelike;
    // 0 to 1439.
    u16::try_from(time.hour() * 60 + time.minute()).unwrap_or_default()
}

fn holds(window: Window, minute: u16) -> bool {
    if window.from_minute < window.to_minute {
        (window.from_minute..window.to_minute).contains(&minute)
    } else {
        minute >= window.from_minute || minute < window.to_minute
    }
}

/// The moment at which a day's clock shows this minute, or the first one after a gap.
fn at_minute(zone: Tz, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
    let midnight = date.and_hms_opt(0, 0, 0)?;
    // No gap in the zone database is longer than a day.
    (0..=24 * 60).find_map(|later| {
        let local = midnight + TimeDelta::minutes(i64::from(minute) + later);
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
            LocalResult::None => None,
        }
    })
}
