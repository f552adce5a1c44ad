//! The month grids of a calendar and how a keyboard moves in them.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{DateRange, start_of_week};

/// One month as rows of a week; none where a cell belongs to another month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthGrid {
    /// The first of the month.
    pub first: NaiveDate,
    /// Four to six weeks.
    pub weeks: Vec<[Option<NaiveDate>; 7]>,
}

impl MonthGrid {
    /// The grid of the month `day` lies in.
    #[must_use]
    pub fn of(day: NaiveDate, week_start: Weekday) -> Self {
        let first = first_of_month(day);
        let mut weeks = Vec::with_capacity(6);
        let mut monday = start_of_week(first, week_start);
        loop {
            let cell = |n: u64| {
                monday
                    .checked_add_days(Days::new(n))
                    .filter(|d| same_month(*d, first))
            };
            let week: [Option<NaiveDate>; 7] = std::array::from_fn(|n| cell(n as u64));
            if !weeks.is_empty() && week.iter().all(Option::is_none) {
                break;
            }
            weeks.push(week);
            match monday.checked_add_days(Days::new(7)) {
                Some(next) => monday = next,
                None => break,
            }
        }
        Self { first, weeks }
    }

    /// `November 2026`.
    #[must_use]
    pub fn title(&self) -> String {
        self.first.format("%B %Y").to_string()
    }
}

/// The seven days of a week in the order a calendar shows them.
#[must_use]
pub fn weekdays(week_start: Weekday) -> [Weekday; 7] {
    let mut day = week_start;
    std::array::from_fn(|_| {
        let this = day;
        day = day.succ();
        this
    })
}

/// The first of the month a day lies in.
#[must_use]
pub fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Whether two days lie in the same month.
#[must_use]
pub fn same_month(a: NaiveDate, b: NaiveDate) -> bool {
    (a.year(), a.month()) == (b.year(), b.month())
}

/// A month later (or earlier) than the one `day` lies in: its first day.
#[must_use]
pub fn shift_month(day: NaiveDate, months: i32) -> NaiveDate {
    shift_by_months(first_of_month(day), months)
}

/// Where a key leads from a day, as the WAI-ARIA date picker pattern has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Left and right, up and down: days.
    Days(i64),
    /// Home.
    StartOfWeek,
    /// End.
    EndOfWeek,
    /// Page keys: months, with Shift years.
    Months(i32),
}

impl Step {
    /// The step of a key by its DOM name.
    #[must_use]
    pub fn of_key(key: &str, shift: bool) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Days(-1),
            "ArrowRight" => Self::Days(1),
            "ArrowUp" => Self::Days(-7),
            "ArrowDown" => Self::Days(7),
            "Home" => Self::StartOfWeek,
            "End" => Self::EndOfWeek,
            "PageUp" => Self::Months(if shift { -12 } else { -1 }),
            "PageDown" => Self::Months(if shift { 12 } else { 1 }),
            _ => return None,
        })
    }

    /// The day it leads to. A month without that day gives its last.
    #[must_use]
    pub fn from_day(self, day: NaiveDate, week_start: Weekday) -> NaiveDate {
        let add = |day: NaiveDate, n: i64| {
            let days = Days::new(n.unsigned_abs());
            if n < 0 {
                day.checked_sub_days(days)
            } else {
                day.checked_add_days(days)
            }
            .unwrap_or(day)
        };
        match self {
            Self::Days(n) => add(day, n),
            Self::StartOfWeek => start_of_week(day, week_start),
            Self::EndOfWeek => add(start_of_week(day, week_start), 6),
            Self::Months(n) => shift_by_months(day, n),
        }
    }
}

fn shift_by_months(day: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    if months < 0 {
        day.checked_sub_months(by)
    } else {
        day.checked_add_months(by)
    }
    .unwrap_or(day)
}

/// `25 Oct – 23 Nov 2026`, with what both ends share said once.
#[must_use]
pub fn format_range(range: DateRange) -> String {
    let (from, to) = (range.from, range.to);
    let end = to.format("%-d %b %Y");
    if from == to {
        end.to_string()
    } else if same_month(from, to) {
        format!("{} – {end}", from.day())
    } else if from.year() == to.year() {
        format!("{} – {end}", from.format("%-d %b"))
    } else {
        format!("{} – {end}", from.format("%-d %b %Y"))
    }
}
