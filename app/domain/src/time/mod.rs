//! Dates and ranges as marketers pick them. Nothing here reads the clock: `today` is an argument.

mod calendar;
#[cfg(test)]
mod tests;
mod zone;

pub use calendar::{
    MonthGrid, Step, first_of_month, format_range, same_month, shift_month, weekdays,
};
pub use zone::{ZoneOffsets, format_day, format_time};

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The eight predefined options of the date-range filter, in menu order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// The current day.
    Today,
    /// The day before.
    Yesterday,
    /// From the first day of this week to today.
    ThisWeek,
    /// The whole week before.
    LastWeek,
    /// From the first of this month to today.
    ThisMonth,
    /// The whole month before.
    LastMonth,
    /// Seven days ending today.
    Last7Days,
    /// Thirty days ending today.
    Last30Days,
}

impl Preset {
    /// All eight, in menu order.
    pub const ALL: [Self; 8] = [
        Self::Today,
        Self::Yesterday,
        Self::ThisWeek,
        Self::LastWeek,
        Self::ThisMonth,
        Self::LastMonth,
        Self::Last7Days,
        Self::Last30Days,
    ];

    /// Wire name, as in the URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::ThisWeek => "this_week",
            Self::LastWeek => "last_week",
            Self::ThisMonth => "this_month",
            Self::LastMonth => "last_month",
            Self::Last7Days => "last_7_days",
            Self::Last30Days => "last_30_days",
        }
    }

    /// Name in the menu.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::ThisWeek => "This week",
            Self::LastWeek => "Last week",
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
            Self::Last7Days => "Last 7 days",
            Self::Last30Days => "Last 30 days",
        }
    }

    /// The days it stands for, both included.
    #[must_use]
    pub fn resolve(self, today: NaiveDate, week_start: Weekday) -> DateRange {
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        let week = start_of_week(today, week_start);
        let month = today.with_day(1).unwrap_or(today);
        let (from, to) = match self {
            Self::Today => (today, today),
            Self::Yesterday => (back(1), back(1)),
            Self::ThisWeek => (week, today),
            Self::LastWeek => (
                week.checked_sub_days(Days::new(7)).unwrap_or(week),
                week.pred_opt().unwrap_or(week),
            ),
            Self::ThisMonth => (month, today),
            Self::LastMonth => (
                month.checked_sub_months(Months::new(1)).unwrap_or(month),
                month.pred_opt().unwrap_or(month),
            ),
            Self::Last7Days => (back(6), today),
            Self::Last30Days => (back(29), today),
        };
        DateRange { from, to }
    }
}

/// The first day of the week `day` lies in.
#[must_use]
pub fn start_of_week(day: NaiveDate, week_start: Weekday) -> NaiveDate {
    let into = day.weekday().days_since(week_start);
    day.checked_sub_days(Days::new(u64::from(into)))
        .unwrap_or(day)
}

/// Two days, both included; `from` is never after `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateRange {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl DateRange {
    /// A range between two days in either order.
    #[must_use]
    pub fn between(a: NaiveDate, b: NaiveDate) -> Self {
        Self {
            from: a.min(b),
            to: a.max(b),
        }
    }

    /// Number of days, at least 1.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// What the *Show* filter holds, as it stands in the URL (`range=last_30_days`,
/// `range=2026-10-25..2026-11-23`, `range=all`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RangeChoice {
    /// Every record. Only the two campaign lists offer it.
    All,
    /// One of the eight.
    Preset(Preset),
    /// Two days picked in the calendar.
    Custom(DateRange),
}

impl Default for RangeChoice {
    fn default() -> Self {
        Self::Preset(Preset::Last30Days)
    }
}

impl RangeChoice {
    /// The days it stands for; none for all of time.
    #[must_use]
    pub fn resolve(self, today: NaiveDate, week_start: Weekday) -> Option<DateRange> {
        match self {
            Self::All => None,
            Self::Preset(preset) => Some(preset.resolve(today, week_start)),
            Self::Custom(range) => Some(range),
        }
    }
}

impl fmt::Display for RangeChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Preset(preset) => f.write_str(preset.as_str()),
            Self::Custom(range) => write!(f, "{}..{}", range.from, range.to),
        }
    }
}

impl FromStr for RangeChoice {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(preset) = Preset::ALL.into_iter().find(|p| p.as_str() == text) {
            return Ok(Self::Preset(preset));
        }
        let (from, to) = text.split_once("..").ok_or(())?;
        match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) => Ok(Self::Custom(DateRange::between(from, to))),
            _ => Err(()),
        }
    }
}

/// The weekday with an ISO 8601 number (1 = Monday); Monday for anything else.
#[must_use]
pub fn weekday_from_iso(number: u8) -> Weekday {
    number
        .checked_sub(1)
        .and_then(|n| Weekday::try_from(n).ok())
        .unwrap_or(Weekday::Mon)
}
