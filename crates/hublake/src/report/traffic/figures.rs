//! The figures of the answer, from the published marts.

mod numbers;
mod state;

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use datafusion::prelude::SessionContext;
use hublake_store::Repository;
use serde::Serialize;

use self::numbers::{Bounds, BoundsKey, bounds};
use self::state::{Known, State, levels, states};
use super::days::{Gap, Measure, Status, TrafficDay, before, days, dense, gaps, sum};
use super::lists::{List, Popular, lists};
use crate::report::of_these;

/// The answer for one repository.
///
/// Windows end with yesterday, because today still grows; days are UTC. What is not known is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrafficFigures {
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// The day that the answer calls today.
    pub today: NaiveDate,
    /// The first day of which anything is known.
    pub first_day: Option<NaiveDate>,
    /// The last day of which anything is known.
    pub last_day: Option<NaiveDate>,
    /// The last day on which GitHub told both views and clones.
    pub last_success_on: Option<NaiveDate>,
    /// A run on or before this day loses nothing.
    pub safe_until: Option<NaiveDate>,
    /// Whether that day is over.
    pub is_overdue: bool,
    /// The first day that no run can get whole any more; null where none is lost since the last success.
    pub lost_from: Option<NaiveDate>,
    /// The last of them as yet.
    pub lost_to: Option<NaiveDate>,
    /// What the token lacks; null where GitHub tells.
    pub missing_permission: Option<String>,
    /// Pages looked at.
    pub views: MeasureFigures,
    /// Clones made.
    pub clones: MeasureFigures,
    /// How well the last 30 days are known.
    pub coverage: Coverage,
    /// Newest list of the sites that people came from.
    pub referrers: Option<Popular>,
    /// Newest list of the paths that they looked at.
    pub paths: Option<Popular>,
    /// Stars there are.
    pub stars: Level,
    /// Forks there are.
    pub forks: Level,
    /// Watchers there are.
    pub watchers: Level,
    /// The last 30 days, oldest first.
    pub days: Vec<TrafficDay>,
    /// Today as far as it was seen.
    pub today_so_far: TrafficDay,
    /// Exceptions to audits that people accepted.
    pub notes: Vec<String>,
}

/// Views or clones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureFigures {
    /// A week.
    pub last_7_days: WindowFigures,
    /// A fortnight.
    pub last_14_days: WindowFigures,
    /// A month.
    pub last_30_days: WindowFigures,
    /// GitHub's own count of the fortnight before its newest answer, whose uniques are exact.
    pub newest_answer: Option<Answer>,
}

/// A window of days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowFigures {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The sum of its known days.
    pub count: Option<i64>,
    /// Whether all are collected; else there were at least so many.
    pub is_complete: bool,
    /// The sum of as many days before.
    pub count_before: Option<i64>,
    /// Whether all those are collected.
    pub is_complete_before: bool,
    /// The difference in percent of the days before; null where one of the sums is not complete, or where there were
    /// none before.
    pub change_percent: Option<f64>,
    /// Unique visitors, where they are known exactly.
    pub uniques: Option<i64>,
    /// There were at least so many.
    pub uniques_lower: Option<i64>,
    /// There were at most so many.
    pub uniques_upper: Option<i64>,
}

/// The totals of an answer: of the 14 days before it, and of its own day so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Day of the answer, UTC.
    pub answered_on: NaiveDate,
    /// Views or clones.
    pub count: i64,
    /// Unique visitors, exactly.
    pub uniques: i64,
}

/// How well days are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The first of them.
    pub from: NaiveDate,
    /// The last of them.
    pub to: NaiveDate,
    /// How many they are.
    pub days: i64,
    /// Seen whole.
    pub collected: i64,
    /// Seen at the edge of an answer.
    pub partial: i64,
    /// Not asked for in time.
    pub not_collected: i64,
    /// Refused.
    pub not_permitted: i64,
    /// Before the first day of which anything is known.
    pub before_first_day: i64,
    /// The days that were not seen whole, but for those before the first one.
    pub gaps: Vec<Gap>,
}

/// How many there are of something, and were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// As last seen.
    pub now: Option<i64>,
    /// When that was.
    pub seen_on: Option<NaiveDate>,
    /// As seen 30 days before today, or up to a week before that.
    pub before: Option<i64>,
    /// When that was.
    pub before_on: Option<NaiveDate>,
    /// What came and went between.
    pub change: Option<i64>,
}

/// The windows of an answer, in days.
const WINDOWS: [i64; 3] = [7, 14, 30];
/// Days that are shown one by one.
const SHOWN_DAYS: i64 = 30;
/// An answer has whole the days from so many before its own on.
pub(super) const WHOLE_DAYS: i64 = 13;

/// Asks a reader's session for the figures of some repositories; those of which nothing is published are left out.
///
/// The number of queries does not depend on the number of repositories.
pub async fn figures(
    context: &SessionContext,
    repositories: &[Repository],
    present: DateTime<Utc>,
) -> Result<Vec<TrafficFigures>> {
    let today = present.date_naive();
    let of_these = of_these(repositories);
    let mut found = Found {
        known: states(context, &of_these).await?,
        levels: levels(context, &of_these, today).await?,
        lists: lists(context, &of_these, today).await?,
        bounds: bounds(context, &of_these, today, &WINDOWS).await?,
        days: days(context, &of_these, Some(before(today, 2 * SHOWN_DAYS)), today).await?,
    };
    Ok(repositories.iter().filter_map(|repository| found.answer(repository, today)).collect())
}

