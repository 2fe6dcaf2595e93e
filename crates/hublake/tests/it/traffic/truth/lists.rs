//! Lists of referrers and paths, and the figures of a day.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use github_sim::Popular;
use serde::Serialize;

use super::{Look, Watched, days};

/// A row of `mart_traffic_referrers`.
#[derive(Serialize)]
pub struct Referrer {
    pub repo_id: i64,
    pub snapshot_date: NaiveDate,
    pub taken_at: DateTime<Utc>,
    pub place: usize,
    pub referrer: String,
    pub count: u64,
    pub uniques: u64,
    pub source: &'static str,
}

/// A row of `mart_traffic_paths`.
#[derive(Serialize)]
pub struct Path {
    pub repo_id: i64,
    pub snapshot_date: NaiveDate,
    pub taken_at: DateTime<Utc>,
    pub place: usize,
    pub path: String,
    pub title: String,
    pub count: u64,
    pub uniques: u64,
    pub source: &'static str,
}

/// A row of `mart_repository_stats_daily`, without the size.
#[derive(Serialize, Default)]
pub struct MartFigures {
    pub repo_id: i64,
    pub calendar_date: NaiveDate,
    pub stars: Option<u64>,
    pub forks: Option<u64>,
    pub watchers: Option<u64>,
    pub open_issues_and_pulls_count: Option<u64>,
    pub seen_at: Option<DateTime<Utc>>,
    pub source: Option<&'static str>,
    pub stars_given: Option<u64>,
}

impl Watched {
    /// `mart_traffic_referrers`.
    pub fn mart_referrers(&self) -> Vec<Referrer> {
        let row = |look: &Look, place: usize, entry: &Popular| Referrer {
            repo_id: self.columns.repo_id,
            snapshot_date: look.at.date_naive(),
            taken_at: look.at,
            place,
            referrer: entry.name.clone(),
            count: entry.count,
            uniques: entry.uniques,
            source: "github",
        };
        self.listed(|look| &look.referrers, row)
    }

    /// `mart_traffic_paths`.
    pub fn mart_paths(&self) -> Vec<Path> {
        let row = |look: &Look, place: usize, entry: &Popular| Path {
            repo_id: self.columns.repo_id,
            snapshot_date: look.at.date_naive(),
            taken_at: look.at,
            place,
            path: entry.name.clone(),
            title: entry.title.clone().unwrap_or_else(|| title(&entry.name)),
            count: entry.count,
            uniques: entry.uniques,
            source: "github",
        };
        self.listed(|look| &look.paths, row)
    }

    /// A row for each entry of the last list of each day.
    fn listed<R>(&self, of: impl Fn(&Look) -> &Vec<Popular>, row: impl Fn(&Look, usize, &Popular) -> R) -> Vec<R> {
        let last_of_days: BTreeMap<NaiveDate, &Look> =
            self.permitted().map(|look| (look.at.date_naive(), look)).collect();
        let entries = last_of_days.into_values().flat_map(|look| {
            of(look).iter().enumerate().map(|(place, entry)| row(look, place + 1, entry)).collect::<Vec<_>>()
        });
        entries.collect()
    }

    /// `mart_repository_stats_daily`; who may not read traffic may read these all the same.
    pub fn mart_figures(&self) -> Vec<MartFigures> {
        let mut rows: BTreeMap<NaiveDate, MartFigures> = BTreeMap::new();
        for day in self.days_of_stars() {
            rows.insert(day.calendar_date, day);
        }
        for look in &self.looks {
            let day = look.at.date_naive();
            let stars_given = rows.get(&day).and_then(|row| row.stars_given);
            let figures = &look.figures;
            let row = MartFigures {
                repo_id: self.columns.repo_id,
                calendar_date: day,
                stars: Some(figures.stars.values().sum()),
                forks: Some(figures.forks),
                watchers: Some(figures.watchers),
                open_issues_and_pulls_count: Some(figures.open_issues_and_pulls),
                seen_at: Some(look.at),
                source: Some("github"),
                stars_given,
            };
            rows.insert(day, row);
        }
        rows.into_values().collect()
    }

    /// The history as it was when the number of stars last changed, from the Sunday with which it begins.
    fn days_of_stars(&self) -> Vec<MartFigures> {
        let total = |look: &Look| look.figures.stars.values().sum::<u64>();
        let mut read: Option<&Look> = None;
        for look in &self.looks {
            if read.is_none_or(|last| total(last) != total(look)) {
                read = Some(look);
            }
        }
        let Some(read) = read else { return Vec::new() };
        let stars = &read.figures.stars;
        let first = stars.keys().next().map_or(self.created_on, |first| self.created_on.min(*first));
        let sunday = first - TimeDelta::days(i64::from(first.weekday().num_days_from_sunday()));
        let row = |day| MartFigures {
            repo_id: self.columns.repo_id,
            calendar_date: day,
            stars_given: Some(stars.get(&day).copied().unwrap_or_default()),
            ..MartFigures::default()
        };
        days(sunday, read.at.date_naive()).map(row).collect()
    }
}

/// What a page of `/owner/name/...` is called where nobody named it.
fn title(path: &str) -> String {
    path.splitn(4, '/').nth(3).map_or_else(|| "Overview".to_owned(), |inside| format!("/{inside}"))
}
