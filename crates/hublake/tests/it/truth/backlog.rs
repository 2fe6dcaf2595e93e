//! The backlog of every day, from what happened to each issue.
//!
//! Each issue becomes a few stretches of time in which it was open or closed; the days are counted from these. The
//! rules: GitHub's times are whole seconds, so of what happened in one of them the net effect counts, and `merged`
//! closes like `closed`. Where the events do not lead to the state that GitHub tells, the issue turned at its
//! `closed_at`, or else when it was last updated. One that came from another repository enters when it came.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;

use super::Expected;
use super::issue::instant;
use super::rows::RepositoryColumns;

#[cfg(test)]
mod tests;

/// A repository and what happened to its issues and pull requests.
#[derive(Clone, Debug)]
pub struct History {
    /// Identity and names.
    pub columns: RepositoryColumns,
    /// Every issue and pull request once.
    pub lives: Vec<Life>,
}

/// One issue or pull request: how it is now, and what happened to it.
#[derive(Clone, Debug)]
pub struct Life {
    pub is_pull_request: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub merged_at: Option<DateTime<Utc>>,
    pub is_open: bool,
    /// Kinds as REST names them, in any order; only those of state and place count.
    pub events: Vec<(DateTime<Utc>, String)>,
    /// When it left the repository.
    pub left_at: Option<DateTime<Utc>>,
}

/// A time during which an issue was open, or closed, without interruption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: DateTime<Utc>,
    /// Until just before then; none while it lasts.
    pub until: Option<DateTime<Utc>>,
    pub is_open: bool,
    /// Whether events tell of both ends.
    pub is_told: bool,
    /// Whether the issue left the repository at its end.
    pub is_left: bool,
}

/// A row of `mart_issue_backlog_daily` or `mart_pull_request_backlog_daily`.
#[derive(Clone, Debug, Serialize)]
pub struct BacklogDay {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub calendar_date: NaiveDate,
    pub opened_count: i64,
    pub reopened_count: i64,
    pub closed_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_count: Option<i64>,
    pub left_count: i64,
    pub net_change: i64,
    pub open_at_end: i64,
    pub event_share: Option<f64>,
    pub rolling_7d_opened: i64,
    pub rolling_7d_closed: i64,
    pub rolling_7d_net_change: i64,
}

impl Life {
    /// From an issue object, or a pull request's own, with its timeline; both as REST has them.
    pub fn from_rest(object: &Value, events: &Value, is_pull_request: bool) -> Self {
        let at = |value: &Value| value.as_str().map(instant);
        let needed = |key: &str| at(&object[key]).unwrap_or_else(|| panic!("no {key} in {object}"));
        let merged_at = at(&object["merged_at"]).or(at(&object["pull_request"]["merged_at"]));
        let events = events.as_array().into_iter().flatten();
        let event = |event: &Value| Some((at(&event["created_at"])?, event["event"].as_str()?.to_owned()));
        Self {
            is_pull_request,
            created_at: needed("created_at"),
            updated_at: needed("updated_at"),
            closed_at: at(&object["closed_at"]),
            merged_at,
            is_open: object["state"] == "open",
            events: events.filter_map(event).collect(),
            left_at: None,
        }
    }

    /// Its stretches, oldest first: without gaps, none overlapping another.
    pub fn stretches(&self) -> Vec<Stretch> {
        let instant_later = |at: DateTime<Utc>| at + TimeDelta::microseconds(1);
        let (entered_at, has_come) = self.entry();
        let mut states = vec![(entered_at, true)];
        for (at, is_open) in self.turns() {
            // What lies before its coming decides how it came; one that is opened here begins open.
            let from = match (at > entered_at, has_come) {
                (true, _) => at,
                (false, true) => entered_at,
                (false, false) => instant_later(entered_at),
            };
            match states.last_mut() {
                Some(last) if last.0 == from => last.1 = is_open,
                _ => states.push((from, is_open)),
            }
        }
        states.dedup_by_key(|state| state.1);
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut begin = |from, is_open, is_told| {
            if let Some(last) = stretches.last_mut() {
                last.until = Some(from);
                last.is_told &= is_told;
            }
            stretches.push(Stretch { from, until: None, is_open, is_told, is_left: false });
        };
        for (from, is_open) in &states {
            begin(*from, *is_open, true);
        }
        let last = *states.last().expect("it entered");
        if last.1 != self.is_open {
            let seen_at = if self.is_open { self.updated_at } else { self.closed_at.unwrap_or(self.updated_at) };
            begin(seen_at.max(instant_later(last.0)), self.is_open, false);
        }
        match self.left_at {
            Some(left_at) => cut(stretches, left_at.max(instant_later(entered_at))),
            None => stretches,
        }
    }

    /// When it entered the repository, and whether it came from another.
    fn entry(&self) -> (DateTime<Utc>, bool) {
        let arrivals = self.events.iter().filter(|(_, kind)| kind == "transferred");
        match arrivals.map(|(at, _)| *at).max() {
            Some(arrived_at) => (arrived_at.max(self.created_at), true),
            None => (self.created_at, false),
        }
    }

    /// The seconds in which it was closed or opened in the end.
    fn turns(&self) -> Vec<(DateTime<Utc>, bool)> {
        let mut seconds = BTreeMap::<DateTime<Utc>, [i64; 3]>::new();
        for (at, kind) in &self.events {
            let place = match kind.as_str() {
                "closed" => 0,
                "merged" => 1,
                "reopened" => 2,
                _ => continue,
            };
            seconds.entry(*at).or_default()[place] += 1;
        }
        let mut turns = Vec::new();
        for (at, [closed, merged, reopened]) in seconds {
            // Merging is told of twice, as `merged` and as `closed`.
            let closed = if closed == 0 && merged > 0 { 1 } else { closed };
            if closed != reopened {
                turns.push((at, reopened > closed));
            }
        }
        turns
    }
}

