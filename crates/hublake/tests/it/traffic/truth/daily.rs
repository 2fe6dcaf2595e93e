//! Days: what was counted, what is covered, and what a reader is told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use super::{Look, Measure, Per, Told, Watched, days};

/// A row of `stg_traffic_daily`.
#[derive(Clone, Serialize)]
pub struct Daily {
    pub repo_id: i64,
    pub day: NaiveDate,
    pub views: Option<u64>,
    pub view_uniques: Option<u64>,
    pub clones: Option<u64>,
    pub clone_uniques: Option<u64>,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub observation_count: usize,
    pub views_source: Option<&'static str>,
    pub clones_source: Option<&'static str>,
}

/// A row of `stg_traffic_coverage`.
#[derive(Clone, Serialize)]
pub struct Coverage {
    pub repo_id: i64,
    pub day: NaiveDate,
    pub status: &'static str,
    pub views_status: &'static str,
    pub clones_status: &'static str,
}

/// A row of `stg_traffic_answers`.
#[derive(Serialize)]
pub struct Answer {
    pub repo_id: i64,
    pub measure: &'static str,
    pub per: &'static str,
    pub answered_on: NaiveDate,
    pub answered_at: DateTime<Utc>,
    pub is_unchanged: bool,
    pub count: u64,
    pub uniques: u64,
}

/// A row of `stg_traffic_repositories`.
#[derive(Serialize)]
pub struct Repository {
    pub repo_id: i64,
    pub repo_full_name: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub last_success_on: Option<NaiveDate>,
    pub safe_until: Option<NaiveDate>,
}

/// A row of `mart_traffic_daily`.
#[derive(Serialize)]
pub struct MartDaily {
    pub repo_id: i64,
    pub calendar_date: NaiveDate,
    pub views: Option<u64>,
    pub view_uniques: Option<u64>,
    pub clones: Option<u64>,
    pub clone_uniques: Option<u64>,
    pub status: &'static str,
    pub views_status: &'static str,
    pub clones_status: &'static str,
}

impl Watched {
    /// `stg_traffic_daily`.
    pub fn daily(&self) -> Vec<Daily> {
        let mut rows: BTreeMap<NaiveDate, (Daily, BTreeSet<DateTime<Utc>>)> = BTreeMap::new();
        for measure in [Measure::Views, Measure::Clones] {
            for told in self.told(measure, Per::Day) {
                for (day, counted) in &told.parts {
                    let (row, seen) = rows.entry(*day).or_insert_with(|| (self.unseen(*day, told.at), BTreeSet::new()));
                    let (count, uniques, source) = match measure {
                        Measure::Views => (&mut row.views, &mut row.view_uniques, &mut row.views_source),
                        Measure::Clones => (&mut row.clones, &mut row.clone_uniques, &mut row.clones_source),
                    };
                    *count = (*count).max(Some(counted.count));
                    *uniques = (*uniques).max(Some(counted.uniques));
                    *source = Some("github");
                    // What lies at the edge of an answer is not confirmed by one that says that nothing changed.
                    if !told.is_unchanged || told.is_whole(*day) {
                        seen.insert(told.at);
                    }
                }
            }
        }
        let finished = |(row, seen): (Daily, BTreeSet<DateTime<Utc>>)| Daily {
            first_seen_at: seen.first().copied().unwrap_or(row.first_seen_at),
            last_seen_at: seen.last().copied().unwrap_or(row.last_seen_at),
            observation_count: seen.len(),
            ..row
        };
        rows.into_values().map(finished).collect()
    }

    fn unseen(&self, day: NaiveDate, at: DateTime<Utc>) -> Daily {
        Daily {
            repo_id: self.columns.repo_id,
            day,
            views: None,
            view_uniques: None,
            clones: None,
            clone_uniques: None,
            first_seen_at: at,
            last_seen_at: at,
            observation_count: 0,
            views_source: None,
            clones_source: None,
        }
    }

