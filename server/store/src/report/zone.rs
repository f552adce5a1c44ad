//! Wall clocks: from local dates to instants, and from a range to the edges of its buckets.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Timelike, Weekday};
use chrono_tz::Tz;
use domain::{Refusal, report::Bucket, time::start_of_week};

use crate::rollup::QUARTER_US;

/// Most points a series may have.
pub(super) const POINTS_MAX: usize = 20_000;

/// The zone with this IANA name.
pub(super) fn zone(name: &str) -> Result<Tz, Refusal> {
    name.parse()
        .map_err(|_| Refusal::invalid("tz", format!("there is no time zone {name:?}")))
}

fn local(tz: Tz, at_us: i64) -> DateTime<Tz> {
    DateTime::from_timestamp_micros(at_us)
        .unwrap_or_default()
        .with_timezone(&tz)
}

/// The local date of an instant.
pub(super) fn date_of(tz: Tz, at_us: i64) -> NaiveDate {
    local(tz, at_us).date_naive()
}

/// The first instant of a local day: midnight, or the first moment after it where a change of the clock
/// skips midnight. Where a day was skipped altogether, the first moment of the next.
pub(crate) fn start_of_day(tz: Tz, date: NaiveDate) -> i64 {
    let mut wall = date.and_time(NaiveTime::MIN);
    // No zone ever skipped more than 24 hours (Pacific/Apia, 2011): 96 quarters are enough.
    for _ in 0..=100 {
        if let Some(at) = tz.from_local_datetime(&wall).earliest() {
            return at.timestamp_micros();
        }
        wall += chrono::TimeDelta::minutes(15);
    }
    wall.and_utc().timestamp_micros()
}

