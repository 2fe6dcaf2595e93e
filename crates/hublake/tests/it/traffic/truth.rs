//! What the traffic tables must contain, computed from single visits with plain loops.
//!
//! An answer that comes at an instant counts the visits of the fourteen days before it, by UTC day or by ISO week. So
//! its first and its last date are cut short, and the thirteen dates between them are whole. Everything here follows
//! from that, from the visits, and from the instants at which it was asked; nothing is shared with the product.

mod daily;
mod lists;
mod periods;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use github_sim::{Popular, Visit};

use crate::truth::{Expected, RepositoryColumns};

/// An instant at which a run asked for a repository's traffic.
#[derive(Clone)]
pub struct Look {
    /// When, UTC, whole seconds.
    pub at: DateTime<Utc>,
    /// Whether GitHub answered; it said 403 otherwise.
    pub is_permitted: bool,
    /// The lists that were served then.
    pub referrers: Vec<Popular>,
    /// See `referrers`.
    pub paths: Vec<Popular>,
    /// What was counted then.
    pub figures: Figures,
}

/// What is counted of a repository besides its visits.
#[derive(Clone)]
pub struct Figures {
    /// Forks.
    pub forks: u64,
    /// Subscribers.
    pub watchers: u64,
    /// Open issues and pull requests together.
    pub open_issues_and_pulls: u64,
    /// The stars that are there, by the day they were given.
    pub stars: BTreeMap<NaiveDate, u64>,
}

/// A repository with all that happened in it.
pub struct Watched {
    /// Identity and current names.
    pub columns: RepositoryColumns,
    /// When it was created.
    pub created_on: NaiveDate,
    /// All views, oldest first.
    pub views: Vec<Visit>,
    /// All clones, oldest first.
    pub clones: Vec<Visit>,
    /// Every time it was asked for, oldest first.
    pub looks: Vec<Look>,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Views,
    Clones,
}

/// How an answer divides its window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Per {
    Day,
    Week,
}

/// Visits and distinct visitors.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Counted {
    count: u64,
    uniques: u64,
}

/// What GitHub said to one question.
struct Told {
    at: DateTime<Utc>,
    /// By the first day of each part; parts without visits are left out.
    parts: BTreeMap<NaiveDate, Counted>,
    total: Counted,
    /// Whether it was said by a 304.
    is_unchanged: bool,
}

impl Told {
    fn on(&self) -> NaiveDate {
        self.at.date_naive()
    }

    fn is_whole(&self, day: NaiveDate) -> bool {
        day >= self.on() - TimeDelta::days(13) && day < self.on()
    }
}

/// The Monday of a day's week.
pub fn monday(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))
}

/// Every day from the first to the last, both in it.
pub fn days(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |day| *day <= last)
}

fn counted<'a>(visits: impl IntoIterator<Item = &'a Visit>) -> Counted {
    let (mut count, mut visitors) = (0, BTreeSet::new());
    for visit in visits {
        count += 1;
        visitors.insert(visit.visitor);
    }
    Counted { count, uniques: visitors.len() as u64 }
}

impl Watched {
    /// How many different people came on the days from the first to the last.
    pub fn visitors(&self, is_of_views: bool, first: NaiveDate, last: NaiveDate) -> u64 {
        let visits = if is_of_views { &self.views } else { &self.clones };
        counted(visits.iter().filter(|visit| (first..=last).contains(&visit.at.date_naive()))).uniques
    }

