//! Tests.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc, Weekday};
use proptest::prelude::*;

use super::*;

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn time(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Madrid around its two changes of 2026.
fn madrid() -> ZoneOffsets {
    let at = |text: &str| instant(text).timestamp();
    ZoneOffsets {
        name: "Europe/Madrid".into(),
        steps: vec![
            (at("2025-10-26T01:00:00Z"), 3600),
            (at("2026-03-29T01:00:00Z"), 7200),
            (at("2026-10-25T01:00:00Z"), 3600),
        ],
    }
}

#[test]
fn presets_on_a_monday() {
    let today = day("2026-11-23");
    for (preset, label) in [
        (Preset::Today, "23 Nov 2026"),
        (Preset::Yesterday, "22 Nov 2026"),
        (Preset::ThisWeek, "23 Nov 2026"),
        (Preset::LastWeek, "16 – 22 Nov 2026"),
        (Preset::ThisMonth, "1 – 23 Nov 2026"),
        (Preset::LastMonth, "1 – 31 Oct 2026"),
        (Preset::Last7Days, "17 – 23 Nov 2026"),
        (Preset::Last30Days, "25 Oct – 23 Nov 2026"),
    ] {
        assert_eq!(
            format_range(preset.resolve(today, Weekday::Mon)),
            label,
            "{preset:?}"
        );
    }
}

#[test]
fn presets_where_months_and_years_turn() {
    let check = |preset: Preset, today: &str, expected: &str| {
        assert_eq!(
            format_range(preset.resolve(day(today), Weekday::Mon)),
            expected
        );
    };
    check(Preset::Yesterday, "2026-01-01", "31 Dec 2025");
    check(Preset::LastMonth, "2026-03-31", "1 – 28 Feb 2026");
    check(Preset::LastMonth, "2024-03-31", "1 – 29 Feb 2024");
    check(Preset::LastMonth, "2026-01-15", "1 – 31 Dec 2025");
    check(
        Preset::Last30Days,
        "2026-01-15",
        "17 Dec 2025 – 15 Jan 2026",
    );
    check(Preset::LastWeek, "2026-01-01", "22 – 28 Dec 2025");
}

#[test]
fn weeks_start_where_the_workspace_says() {
    let sunday = day("2026-11-22");
    for (start, first) in [
        (Weekday::Mon, "2026-11-16"),
        (Weekday::Sun, "2026-11-22"),
        (Weekday::Sat, "2026-11-21"),
    ] {
        assert_eq!(start_of_week(sunday, start), day(first));
        assert_eq!(Preset::ThisWeek.resolve(sunday, start).from, day(first));
        assert_eq!(Preset::LastWeek.resolve(sunday, start).days(), 7);
        assert_eq!(weekdays(start)[0], start);
    }
}

#[test]
fn iso_numbers_name_weekdays() {
    assert_eq!(weekday_from_iso(1), Weekday::Mon);
    assert_eq!(weekday_from_iso(7), Weekday::Sun);
    assert_eq!(
        (weekday_from_iso(0), weekday_from_iso(8)),
        (Weekday::Mon, Weekday::Mon)
    );
}

#[test]
fn a_month_of_four_weeks_and_one_of_six() {
    // February 2027 begins on a Monday and has 28 days.
    let four = MonthGrid::of(day("2027-02-10"), Weekday::Mon);
    assert_eq!(four.weeks.len(), 4);
    assert_eq!(four.title(), "February 2027");
    // August 2026 begins on a Saturday.
    let six = MonthGrid::of(day("2026-08-31"), Weekday::Mon);
    assert_eq!(six.weeks.len(), 6);
    assert_eq!(six.weeks[0][5], Some(day("2026-08-01")));
}

#[test]
fn keys_move_as_the_pattern_says() {
    let from = day("2026-11-18");
    for (key, shift, to) in [
        ("ArrowLeft", false, "2026-11-17"),
        ("ArrowRight", false, "2026-11-19"),
        ("ArrowUp", false, "2026-11-11"),
        ("ArrowDown", false, "2026-11-25"),
        ("Home", false, "2026-11-16"),
        ("End", false, "2026-11-22"),
        ("PageUp", false, "2026-10-18"),
        ("PageDown", false, "2026-12-18"),
        ("PageUp", true, "2025-11-18"),
        ("PageDown", true, "2027-11-18"),
    ] {
        let step = Step::of_key(key, shift).expect("a step");
        assert_eq!(step.from_day(from, Weekday::Mon), day(to), "{key} {shift}");
    }
    assert_eq!(Step::of_key("x", false), None);
    assert_eq!(
        Step::Months(-1).from_day(day("2026-03-31"), Weekday::Mon),
        day("2026-02-28")
    );
}

#[test]
fn the_wall_clock_follows_the_changes() {
    let zone = madrid();
    for (utc, local) in [
        ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00"),
        ("2026-11-23T10:02:00Z", "2026-11-23T11:02:00"),
    ] {
        assert_eq!(zone.local(instant(utc)), time(local), "{utc}");
    }
    assert_eq!(
        zone.rfc3339(instant("2026-11-23T10:02:00Z")),
        "2026-11-23T11:02:00+01:00"
    );
    assert_eq!(
        format_time(zone.local(instant("2026-11-23T10:02:00Z"))),
        "23 Nov 2026, 11:02"
    );
}

#[test]
fn a_wall_clock_time_means_one_instant() {
    let zone = madrid();
    for (local, utc) in [
        ("2026-07-01T09:00:00", "2026-07-01T07:00:00Z"),
        ("2026-12-01T09:00:00", "2026-12-01T08:00:00Z"),
        // Happens twice: the first.
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        // Skipped: half an hour after the jump.
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
    ] {
        assert_eq!(zone.instant(time(local)), instant(utc), "{local}");
    }
}

#[test]
fn a_zone_without_steps_is_utc() {
    let at = instant("2026-11-23T10:02:00Z");
    assert_eq!(ZoneOffsets::default().local(at), at.naive_utc());
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0_u64..40_000).prop_map(|n| {
        NaiveDate::default()
            .checked_add_days(Days::new(n))
            .expect("a day")
    })
}

