//! Calendar months, by which tables of daily rows are stored.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use arrow::datatypes::Date32Type;
use chrono::{Datelike, NaiveDate};

/// A set of calendar months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Months(BTreeSet<Month>);

impl Months {
    /// The months that the days lie in.
    pub fn of(days: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self(days.into_iter().map(Month::of).collect())
    }

    /// These months, and the one before and the one after each.
    #[must_use]
    pub fn with_neighbours(&self) -> Self {
        Self(self.0.iter().flat_map(|month| [month.0 - 1, month.0, month.0 + 1]).map(Month).collect())
    }

    /// Whether a day lies in one of the months.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.has(Month::of(day))
    }

    /// Whether a day, counted from 1970 as in a DATE column, lies in one of the months.
    pub fn contains_date32(&self, day: i32) -> bool {
        Month::of_date32(day).is_some_and(|month| self.has(month))
    }

    /// Whether there is no month.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, month: Month) -> bool {
        self.0.contains(&month)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Month> {
        self.0.iter().copied()
    }
}

impl FromIterator<Month> for Months {
    fn from_iter<T: IntoIterator<Item = Month>>(months: T) -> Self {
        Self(months.into_iter().collect())
    }
}

/// A calendar month, counted from January of year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    pub(crate) fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0().cast_signed())
    }

    /// The month of a day since 1970; `None` for a day that no calendar here reaches.
    pub(crate) fn of_date32(day: i32) -> Option<Self> {
        Date32Type::to_naive_date_opt(day).map(Self::of)
    }

    /// All months from one to another.
    pub(crate) fn range((first, last): (Self, Self)) -> impl Iterator<Item = Self> {
        let months: RangeInclusive<i32> = first.0..=last.0;
        months.map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_holds_its_first_and_last_day_and_no_other() {
        let months = Months::of([date("2024-02-10"), date("2024-02-29")]);
        for (day, is_in) in [
            ("2024-02-01", true),
            ("2024-02-29", true),
            ("2024-01-31", false),
            ("2024-03-01", false),
            ("2023-02-10", false),
        ] {
            assert_eq!(months.contains(date(day)), is_in, "{day}");
            assert_eq!(months.contains_date32(Date32Type::from_naive_date(date(day))), is_in, "{day}");
        }
        assert!(!months.is_empty() && Months::default().is_empty());
    }

    #[test]
    fn neighbours_reach_over_the_turn_of_the_year() {
        let months = Months::of([date("2024-12-31")]).with_neighbours();
        let expected = Months::of([date("2024-11-01"), date("2024-12-15"), date("2025-01-01")]);
        assert_eq!(months, expected);
        assert_eq!(months.iter().map(|month| month.to_string()).collect::<Vec<_>>(), ["2024-11", "2024-12", "2025-01"]);
    }

    #[test]
    fn days_since_1970_and_before_have_their_months() {
        for (day, month) in [(0, "1970-01"), (-1, "1969-12"), (20_454, "2026-01"), (-719_528, "0000-01")] {
            assert_eq!(Month::of_date32(day).unwrap().to_string(), month);
        }
        assert_eq!(Month::of_date32(i32::MAX), None);
    }
}
