//! Which months or days of a table stored by month were taken, and which only read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::Date32Type;
use chrono::{Days, NaiveDate};

use super::divide::Wanted;
use crate::months::{Month, Months};

/// What is replaced at once: a calendar month, or a day, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Period {
    Month(Month),
    Day(i32),
}

impl Period {
    pub(super) fn month(self) -> Option<Month> {
        match self {
            Self::Month(month) => Some(month),
            Self::Day(day) => Month::of_date32(day),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => write!(formatter, "{month}"),
            Self::Day(day) => match Date32Type::to_naive_date_opt(*day) {
                Some(day) => write!(formatter, "{day}"),
                None => write!(formatter, "day {day}"),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Months,
    Days,
}

/// The months or days of what was taken.
pub(super) struct TakenPeriods {
    unit: Unit,
    /// Those whose rows are replaced.
    replaced: BTreeSet<Period>,
    /// Those whose rows were only read, and how many these are.
    read: BTreeMap<Period, usize>,
}

impl TakenPeriods {
    /// `months`, and with `is_read` the month before and after each.
    pub(super) fn of_months(months: &Months, is_read: bool) -> Self {
        let replaced: BTreeSet<_> = months.iter().map(Period::Month).collect();
        let near = if is_read { months.with_neighbours() } else { Months::default() };
        let read = near.iter().map(Period::Month).filter(|month| !replaced.contains(month)).map(|month| (month, 0));
        Self { unit: Unit::Months, read: read.collect(), replaced }
    }

    /// `days`, and the `before` days before each.
    pub(super) fn of_days(days: &BTreeSet<NaiveDate>, before: u32) -> Self {
        let replaced: BTreeSet<_> = days.iter().map(|day| Period::Day(Date32Type::from_naive_date(*day))).collect();
        let earlier = |day: &NaiveDate| {
            let day = *day;
            (1..=before).map_while(move |by| day.checked_sub_days(Days::new(by.into())))
        };
        let read = days.iter().flat_map(earlier).map(|day| Period::Day(Date32Type::from_naive_date(day)));
        let read = read.filter(|day| !replaced.contains(day)).map(|day| (day, 0));
        Self { unit: Unit::Days, read: read.collect(), replaced }
    }

    /// The period of a row; `None` for a day that no calendar here reaches.
    pub(super) fn of(&self, day: i32) -> Option<Period> {
        let month = Month::of_date32(day)?;
        Some(match self.unit {
            Unit::Months => Period::Month(month),
            Unit::Days => Period::Day(day),
        })
    }

    /// Whether the rows of a repository in a month are sorted by day: those of a day come from elsewhere than the rest.
    pub(super) fn is_by_day(&self) -> bool {
        self.unit == Unit::Days
    }

    /// The months in whose files all of it lies.
    pub(super) fn months(&self) -> Months {
        self.replaced.iter().chain(self.read.keys()).filter_map(|period| period.month()).collect()
    }

    /// The months of whose files some are written anew.
    pub(super) fn written_months(&self) -> Months {
        self.replaced.iter().filter_map(|period| period.month()).collect()
    }

    /// Rows of repositories that are replaced or read, in files of [`Self::months`]; `column` tells the day.
    pub(super) fn wanted(&self, repo_ids: &Arc<[i64]>, column: usize) -> Wanted {
        self.wanted_of(repo_ids, column, self.replaced.iter().chain(self.read.keys()))
    }

    /// Rows of repositories that are replaced, in files of [`Self::written_months`].
    pub(super) fn wanted_replaced(&self, repo_ids: &Arc<[i64]>, column: usize) -> Wanted {
        self.wanted_of(repo_ids, column, self.replaced.iter())
    }

    fn wanted_of<'a>(&self, repo_ids: &Arc<[i64]>, column: usize, periods: impl Iterator<Item = &'a Period>) -> Wanted {
        let day = |period: &Period| match period {
            Period::Day(day) => Some(*day),
            Period::Month(_) => None,
        };
        // A file holds one month, so that months need not be told apart within it.
        let days = self.is_by_day().then(|| (column, Arc::new(periods.filter_map(day).collect())));
        Wanted { repo_ids: Arc::clone(repo_ids), days }
    }

    /// Takes note of rows that were read.
    pub(super) fn count(&mut self, period: Period, rows: usize) {
        if let Some(read) = self.read.get_mut(&period) {
            *read += rows;
        }
    }

    /// What is wrong with putting so many rows in each period, those that are not written left out of `put`.
    ///
    /// Of days that were only read a query may give back none at all: it then makes the rows of its days alone.
    pub(super) fn check<T>(&self, put: &mut BTreeMap<Period, Vec<T>>) -> Result<(), String> {
        let back: Vec<_> = self.read.iter().map(|(period, read)| (period, read, put.remove(period))).collect();
        let gives_none = self.is_by_day() && back.iter().all(|(.., rows)| rows.is_none());
        for (period, read, rows) in back.into_iter().filter(|_| !gives_none) {
            let count = rows.map_or(0, |rows| rows.len());
            if count != *read {
                return Err(format!("{count} rows of {period} are put where {read} were only read"));
            }
        }
        let others = match self.unit {
            Unit::Months => "months",
            Unit::Days => "days",
        };
        match put.keys().find(|period| !self.replaced.contains(period)) {
            Some(stranger) => Err(format!("rows of {stranger} are put in the place of other {others}' rows")),
            None => Ok(()),
        }
    }
}
