//! Weeks and months.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde::Serialize;

use super::daily::MartDaily;
use super::{Counted, Measure, Per, Watched, days, monday};

/// A row of `stg_traffic_weekly`.
#[derive(Serialize)]
pub struct Week {
    pub repo_id: i64,
    pub week_start: NaiveDate,
    pub views: Option<u64>,
    pub view_uniques: Option<u64>,
    pub clones: Option<u64>,
    pub clone_uniques: Option<u64>,
    pub are_views_whole: bool,
    pub are_clones_whole: bool,
}

/// A row of `mart_traffic_weekly`, without the bounds of unique visitors.
#[derive(Serialize)]
pub struct MartWeek {
    pub repo_id: i64,
    pub week_start: NaiveDate,
    pub iso_year: i32,
    pub iso_week: u32,
    pub days_collected: usize,
    pub views: Option<u64>,
    pub clones: Option<u64>,
    pub is_complete: bool,
}

/// A row of `mart_traffic_monthly`, without the bounds of unique visitors.
#[derive(Serialize)]
pub struct MartMonth {
    pub repo_id: i64,
    pub month_start: NaiveDate,
    pub days_collected: usize,
    pub days_in_month: usize,
    pub views: Option<u64>,
    pub clones: Option<u64>,
    pub is_complete: bool,
}

/// What GitHub itself said of a week: the greatest values, and whether it was over and whole when it was counted.
type OfWeeks = BTreeMap<NaiveDate, (Counted, bool)>;

impl Watched {
    fn of_weeks(&self, measure: Measure) -> OfWeeks {
        let mut weeks = OfWeeks::new();
        for told in self.told(measure, Per::Week) {
            let is_whole = |first: NaiveDate| days(first, first + TimeDelta::days(6)).all(|day| told.is_whole(day));
            let mut seen = told.parts.clone();
            for first in (0..3).map(|back| monday(told.on()) - TimeDelta::weeks(back)).filter(|first| is_whole(*first))
            {
                seen.entry(first).or_default();
            }
            for (first, counted) in seen {
                let (known, was_whole) = weeks.entry(first).or_default();
                known.count = known.count.max(counted.count);
                known.uniques = known.uniques.max(counted.uniques);
                *was_whole |= is_whole(first);
            }
        }
        weeks
    }

    /// `stg_traffic_weekly`, without when it was seen.
    pub fn weeks(&self) -> Vec<Week> {
        let (views, clones) = (self.of_weeks(Measure::Views), self.of_weeks(Measure::Clones));
        let all: BTreeSet<NaiveDate> = views.keys().chain(clones.keys()).copied().collect();
        let row = |week_start: NaiveDate| {
            let (viewed, cloned) = (views.get(&week_start), clones.get(&week_start));
            Week {
                repo_id: self.columns.repo_id,
                week_start,
                views: viewed.map(|(counted, _)| counted.count),
                view_uniques: viewed.map(|(counted, _)| counted.uniques),
                clones: cloned.map(|(counted, _)| counted.count),
                clone_uniques: cloned.map(|(counted, _)| counted.uniques),
                are_views_whole: viewed.is_some_and(|(_, is_whole)| *is_whole),
                are_clones_whole: cloned.is_some_and(|(_, is_whole)| *is_whole),
            }
        };
        all.into_iter().map(row).collect()
    }

    /// `mart_traffic_weekly`, without bounds.
    pub fn mart_weekly(&self) -> Vec<MartWeek> {
        let by_days = self.by(monday);
        let told: BTreeMap<NaiveDate, Week> = self.weeks().into_iter().map(|week| (week.week_start, week)).collect();
        let all: BTreeSet<NaiveDate> = by_days.keys().chain(told.keys()).copied().collect();
        let row = |week_start: NaiveDate| {
            let (of_days, of_week) = (by_days.get(&week_start), told.get(&week_start));
            let days_collected = of_days.map_or(0, |days| collected(days));
            let greatest = |views_of: fn(&MartDaily) -> Option<u64>, told: Option<u64>| {
                of_days.and_then(|days| sum(days, views_of)).max(told)
            };
            let is_whole = of_week.is_some_and(|week| week.are_views_whole && week.are_clones_whole);
            MartWeek {
                repo_id: self.columns.repo_id,
                week_start,
                iso_year: week_start.iso_week().year(),
                iso_week: week_start.iso_week().week(),
                days_collected,
                views: greatest(|day| day.views, of_week.and_then(|week| week.views)),
                clones: greatest(|day| day.clones, of_week.and_then(|week| week.clones)),
                is_complete: is_whole || days_collected == 7,
            }
        };
        all.into_iter().map(row).collect()
    }

    /// `mart_traffic_monthly`, without bounds.
    pub fn mart_monthly(&self) -> Vec<MartMonth> {
        let first_of = |day: NaiveDate| day.with_day(1).expect("every month has a first");
        let row = |(month_start, of_days): (NaiveDate, Vec<MartDaily>)| {
            let next = month_start + Months::new(1);
            let days_in_month = days(month_start, next - TimeDelta::days(1)).count();
            MartMonth {
                repo_id: self.columns.repo_id,
                month_start,
                days_collected: collected(&of_days),
                days_in_month,
                views: sum(&of_days, |day| day.views),
                clones: sum(&of_days, |day| day.clones),
                is_complete: collected(&of_days) == days_in_month,
            }
        };
        self.by(first_of).into_iter().map(row).collect()
    }

    fn by(&self, first_of: impl Fn(NaiveDate) -> NaiveDate) -> BTreeMap<NaiveDate, Vec<MartDaily>> {
        let mut parts: BTreeMap<NaiveDate, Vec<MartDaily>> = BTreeMap::new();
        for day in self.mart_daily(None) {
            parts.entry(first_of(day.calendar_date)).or_default().push(day);
        }
        parts
    }
}

fn collected(days: &[MartDaily]) -> usize {
    days.iter().filter(|day| day.status == "collected").count()
}

/// The sum of what is known; none where nothing is.
fn sum(days: &[MartDaily], of: fn(&MartDaily) -> Option<u64>) -> Option<u64> {
    days.iter().filter_map(of).reduce(|left, right| left + right)
}