/// What the queries found, by repository.
struct Found {
    known: HashMap<i64, Known>,
    levels: HashMap<i64, [Level; 3]>,
    lists: HashMap<(i64, List), Popular>,
    bounds: HashMap<BoundsKey, Bounds>,
    days: HashMap<i64, HashMap<NaiveDate, TrafficDay>>,
}

impl Found {
    fn answer(&mut self, repository: &Repository, today: NaiveDate) -> Option<TrafficFigures> {
        let repo_id = repository.repo_id;
        let known = self.known.remove(&repo_id)?;
        let rows = self.days.remove(&repo_id).unwrap_or_default();
        let all = dense(&rows, known.first_day, before(today, 2 * SHOWN_DAYS), today);
        let (today_so_far, whole) = all.split_last()?;
        let shown = whole.get(whole.len().saturating_sub(usize::try_from(SHOWN_DAYS).ok()?)..)?;
        let [stars, forks, watchers] = self.levels.remove(&repo_id).unwrap_or_default();
        let is_overdue = known.safe_until.is_some_and(|until| until < today);
        Some(TrafficFigures {
            repo_id,
            repository: repository.full_name(),
            today,
            first_day: known.first_day,
            last_day: known.last_day,
            last_success_on: known.last_success_on,
            safe_until: known.safe_until,
            is_overdue,
            lost_from: known.last_success_on.filter(|_| is_overdue),
            lost_to: is_overdue.then(|| before(today, WHOLE_DAYS + 1)),
            missing_permission: known.missing_permission.clone(),
            views: self.measured(repo_id, whole, Measure::Views, known.state("traffic_views")),
            clones: self.measured(repo_id, whole, Measure::Clones, known.state("traffic_clones")),
            coverage: coverage(shown),
            referrers: newest_list(self.lists.remove(&(repo_id, List::Referrers)), known.state("traffic_referrers")),
            paths: newest_list(self.lists.remove(&(repo_id, List::Paths)), known.state("traffic_paths")),
            stars,
            forks,
            watchers,
            days: shown.to_vec(),
            today_so_far: today_so_far.clone(),
            notes: Vec::new(),
        })
    }

    fn measured(&self, repo_id: i64, whole: &[TrafficDay], measure: Measure, state: Option<&State>) -> MeasureFigures {
        let [last_7_days, last_14_days, last_30_days] = WINDOWS.map(|days| {
            let key = BoundsKey { repo_id, measure, days };
            window(whole, measure, days, self.bounds.get(&key).copied().unwrap_or_default())
        });
        MeasureFigures { last_7_days, last_14_days, last_30_days, newest_answer: state.and_then(State::answer) }
    }
}

/// A list that has become empty has no rows; what GitHub said last tells it from one that was not asked for.
fn newest_list(rows: Option<Popular>, state: Option<&State>) -> Option<Popular> {
    let emptied_on = state.filter(|state| state.count == Some(0)).and_then(|state| state.last_success_on);
    match (rows, emptied_on) {
        (Some(rows), Some(emptied_on)) if rows.snapshot_date > emptied_on => Some(rows),
        (_, Some(snapshot_date)) => Some(Popular { snapshot_date, entries: Vec::new() }),
        (rows, None) => rows,
    }
}

/// The last of these days against as many before them.
fn window(whole: &[TrafficDay], measure: Measure, days: i64, bounds: Bounds) -> WindowFigures {
    let length = usize::try_from(days).unwrap_or_default().min(whole.len() / 2);
    let (earlier, now) = whole[whole.len() - 2 * length..].split_at(length);
    let (from, to) = (now.first().map(|day| day.date), now.last().map(|day| day.date));
    let (now, earlier) = (sum(now, measure), sum(earlier, measure));
    WindowFigures {
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        count: now.count,
        is_complete: now.is_complete,
        count_before: earlier.count,
        is_complete_before: earlier.is_complete,
        change_percent: numbers::change_percent(now, earlier),
        uniques: bounds.exact(),
        uniques_lower: bounds.lower,
        uniques_upper: bounds.upper,
    }
}

/// How well days are known that follow each other.
fn coverage(days: &[TrafficDay]) -> Coverage {
    let number = |status: Option<Status>| {
        i64::try_from(days.iter().filter(|day| day.status == status).count()).unwrap_or_default()
    };
    Coverage {
        from: days.first().map(|day| day.date).unwrap_or_default(),
        to: days.last().map(|day| day.date).unwrap_or_default(),
        days: i64::try_from(days.len()).unwrap_or_default(),
        collected: number(Some(Status::Collected)),
        partial: number(Some(Status::Partial)),
        not_collected: number(Some(Status::NotCollected)),
        not_permitted: number(Some(Status::NotPermitted)),
        before_first_day: number(None),
        gaps: gaps(days),
    }
}
