//! Daily values as visits: what recordings keep, spread over the day by a fixed rule.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Seen, TrafficCount, passer_by};
use crate::Error;
use crate::world::calendar::{DAY, number_of};

/// One UTC day of a repository. Distinct visitors are at most as many as visits, and none only of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyTraffic {
    /// UTC.
    pub day: NaiveDate,
    /// Views.
    pub views: u32,
    /// Distinct viewers.
    pub view_uniques: u32,
    /// Clones.
    pub clones: u32,
    /// Distinct people who cloned.
    pub clone_uniques: u32,
}

/// Which of a day's visitors come again on other days, where only daily values are known.
///
/// Regulars are always the first ones of the same list of people, everybody else comes on one day only. So the distinct
/// visitors of whole days are the regulars of the day that has most of them, and all others: between the maximum and
/// the sum of the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Regulars {
    /// All: a window has as many distinct visitors as its busiest day.
    Everybody,
    /// Half of a day's visitors, rounded up.
    #[default]
    Half,
    /// None: a window has as many distinct visitors as its days together.
    Nobody,
}

impl Regulars {
    fn among(self, uniques: u64) -> u64 {
        match self {
            Self::Everybody => uniques,
            Self::Half => uniques.div_ceil(2),
            Self::Nobody => 0,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Daily {
    days: BTreeMap<i64, TrafficCount>,
    regulars: Regulars,
}

impl Daily {
    /// # Errors
    /// When a day has more visitors than visits, or visits by nobody.
    pub(super) fn new(regulars: Regulars, days: impl Iterator<Item = (NaiveDate, u32, u32)>) -> Result<Self, Error> {
        let mut kept = BTreeMap::new();
        for (day, count, uniques) in days {
            if uniques > count || (uniques == 0) != (count == 0) {
                let reason = format!("{count} visits cannot be by {uniques} distinct visitors");
                return Err(Error::BadTraffic { day, reason });
            }
            kept.insert(number_of(day), TrafficCount { count: u64::from(count), uniques: u64::from(uniques) });
        }
        Ok(Self { days: kept, regulars })
    }

    /// The visits of a day: n of them stand in the middles of n equal parts of the day, and its visitors take turns.
    pub(super) fn on(&self, day: i64, add: &mut impl FnMut(Seen)) {
        let Some(TrafficCount { count, uniques }) = self.days.get(&day).copied() else {
            return;
        };
        let regulars = self.regulars.among(uniques);
        for turn in 0..count {
            let index = turn % uniques;
            let visitor = if index < regulars { index } else { passer_by(day, index) };
            let second = (2 * turn + 1) * DAY.unsigned_abs() / (2 * count);
            add(Seen { at: day * DAY + second.cast_signed(), visitor, draw: 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::traffic::count;

    fn daily(regulars: Regulars, days: &[(i64, u32, u32)]) -> Daily {
        let days = days.iter().map(|(day, count, uniques)| (crate::world::calendar::date_of(*day), *count, *uniques));
        Daily::new(regulars, days).unwrap()
    }

    fn whole(daily: &Daily, days: std::ops::Range<i64>) -> TrafficCount {
        let mut seen = Vec::new();
        for day in days {
            daily.on(day, &mut |visit| seen.push(visit));
        }
        count(&seen)
    }

    #[test]
    fn visits_stand_in_the_middle_of_equal_parts_and_visitors_take_turns() {
        let mut seen = Vec::new();
        daily(Regulars::Half, &[(10, 4, 3)]).on(10, &mut |visit| seen.push((visit.at - 864_000, visit.visitor)));
        let stranger = (11 << 32) | 2;
        assert_eq!(seen, [(10_800, 0), (32_400, 1), (54_000, stranger), (75_600, 0)]);
    }

    #[test]
    fn uniques_of_several_days_follow_the_regulars() {
        let days = [(0, 56, 4), (1, 6, 2), (3, 18, 1), (4, 4, 1), (5, 9, 3)];
        for (regulars, uniques) in [(Regulars::Everybody, 4), (Regulars::Half, 2 + 2 + 1 + 1), (Regulars::Nobody, 11)] {
            assert_eq!(whole(&daily(regulars, &days), 0..6), TrafficCount { count: 93, uniques }, "{regulars:?}");
        }
    }

    #[test]
    fn impossible_days_are_refused() {
        for (count, uniques) in [(2, 3), (1, 0)] {
            let day = crate::world::calendar::date_of(0);
            let error = Daily::new(Regulars::Half, std::iter::once((day, count, uniques))).unwrap_err().to_string();
            assert!(error.contains("1970-01-01"), "{error}");
        }
    }
}
