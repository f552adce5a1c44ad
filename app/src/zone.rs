//! The zone database, asked once per zone: see [`ZoneOffsets`].

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use domain::time::ZoneOffsets;

/// 2000-01-01 and 2045-01-01 UTC: the years campaigns are created and scheduled in.
const FROM: i64 = 946_684_800;
const TO: i64 = 2_366_841_600;
const WEEK: i64 = 7 * 86_400;

/// The offsets of a zone; UTC for a name nobody knows.
pub(crate) fn offsets(name: &str) -> ZoneOffsets {
    static KNOWN: OnceLock<Mutex<HashMap<String, ZoneOffsets>>> = OnceLock::new();
    let mut known = KNOWN
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(offsets) = known.get(name) {
        return offsets.clone();
    }
    let Ok(zone) = name.parse::<Tz>() else {
        return ZoneOffsets::default();
    };
    let offsets = ZoneOffsets {
        name: name.to_owned(),
        steps: steps(zone),
    };
    known.insert(name.to_owned(), offsets.clone());
    offsets
}

/// Every zone the database knows, for the menu in Settings.
pub(crate) fn names() -> Vec<String> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name().to_owned())
        .collect()
}

fn steps(zone: Tz) -> Vec<(i64, i32)> {
    let mut steps = vec![(FROM, offset(zone, FROM))];
    let mut at = FROM;
    while at < TO {
        let next = at + WEEK;
        let (before, after) = (offset(zone, at), offset(zone, next));
        if before != after {
            steps.push((first_with(zone, at, next, after), after));
        }
        at = next;
    }
    steps
}

/// The first second in `(from, to]` that has the offset `to` has.
fn first_with(zone: Tz, mut from: i64, mut to: i64, wanted: i32) -> i64 {
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if offset(zone, middle) == wanted {
            to = middle
        } else {
            from = middle
        }
    }
    to
}

fn offset(zone: Tz, second: i64) -> i32 {
    let utc = DateTime::from_timestamp(second, 0).unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    zone.offset_from_utc_datetime(&utc.naive_utc())
        .fix()
        .local_minus_utc()
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    #[test]
    fn the_steps_agree_with_the_database() {
        for name in [
            "Europe/Madrid",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Casablanca",
        ] {
            let zone: Tz = name.parse().expect("a zone");
            let offsets = offsets(name);
            let mut at = Utc
                .with_ymd_and_hms(2001, 1, 1, 0, 30, 0)
                .single()
                .expect("an instant");
            while at.timestamp() < TO - WEEK {
                let expected = at.with_timezone(&zone).naive_local();
                assert_eq!(offsets.local(at), expected, "{name} {at}");
                at = at.checked_add_days(Days::new(3)).expect("a later day");
            }
        }
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        assert_eq!(offsets("Mars/Olympus"), ZoneOffsets::default());
    }
}
