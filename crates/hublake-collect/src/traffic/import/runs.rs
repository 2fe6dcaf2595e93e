//! The days on which a collector is known to have had an answer, and what they prove.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::traffic::WHOLE_DAYS;

/// Days with an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs(BTreeSet<NaiveDate>);

impl Runs {
    pub(super) fn insert(&mut self, day: NaiveDate) {
        self.0.insert(day);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the answers held a day whole: its zero is then a zero, its value final.
    pub(super) fn prove(&self, day: NaiveDate) -> bool {
        let (Some(first), Some(last)) = (plus(day, 1), plus(day, WHOLE_DAYS)) else {
            return false;
        };
        self.0.range(first..=last).next().is_some()
    }

    /// Whether one of the answers held any part of a day.
    pub(super) fn touch(&self, day: NaiveDate) -> bool {
        plus(day, WHOLE_DAYS + 1).is_some_and(|last| self.0.range(day..=last).next().is_some())
    }

    /// The days that the answers held whole, in order.
    pub(super) fn whole_days(&self) -> Vec<NaiveDate> {
        let mut days: Vec<NaiveDate> = Vec::new();
        for run in &self.0 {
            let earliest = run.checked_sub_days(Days::new(WHOLE_DAYS)).unwrap_or(*run);
            let next = days.last().and_then(NaiveDate::succ_opt).unwrap_or(earliest);
            days.extend(earliest.max(next).iter_days().take_while(|day| day < run));
        }
        days
    }
}

fn plus(day: NaiveDate, days: u64) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(days))
}