    fn permitted(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|look| look.is_permitted)
    }

    /// The looks that ask for weeks too: the first of each ISO week that is answered.
    fn weekly(&self) -> Vec<&Look> {
        let mut weekly: Vec<&Look> = Vec::new();
        for look in self.permitted() {
            if weekly.last().is_none_or(|last| monday(last.at.date_naive()) != monday(look.at.date_naive())) {
                weekly.push(look);
            }
        }
        weekly
    }

    /// Everything that was said about a measure, oldest first.
    fn told(&self, measure: Measure, per: Per) -> Vec<Told> {
        let looks: Vec<&Look> = match per {
            Per::Day => self.looks.iter().collect(),
            Per::Week => self.weekly(),
        };
        let mut all: Vec<Told> = Vec::new();
        let mut is_first = true;
        for look in looks {
            if !look.is_permitted {
                is_first = true;
                continue;
            }
            let mut told = self.window(measure, per, look.at);
            let same = |last: &Told| last.parts == told.parts && last.total == told.total;
            told.is_unchanged = !is_first && all.last().is_some_and(same);
            is_first = false;
            all.push(told);
        }
        all
    }

    fn window(&self, measure: Measure, per: Per, at: DateTime<Utc>) -> Told {
        let all = match measure {
            Measure::Views => &self.views,
            Measure::Clones => &self.clones,
        };
        let first = all.partition_point(|visit| visit.at < at - TimeDelta::days(14));
        let visits = &all[first..all.partition_point(|visit| visit.at < at)];
        let part_of = |visit: &Visit| match per {
            Per::Day => visit.at.date_naive(),
            Per::Week => monday(visit.at.date_naive()),
        };
        // They are in the order of time, so the visits of a part stand together.
        let parts = visits.chunk_by(|left, right| part_of(left) == part_of(right));
        let parts = parts.map(|visits| (part_of(&visits[0]), counted(visits)));
        Told { at, parts: parts.collect(), total: counted(visits), is_unchanged: false }
    }
}

/// The expected rows of every table of traffic as a reader sees them on a day.
pub fn tables(repositories: &[Watched], read_on: NaiveDate) -> Vec<Expected> {
    let mut all = Vec::new();
    macro_rules! table {
        ($name:expr, $key:expr, $rows:expr) => {
            let rows: Vec<_> = repositories.iter().flat_map($rows).collect();
            all.push(Expected::of($name, $key, &rows));
        };
    }
    table!("stg_traffic_daily", &["repo_id", "day"], Watched::daily);
    table!("stg_traffic_coverage", &["repo_id", "day"], Watched::coverage);
    table!("stg_traffic_answers", &["repo_id", "measure", "per", "answered_at"], Watched::answers);
    table!("stg_traffic_repositories", &["repo_id"], |one: &Watched| vec![one.repository()]);
    table!("stg_traffic_weekly", &["repo_id", "week_start"], Watched::weeks);
    table!("stored.mart_traffic_daily", &["repo_id", "calendar_date"], |one: &Watched| one.mart_daily(None));
    table!("mart_traffic_daily", &["repo_id", "calendar_date"], |one: &Watched| {
        one.columns(one.mart_daily(Some(read_on)))
    });
    table!("mart_traffic_weekly", &["repo_id", "week_start"], |one: &Watched| one.columns(one.mart_weekly()));
    table!("mart_traffic_monthly", &["repo_id", "month_start"], |one: &Watched| one.columns(one.mart_monthly()));
    table!("mart_traffic_referrers", &["repo_id", "snapshot_date", "place"], |one: &Watched| {
        one.columns(one.mart_referrers())
    });
    table!("mart_traffic_paths", &["repo_id", "snapshot_date", "place"], |one: &Watched| {
        one.columns(one.mart_paths())
    });
    table!("mart_repository_stats_daily", &["repo_id", "calendar_date"], |one: &Watched| {
        one.columns(one.mart_figures())
    });
    all
}

/// A row with the current names of its repository.
#[derive(serde::Serialize)]
pub struct Named<R> {
    repo_full_name: String,
    repo_owner: String,
    repo_name: String,
    #[serde(flatten)]
    row: R,
}

impl Watched {
    fn columns<R>(&self, rows: Vec<R>) -> Vec<Named<R>> {
        let RepositoryColumns { repo_full_name, repo_owner, repo_name, .. } = &self.columns;
        let named = |row| Named {
            repo_full_name: repo_full_name.clone(),
            repo_owner: repo_owner.clone(),
            repo_name: repo_name.clone(),
            row,
        };
        rows.into_iter().map(named).collect()
    }
}