proptest! {
    #[test]
    fn a_grid_has_each_day_once_in_its_column(today in days(), start in 0_usize..7) {
        let start = WEEK[start];
        let grid = MonthGrid::of(today, start);
        let mut seen = Vec::new();
        for week in &grid.weeks {
            prop_assert!(week.iter().any(Option::is_some));
            for (cell, weekday) in week.iter().zip(weekdays(start)) {
                if let Some(day) = cell {
                    prop_assert_eq!(day.weekday(), weekday);
                    seen.push(*day);
                }
            }
        }
        let next = shift_month(today, 1);
        let expected: Vec<_> = first_of_month(today).iter_days().take_while(|d| *d < next).collect();
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn presets_end_today_or_before(today in days(), start in 0_usize..7) {
        for preset in Preset::ALL {
            let range = preset.resolve(today, WEEK[start]);
            prop_assert!(range.from <= range.to && range.to <= today);
            prop_assert!(range.days() <= 31);
        }
    }

    #[test]
    fn a_range_survives_the_address(a in days(), b in days()) {
        let choice = RangeChoice::Custom(DateRange::between(a, b));
        prop_assert_eq!(choice.to_string().parse(), Ok(choice));
    }

    #[test]
    fn instants_survive_the_wall_clock(second in 1_767_225_600_i64..1_798_761_600) {
        let zone = madrid();
        let at = DateTime::from_timestamp(second, 0).expect("an instant");
        let back = zone.instant(zone.local(at));
        // In the hour that happens twice, the first is meant.
        prop_assert!(back == at || (at - back).num_seconds() == 3600);
        prop_assert_eq!(zone.local(back), zone.local(at));
    }
}