fn cut(stretches: Vec<Stretch>, left_at: DateTime<Utc>) -> Vec<Stretch> {
    let mut kept: Vec<Stretch> = stretches.into_iter().filter(|stretch| stretch.from < left_at).collect();
    let last = kept.last_mut().expect("it was there before it left");
    if last.until.is_some() {
        // What it turned into by what was last seen of it never came to be.
        last.is_told = true;
    }
    last.until = Some(left_at);
    last.is_left = true;
    kept
}

/// The expected days of both marts: as stored, and as read at `now`.
pub fn backlog_tables(histories: &[History], now: DateTime<Utc>) -> Vec<Expected> {
    let mut tables = Vec::new();
    for (mart, is_pull_request) in [("mart_issue_backlog_daily", false), ("mart_pull_request_backlog_daily", true)] {
        for (table, read_on) in [(format!("stored.{mart}"), None), (mart.to_owned(), Some(now.date_naive()))] {
            let rows: Vec<BacklogDay> =
                histories.iter().flat_map(|history| backlog(history, is_pull_request, read_on)).collect();
            tables.push(Expected::of(&table, &["repo_full_name", "calendar_date"], &rows));
        }
    }
    tables
}

/// One row per day from the first to the last on which anything happened, and on to `read_on`.
pub fn backlog(history: &History, is_pull_request: bool, read_on: Option<NaiveDate>) -> Vec<BacklogDay> {
    let mut counts = Counts::default();
    for life in history.lives.iter().filter(|life| life.is_pull_request == is_pull_request) {
        counts.add(life);
    }
    let (Some(first), Some(last)) = (counts.first, counts.last) else {
        return Vec::new();
    };
    let of = |days: &BTreeMap<NaiveDate, i64>, day: NaiveDate| days.get(&day).copied().unwrap_or(0);
    let came = |day| of(&counts.opened, day) + of(&counts.reopened, day);
    let went = |day| of(&counts.closed, day) + of(&counts.left, day);
    let week = |days: &dyn Fn(NaiveDate) -> i64, day: NaiveDate| -> i64 {
        (0..7).map(|back| days(day - TimeDelta::days(back))).sum()
    };
    let (mut open, mut present, mut told) = (0, 0, 0);
    let mut rows = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= read_on.map_or(last, |day| day.max(last))) {
        open += of(&counts.open, day);
        present += of(&counts.present, day);
        told += of(&counts.told, day);
        rows.push(BacklogDay {
            repository: history.columns.clone(),
            calendar_date: day,
            opened_count: of(&counts.opened, day),
            reopened_count: of(&counts.reopened, day),
            closed_count: of(&counts.closed, day),
            merged_count: is_pull_request.then(|| of(&counts.merged, day)),
            left_count: of(&counts.left, day),
            net_change: came(day) - went(day),
            open_at_end: open,
            event_share: (present > 0).then(|| told as f64 / present as f64),
            rolling_7d_opened: week(&came, day),
            rolling_7d_closed: week(&went, day),
            rolling_7d_net_change: week(&came, day) - week(&went, day),
        });
    }
    rows
}

/// What happened by day, and by how much the issues at the end of a day differ from those of the day before.
#[derive(Default)]
struct Counts {
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    opened: BTreeMap<NaiveDate, i64>,
    reopened: BTreeMap<NaiveDate, i64>,
    closed: BTreeMap<NaiveDate, i64>,
    merged: BTreeMap<NaiveDate, i64>,
    left: BTreeMap<NaiveDate, i64>,
    open: BTreeMap<NaiveDate, i64>,
    present: BTreeMap<NaiveDate, i64>,
    told: BTreeMap<NaiveDate, i64>,
}

impl Counts {
    fn add(&mut self, life: &Life) {
        for (place, stretch) in life.stretches().iter().enumerate() {
            let from = self.note(stretch.from);
            let began = match (place, stretch.is_open) {
                (0, true) => Some(&mut self.opened),
                (0, false) => None,
                (_, true) => Some(&mut self.reopened),
                (_, false) => Some(&mut self.closed),
            };
            if let Some(days) = began {
                *days.entry(from).or_default() += 1;
            }
            let until = stretch.until.map(|until| self.note(until));
            if let Some(day) = until.filter(|_| stretch.is_left && stretch.is_open) {
                *self.left.entry(day).or_default() += 1;
            }
            // Who is there at a day's end has begun on it or before, and ends later.
            let ends = [(Some(from), 1), (until, -1)].into_iter().filter_map(|(day, sign)| Some((day?, sign)));
            for (day, sign) in ends {
                *self.present.entry(day).or_default() += sign;
                *self.open.entry(day).or_default() += sign * i64::from(stretch.is_open);
                *self.told.entry(day).or_default() += sign * i64::from(stretch.is_told);
            }
        }
        if let Some(merged_at) = life.merged_at {
            let day = self.note(merged_at);
            *self.merged.entry(day).or_default() += 1;
        }
    }

    fn note(&mut self, at: DateTime<Utc>) -> NaiveDate {
        let day = at.date_naive();
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        self.last = Some(self.last.map_or(day, |last| last.max(day)));
        day
    }
}