    /// `stg_traffic_coverage`: views and clones are asked for at once, so they are always covered alike.
    pub fn coverage(&self) -> Vec<Coverage> {
        let mut ranks: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for Look { at, is_permitted, .. } in &self.looks {
            let today = at.date_naive();
            for day in days(today - TimeDelta::days(14), today) {
                let is_at_edge = day == today || day == today - TimeDelta::days(14);
                let rank = match (is_permitted, is_at_edge) {
                    (true, false) => 3,
                    (true, true) => 2,
                    (false, _) if day == today - TimeDelta::days(14) => continue,
                    (false, _) => 1,
                };
                let known = ranks.entry(day).or_default();
                *known = rank.max(*known);
            }
        }
        let (Some((first, _)), Some((last, _))) = (ranks.first_key_value(), ranks.last_key_value()) else {
            return Vec::new();
        };
        let row = |day: NaiveDate| {
            let rank = ranks.get(&day).copied().unwrap_or_default();
            let status = ["not collected", "not permitted", "partial", "collected"][rank];
            Coverage { repo_id: self.columns.repo_id, day, status, views_status: status, clones_status: status }
        };
        days(*first, *last).map(row).collect()
    }

    /// `stg_traffic_answers`.
    pub fn answers(&self) -> Vec<Answer> {
        let mut rows = Vec::new();
        for (measure, measured) in [(Measure::Views, "views"), (Measure::Clones, "clones")] {
            for (per, divided) in [(Per::Day, "day"), (Per::Week, "week")] {
                rows.extend(self.told(measure, per).into_iter().map(|told: Told| Answer {
                    repo_id: self.columns.repo_id,
                    measure: measured,
                    per: divided,
                    answered_on: told.on(),
                    answered_at: told.at,
                    is_unchanged: told.is_unchanged,
                    count: told.total.count,
                    uniques: told.total.uniques,
                }));
            }
        }
        rows
    }

    /// The row of `stg_traffic_repositories`, without what it says of a missing right.
    pub fn repository(&self) -> Repository {
        let coverage = self.coverage();
        let day = |row: Option<&Coverage>| row.map(|row| row.day).expect("it was asked for");
        let last_success_on = self.permitted().last().map(|look| look.at.date_naive());
        Repository {
            repo_id: self.columns.repo_id,
            repo_full_name: self.columns.repo_full_name.clone(),
            first_day: day(coverage.first()),
            last_day: day(coverage.last()),
            last_success_on,
            safe_until: last_success_on.map(|day| day + TimeDelta::days(13)),
        }
    }

    /// `mart_traffic_daily`: as stored for `None`, else as read on that day.
    pub fn mart_daily(&self, read_on: Option<NaiveDate>) -> Vec<MartDaily> {
        let counted: BTreeMap<NaiveDate, Daily> = self.daily().into_iter().map(|row| (row.day, row)).collect();
        let mut coverage = self.coverage();
        let known_until = coverage.last().map(|row| row.day).expect("it was asked for");
        let unknown = "not collected";
        let idle = |day| Coverage {
            repo_id: self.columns.repo_id,
            day,
            status: unknown,
            views_status: unknown,
            clones_status: unknown,
        };
        coverage.extend(days(known_until, read_on.unwrap_or(known_until)).skip(1).map(idle));
        let row = |covered: Coverage| {
            let day = counted.get(&covered.day);
            let nobody = (covered.status == "collected").then_some(0);
            MartDaily {
                repo_id: covered.repo_id,
                calendar_date: covered.day,
                views: day.and_then(|day| day.views).or(nobody),
                view_uniques: day.and_then(|day| day.view_uniques).or(nobody),
                clones: day.and_then(|day| day.clones).or(nobody),
                clone_uniques: day.and_then(|day| day.clone_uniques).or(nobody),
                status: covered.status,
                views_status: covered.views_status,
                clones_status: covered.clones_status,
            }
        };
        coverage.into_iter().map(row).collect()
    }
}
