//! A time zone as a list of offsets, so that both sides of the wire write the same wall clock
//! without shipping a zone database to browsers.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, Offset, Utc};
use serde::{Deserialize, Serialize};

/// One zone's offsets over the years pages show. The server makes it from the zone database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneOffsets {
    /// IANA name.
    pub name: String,
    /// Seconds since 1970 UTC from which an offset (in seconds east) holds, ascending.
    /// The first also holds for everything before it.
    pub steps: Vec<(i64, i32)>,
}

impl Default for ZoneOffsets {
    fn default() -> Self {
        Self {
            name: "UTC".to_owned(),
            steps: Vec::new(),
        }
    }
}

impl ZoneOffsets {
    /// Seconds east of UTC at an instant.
    #[must_use]
    pub fn offset_s(&self, instant: DateTime<Utc>) -> i32 {
        let at = instant.timestamp();
        let following = self.steps.partition_point(|(from, _)| *from <= at);
        self.steps
            .get(following.saturating_sub(1))
            .map_or(0, |(_, offset)| *offset)
    }

    /// The wall clock at an instant.
    #[must_use]
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.naive_utc() + Duration::seconds(i64::from(self.offset_s(instant)))
    }

    /// The instant with its offset, for `datetime` attributes.
    #[must_use]
    pub fn rfc3339(&self, instant: DateTime<Utc>) -> String {
        let offset = FixedOffset::east_opt(self.offset_s(instant)).unwrap_or(Utc.fix());
        instant
            .with_timezone(&offset)
            .format("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }

    /// The instant a wall clock shows this time. A time that happens twice means the first; one that is
    /// skipped means as long after the jump as it was into the gap.
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let day = Duration::days(1);
        let before = self.offset_s((local - day).and_utc());
        let after = self.offset_s((local + day).and_utc());
        let with = |offset: i32| (local - Duration::seconds(i64::from(offset))).and_utc();
        [with(before), with(after)]
            .into_iter()
            .filter(|instant| self.local(*instant) == local)
            .min()
            .unwrap_or_else(|| with(before))
    }
}

/// `23 Nov 2026`.
#[must_use]
pub fn format_day(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// `23 Nov 2026, 11:02`.
#[must_use]
pub fn format_time(local: NaiveDateTime) -> String {
    local.format("%-d %b %Y, %H:%M").to_string()
}
