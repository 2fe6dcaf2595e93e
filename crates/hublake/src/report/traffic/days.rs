//! Days of a repository: what they count, how well they are known, and what they add up to.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{NaiveDate, TimeDelta};
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::select::{Row, each};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Pages looked at.
    Views,
    /// Clones made.
    Clones,
}

/// How well a day is known, or one measure of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Status {
    /// Seen whole; without a count it is 0.
    #[serde(rename = "collected")]
    Collected,
    /// Seen at the edge of an answer: it has at least what was seen.
    #[serde(rename = "partial")]
    Partial,
    /// GitHub refused to tell.
    #[serde(rename = "not permitted")]
    NotPermitted,
    /// Nobody asked in time.
    #[serde(rename = "not collected")]
    NotCollected,
}

/// One day; unknown is null, never 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrafficDay {
    /// The day, UTC.
    pub date: NaiveDate,
    /// Of views and clones together; null before the first day of which anything is known.
    pub status: Option<Status>,
    /// Of the views.
    pub views_status: Option<Status>,
    /// Views; a partial day has at least so many.
    pub views: Option<i64>,
    /// Their unique visitors.
    pub view_uniques: Option<i64>,
    /// Of the clones.
    pub clones_status: Option<Status>,
    /// Clones; a partial day has at least so many.
    pub clones: Option<i64>,
    /// Who made them.
    pub clone_uniques: Option<i64>,
}

/// What days add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Null where nothing is known.
    pub count: Option<i64>,
    /// Whether every day is collected; else there are at least so many.
    pub is_complete: bool,
}

/// Days on end that are not, or not wholly, known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The first of them.
    pub from: NaiveDate,
    /// The last of them.
    pub to: NaiveDate,
    /// How many they are.
    pub days: i64,
    /// How well they are known.
    pub status: Status,
}

impl Status {
    /// The word of the tables; one that this program does not know says nothing.
    pub fn of(word: &str) -> Self {
        match word {
            "collected" => Self::Collected,
            "partial" => Self::Partial,
            "not permitted" => Self::NotPermitted,
            _ => Self::NotCollected,
        }
    }

    /// The word of the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Partial => "partial",
            Self::NotPermitted => "not permitted",
            Self::NotCollected => "not collected",
        }
    }
}

impl TrafficDay {
    /// A day of which there is no row.
    pub fn unknown(date: NaiveDate, status: Option<Status>) -> Self {
        Self {
            date,
            status,
            views_status: status,
            views: None,
            view_uniques: None,
            clones_status: status,
            clones: None,
            clone_uniques: None,
        }
    }

    /// The count.
    pub fn count(&self, measure: Measure) -> Option<i64> {
        match measure {
            Measure::Views => self.views,
            Measure::Clones => self.clones,
        }
    }

    /// Who made the count, each once.
    pub fn uniques(&self, measure: Measure) -> Option<i64> {
        match measure {
            Measure::Views => self.view_uniques,
            Measure::Clones => self.clone_uniques,
        }
    }

    /// Whether the count is that of the whole day.
    pub fn is_collected(&self, measure: Measure) -> bool {
        let status = match measure {
            Measure::Views => self.views_status,
            Measure::Clones => self.clones_status,
        };
        status == Some(Status::Collected)
    }
}

/// Adds up.
pub fn sum(days: &[TrafficDay], measure: Measure) -> Sum {
    let known = days.iter().filter_map(|day| day.count(measure));
    let count = known.fold(None, |all: Option<i64>, one| Some(all.unwrap_or_default() + one));
    Sum { count, is_complete: days.iter().all(|day| day.is_collected(measure) && day.count(measure).is_some()) }
}

/// The stretches of days that are not collected whole; days before the first known one are none.
pub fn gaps(days: &[TrafficDay]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for day in days {
        let Some(status) = day.status.filter(|status| *status != Status::Collected) else { continue };
        match gaps.last_mut() {
            Some(gap) if gap.status == status && gap.to.succ_opt() == Some(day.date) => {
                gap.to = day.date;
                gap.days += 1;
            }
            _ => gaps.push(Gap { from: day.date, to: day.date, days: 1, status }),
        }
    }
    gaps
}

/// The days from `from` to `to` by repository, those that have a row.
pub(super) async fn days(
    context: &SessionContext,
    of_these: &str,
    from: Option<NaiveDate>,
    to: NaiveDate,
) -> Result<HashMap<i64, HashMap<NaiveDate, TrafficDay>>> {
    let since = from.map(|from| format!("calendar_date >= DATE '{from}' AND ")).unwrap_or_default();
    let query = format!(
        "SELECT repo_id, calendar_date, CAST(status AS VARCHAR), CAST(views_status AS VARCHAR), views, view_uniques,
             CAST(clones_status AS VARCHAR), clones, clone_uniques
         FROM mart_traffic_daily WHERE {since}calendar_date <= DATE '{to}' AND {of_these}"
    );
    let mut found: HashMap<i64, HashMap<NaiveDate, TrafficDay>> = HashMap::new();
    each(context, &query, |repo_id, row| {
        if let Some(day) = day(row) {
            found.entry(repo_id).or_default().insert(day.date, day);
        }
    })
    .await?;
    Ok(found)
}

fn day(row: &Row<'_>) -> Option<TrafficDay> {
    Some(TrafficDay {
        date: row.date(1)?,
        status: row.text(2).map(Status::of),
        views_status: row.text(3).map(Status::of),
        views: row.number(4),
        view_uniques: row.number(5),
        clones_status: row.text(6).map(Status::of),
        clones: row.number(7),
        clone_uniques: row.number(8),
    })
}

/// All days from `from` to `to`; one without a row is not collected, and before `first_day` it is nothing at all.
pub(super) fn dense(
    known: &HashMap<NaiveDate, TrafficDay>,
    first_day: Option<NaiveDate>,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<TrafficDay> {
    let absent = |date: NaiveDate| {
        let is_before = first_day.is_some_and(|first| date < first);
        TrafficDay::unknown(date, (!is_before).then_some(Status::NotCollected))
    };
    let count = usize::try_from((to - from).num_days() + 1).unwrap_or_default();
    let dates = from.iter_days().take(count);
    dates.map(|date| known.get(&date).cloned().unwrap_or_else(|| absent(date))).collect()
}

/// The day so many days before.
pub(super) fn before(date: NaiveDate, days: i64) -> NaiveDate {
    date.checked_sub_signed(TimeDelta::days(days)).unwrap_or(NaiveDate::MIN)
}
