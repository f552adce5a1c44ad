//! Hours at which people are written to.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn open(from: u16, to: u16, zone: Tz, now: &str) -> String {
        let window = Window {
            from_minute: from * 60,
            to_minute: to * 60,
        };
        next_open(Some(window), zone, at(now)).to_rfc3339()
    }

    #[test]
    fn people_are_written_to_within_their_own_hours() {
        use chrono_tz::{America::New_York, Asia::Kolkata, Europe::Madrid};
        let cases = [
            // Within: now.
            (
                9,
                20,
                Madrid,
                "2026-11-25T09:30:00Z",
                "2026-11-25T09:30:00+00:00",
            ),
            // Too early in New York, where it is half past four.
            (
                9,
                20,
                New_York,
                "2026-11-25T09:30:00Z",
                "2026-11-25T14:00:00+00:00",
            ),
            // Too late in India: next morning.
            (
                9,
                20,
                Kolkata,
                "2026-11-25T15:00:00Z",
                "2026-11-26T03:30:00+00:00",
            ),
            // Over midnight.
            (
                22,
                6,
                Madrid,
                "2026-11-25T23:30:00Z",
                "2026-11-25T23:30:00+00:00",
            ),
            (
                22,
                6,
                Madrid,
                "2026-11-25T09:00:00Z",
                "2026-11-25T21:00:00+00:00",
            ),
            // The end itself is outside.
            (
                9,
                20,
                Madrid,
                "2026-11-25T19:00:00Z",
                "2026-11-26T08:00:00+00:00",
            ),
            // The night clocks go forward, 02:00 to 03:00 doesn't exist.
            (
                2,
                4,
                Madrid,
                "2026-03-28T23:30:00Z",
                "2026-03-29T01:00:00+00:00",
            ),
        ];
        for (from, to, zone, now, expected) in cases {
            assert_eq!(
                open(from, to, zone, now),
                expected,
                "{from}-{to} {zone} {now}"
            );
        }
        assert_eq!(
            next_open(None, Madrid, at("2026-11-25T03:00:00Z")),
            at("2026-11-25T03:00:00Z")
        );
        assert_eq!(
            open(9, 9, Madrid, "2026-11-25T03:00:00Z"),
            "2026-11-25T03:00:00+00:00"
        );
    }
}
