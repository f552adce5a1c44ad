//! What is picked in an open calendar, before OKAY. Pure, so that it is tested without a browser.

use chrono::{NaiveDate, Weekday};
use domain::time::{DateRange, RangeChoice, Step, first_of_month, same_month, shift_month};

/// The state of an open calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    choice: RangeChoice,
    /// The first end of a custom range, while the other is still to be picked.
    anchor: Option<NaiveDate>,
    /// The day that has the keyboard.
    active: NaiveDate,
    /// First of the first month shown.
    month: NaiveDate,
    months: u8,
    today: NaiveDate,
    week_start: Weekday,
}

impl Draft {
    /// The calendar as it opens: the end of the range in force is in its last month.
    pub(super) fn open(
        choice: RangeChoice,
        today: NaiveDate,
        week_start: Weekday,
        months: u8,
    ) -> Self {
        let mut draft = Self {
            choice,
            anchor: None,
            active: today,
            month: first_of_month(today),
            months,
            today,
            week_start,
        };
        draft.choose(choice);
        draft
    }

    /// What OKAY would apply. A range with one end picked is that day.
    pub(super) fn choice(&self) -> RangeChoice {
        self.choice
    }

    /// The day that has the keyboard.
    pub(super) fn active(&self) -> NaiveDate {
        self.active
    }

    /// Takes one of the predefined options.
    pub(super) fn choose(&mut self, choice: RangeChoice) {
        self.choice = choice;
        self.anchor = None;
        let end = choice
            .resolve(self.today, self.week_start)
            .map_or(self.today, |range| range.to);
        self.active = end.min(self.today);
        self.month = shift_month(self.active, 1 - i32::from(self.months));
    }

    /// Takes a day: the first begins a range, the second ends it, whichever is earlier.
    pub(super) fn pick(&mut self, day: NaiveDate) {
        if !self.may_pick(day) {
            return;
        }
        let range = match self.anchor.take() {
            Some(anchor) => DateRange::between(anchor, day),
            None => {
                self.anchor = Some(day);
                DateRange::between(day, day)
            }
        };
        self.choice = RangeChoice::Custom(range);
        self.active = day;
    }

    /// Whether a day can be picked: nothing happened after today.
    pub(super) fn may_pick(&self, day: NaiveDate) -> bool {
        day <= self.today
    }

    /// Moves the keyboard, and the months with it.
    pub(super) fn step(&mut self, step: Step) {
        self.active = step.from_day(self.active, self.week_start).min(self.today);
        if self.active < self.month {
            self.month = first_of_month(self.active);
        } else if !self.shown().any(|month| same_month(month, self.active)) {
            self.month = shift_month(self.active, 1 - i32::from(self.months));
        }
    }

    /// Turns the pages.
    pub(super) fn turn(&mut self, months: i32) {
        self.month = shift_month(self.month, months);
        if !self.shown().any(|month| same_month(month, self.active)) {
            let end = if months > 0 {
                self.month
            } else {
                self.last_month()
            };
            self.active = end.min(self.today);
        }
    }

    /// Whether there is a later month to turn to.
    pub(super) fn has_next(&self) -> bool {
        self.last_month() < first_of_month(self.today)
    }

    /// The months shown, each by its first day.
    pub(super) fn shown(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let month = self.month;
        (0..self.months).map(move |n| shift_month(month, i32::from(n)))
    }

    fn last_month(&self) -> NaiveDate {
        shift_month(self.month, i32::from(self.months) - 1)
    }

    /// The days to mark: the range picked, or while its second end is missing, the one it would become
    /// with the day under the pointer, or else the one that has the keyboard.
    pub(super) fn marked(&self, pointed: Option<NaiveDate>) -> Option<DateRange> {
        match self.anchor {
            Some(anchor) => {
                let other = pointed
                    .filter(|day| self.may_pick(*day))
                    .unwrap_or(self.active);
                Some(DateRange::between(anchor, other))
            }
            None => self.choice.resolve(self.today, self.week_start),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Preset;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn open(choice: RangeChoice) -> Draft {
        Draft::open(choice, day("2026-11-23"), Weekday::Mon, 2)
    }

    #[test]
    fn it_opens_at_the_end_of_the_range() {
        let draft = open(RangeChoice::Preset(Preset::Last30Days));
        assert_eq!(
            draft.shown().collect::<Vec<_>>(),
            [day("2026-10-01"), day("2026-11-01")]
        );
        assert_eq!(draft.active(), day("2026-11-23"));
        assert!(!draft.has_next());
    }

    #[test]
    fn two_days_in_either_order_make_a_range() {
        for (first, second) in [("2026-11-03", "2026-11-09"), ("2026-11-09", "2026-11-03")] {
            let mut draft = open(RangeChoice::All);
            draft.pick(day(first));
            assert_eq!(draft.choice().to_string(), format!("{first}..{first}"));
            draft.pick(day(second));
            assert_eq!(draft.choice().to_string(), "2026-11-03..2026-11-09");
        }
    }

    #[test]
    fn a_range_is_previewed_towards_the_pointer() {
        let mut draft = open(RangeChoice::All);
        assert_eq!(draft.marked(None), None);
        draft.pick(day("2026-11-10"));
        assert_eq!(
            draft.marked(Some(day("2026-11-05"))).map(DateRange::days),
            Some(6)
        );
        draft.step(Step::Days(1));
        assert_eq!(draft.marked(None).map(DateRange::days), Some(2));
    }

    #[test]
    fn the_future_stays_out() {
        let mut draft = open(RangeChoice::All);
        draft.pick(day("2026-11-24"));
        assert_eq!(draft.choice(), RangeChoice::All);
        draft.step(Step::Months(1));
        assert_eq!(draft.active(), day("2026-11-23"));
    }

    #[test]
    fn the_months_follow_the_keyboard() {
        let mut draft = open(RangeChoice::Preset(Preset::Today));
        draft.step(Step::Months(-12));
        assert_eq!(draft.active(), day("2025-11-23"));
        assert_eq!(draft.shown().next(), Some(day("2025-11-01")));
        draft.step(Step::Months(2));
        assert_eq!(draft.shown().last(), Some(day("2026-01-01")));
    }
}