/// RFC 3339 with the zone's offset.
pub(super) fn label(tz: Tz, at_us: i64) -> String {
    local(tz, at_us).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// The width for a range of this length.
pub(super) fn auto(from_us: i64, to_us: i64) -> Bucket {
    const HOUR: i64 = 3_600_000_000;
    match (to_us - from_us) / HOUR {
        ..=6 => Bucket::Quarter,
        7..=192 => Bucket::Hour,
        193..=2_928 => Bucket::Day,
        2_929..=26_352 => Bucket::Week,
        _ => Bucket::Month,
    }
}

/// Edges of the buckets that cover `[from, to)`: the start of each, and the end of the last. `from` and
/// `to` lie on quarters; the outer buckets are cut to them.
///
/// # Errors
/// Refused when there would be more than [`POINTS_MAX`].
pub(super) fn edges(
    tz: Tz,
    from_us: i64,
    to_us: i64,
    bucket: Bucket,
    week_start: Weekday,
) -> Result<Vec<i64>, Refusal> {
    let too_many = || {
        Refusal::invalid(
            "bucket",
            format!("this range would have more than {POINTS_MAX} points; use a wider bucket"),
        )
    };
    let mut edges = vec![from_us];
    let mut push = |at: i64| {
        if at > from_us && at < to_us {
            edges.push(at);
        }
        if edges.len() > POINTS_MAX {
            Err(too_many())
        } else {
            Ok(())
        }
    };
    match bucket {
        Bucket::Quarter => {
            let mut at = from_us;
            while at < to_us {
                push(at)?;
                at += QUARTER_US;
            }
        }
        Bucket::Hour | Bucket::Auto => {
            // An hour of the wall clock begins where its number, its date or the offset changes: days of
            // 23 and 25 hours and half-hour changes need no case of their own.
            let hour = |at: i64| {
                let wall = local(tz, at).naive_local();
                let offset = wall.and_utc().timestamp_micros() - at;
                (wall.date(), wall.hour(), offset)
            };
            if (to_us - from_us) / 3_600_000_000 > POINTS_MAX as i64 {
                return Err(too_many());
            }
            let mut current = hour(from_us);
            let mut at = from_us;
            while at < to_us {
                let here = hour(at);
                if here != current {
                    current = here;
                    push(at)?;
                }
                at += QUARTER_US;
            }
        }
        Bucket::Day | Bucket::Week | Bucket::Month => {
            let first = date_of(tz, from_us);
            let mut date = match bucket {
                Bucket::Week => start_of_week(first, week_start),
                Bucket::Month => first.with_day(1).unwrap_or(first),
                _ => first,
            };
            loop {
                let next = match bucket {
                    Bucket::Week => date.checked_add_days(Days::new(7)),
                    Bucket::Month => date.checked_add_months(Months::new(1)),
                    _ => date.checked_add_days(Days::new(1)),
                };
                let Some(next) = next else { break };
                date = next;
                let at = start_of_day(tz, date);
                if at >= to_us {
                    break;
                }
                push(at)?;
            }
        }
    }
    edges.dedup();
    edges.push(to_us);
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn day_hours(tz: Tz, day: &str) -> Vec<String> {
        let (from, to) = (
            start_of_day(tz, date(day)),
            start_of_day(tz, date(day).succ_opt().unwrap()),
        );
        let edges = edges(tz, from, to, Bucket::Hour, Weekday::Mon).unwrap();
        edges[..edges.len() - 1]
            .iter()
            .map(|at| label(tz, *at))
            .collect()
    }

    #[test]
    fn days_around_changes_of_the_clock() {
        let madrid = chrono_tz::Europe::Madrid;
        assert_eq!(day_hours(madrid, "2026-03-29").len(), 23);
        assert_eq!(day_hours(madrid, "2026-10-25").len(), 25);
        assert_eq!(
            day_hours(madrid, "2026-03-29")[0],
            "2026-03-29T00:00:00+01:00"
        );
        assert_eq!(
            day_hours(madrid, "2026-03-29")[2],
            "2026-03-29T03:00:00+02:00"
        );
        assert_eq!(
            day_hours(chrono_tz::America::New_York, "2026-03-08").len(),
            23
        );
        assert_eq!(
            day_hours(chrono_tz::America::New_York, "2026-11-01").len(),
            25
        );
        assert_eq!(
            day_hours(chrono_tz::Asia::Kathmandu, "2026-06-01").len(),
            24
        );
        assert_eq!(
            day_hours(chrono_tz::Asia::Kathmandu, "2026-06-01")[1],
            "2026-06-01T01:00:00+05:45"
        );
        // Lord Howe goes back half an hour at 02:00: half an hour of 01:30 comes twice.
        let howe = day_hours(chrono_tz::Australia::Lord_Howe, "2026-04-05");
        assert_eq!(howe.len(), 25);
        assert_eq!(howe[2], "2026-04-05T01:30:00+10:30");
        assert_eq!(howe[3], "2026-04-05T02:00:00+10:30");
        // And forward at 02:00 to 02:30.
        let howe = day_hours(chrono_tz::Australia::Lord_Howe, "2026-10-04");
        assert_eq!(howe.len(), 24);
        assert_eq!(howe[2], "2026-10-04T02:30:00+11:00");
    }

    #[test]
    fn midnight_that_never_was() {
        // Beirut springs forward at midnight; Apia skipped the 30th of December 2011.
        let beirut = start_of_day(chrono_tz::Asia::Beirut, date("2026-03-29"));
        assert_eq!(
            label(chrono_tz::Asia::Beirut, beirut),
            "2026-03-29T01:00:00+03:00"
        );
        let apia = chrono_tz::Pacific::Apia;
        assert_eq!(
            start_of_day(apia, date("2011-12-30")),
            start_of_day(apia, date("2011-12-31"))
        );
    }

    #[test]
    fn weeks_and_months_are_cut_to_the_range() {
        let utc = chrono_tz::UTC;
        let (from, to) = (
            start_of_day(utc, date("2026-01-30")),
            start_of_day(utc, date("2026-03-02")),
        );
        let months = edges(utc, from, to, Bucket::Month, Weekday::Mon).unwrap();
        let labels: Vec<String> = months
            .iter()
            .map(|at| label(utc, *at)[..10].to_owned())
            .collect();
        assert_eq!(
            labels,
            ["2026-01-30", "2026-02-01", "2026-03-01", "2026-03-02"]
        );
        let weeks = edges(utc, from, to, Bucket::Week, Weekday::Sun).unwrap();
        assert_eq!(label(utc, weeks[1]), "2026-02-01T00:00:00+00:00");
        assert!(
            edges(
                utc,
                from,
                to + 365 * 86_400_000_000,
                Bucket::Quarter,
                Weekday::Mon
            )
            .is_err()
        );
    }
}
