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
