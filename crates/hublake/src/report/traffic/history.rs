//! The whole history of one repository.

pub mod terminal;

use anyhow::Result;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use datafusion::prelude::SessionContext;
use hublake_store::Repository;
use serde::Serialize;

use super::days::{Gap, Measure, Status, TrafficDay, before, days, dense, gaps, sum};
use super::figures::{TrafficFigures, figures};
use super::select::each;
use crate::report::of_these;

/// All that is known of one repository's traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrafficHistory {
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// The first day of which anything is known.
    pub first_day: Option<NaiveDate>,
    /// The last day of which anything is known.
    pub last_day: Option<NaiveDate>,
    /// Days from the first known one to yesterday.
    pub days: i64,
    /// Those of them that were seen whole.
    pub days_collected: i64,
    /// All views.
    pub views: Total,
    /// All clones.
    pub clones: Total,
    /// Every month from the first one on.
    pub months: Vec<Month>,
    /// The days that were not seen whole, today apart.
    pub gaps: Vec<Gap>,
    /// The last 14 days before today, then today so far.
    pub last_days: Vec<TrafficDay>,
    /// Stars that were given in each year and are still there.
    pub stars_given: Vec<StarYear>,
    /// What the report says of the last 30 days.
    pub now: TrafficFigures,
}

/// What was counted from the first whole day to the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The first collected day; the first known one where none is collected.
    pub from: Option<NaiveDate>,
    /// The last collected day; the last known one where none is collected.
    pub to: Option<NaiveDate>,
    /// The sum of the known days between.
    pub count: Option<i64>,
    /// Whether all of them are collected; else there were at least so many.
    pub is_complete: bool,
    /// The day with the highest count; the newest of several.
    pub best_day: Option<BestDay>,
}

/// The best day ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BestDay {
    /// The day.
    pub date: NaiveDate,
    /// Views or clones.
    pub count: i64,
    /// Unique visitors.
    pub uniques: Option<i64>,
    /// Whether the day was seen whole.
    pub is_complete: bool,
}

/// A calendar month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Its first day.
    pub month_start: NaiveDate,
    /// Its days that were seen whole.
    pub days_collected: i64,
    /// Its days.
    pub days_in_month: i64,
    /// Views of the known days.
    pub views: Option<i64>,
    /// Unique visitors at least.
    pub view_uniques_lower: Option<i64>,
    /// Unique visitors at most.
    pub view_uniques_upper: Option<i64>,
    /// Clones of the known days.
    pub clones: Option<i64>,
    /// Those who cloned, at least.
    pub clone_uniques_lower: Option<i64>,
    /// Those who cloned, at most.
    pub clone_uniques_upper: Option<i64>,
    /// Whether the whole month is known.
    pub is_complete: bool,
}

/// Stars of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarYear {
    /// The year.
    pub year: i64,
    /// Given in it and still there.
    pub stars: i64,
}

const LAST_DAYS: i64 = 14;

/// Asks a reader's session for a repository's history; `None` where nothing of it is published.
pub async fn history(
    context: &SessionContext,
    repository: &Repository,
    present: DateTime<Utc>,
) -> Result<Option<TrafficHistory>> {
    let only = std::slice::from_ref(repository);
    let Some(now) = figures(context, only, present).await?.pop() else { return Ok(None) };
    let of_these = of_these(only);
    let yesterday = before(now.today, 1);
    let mut rows = days(context, &of_these, None, now.today).await?;
    let rows = rows.remove(&repository.repo_id).unwrap_or_default();
    let first_day = now.first_day.or_else(|| rows.keys().min().copied());
    let all = first_day.map(|first| dense(&rows, Some(first), first, yesterday)).unwrap_or_default();
    let mut last_days = dense(&rows, first_day, before(now.today, LAST_DAYS), yesterday);
    last_days.push(now.today_so_far.clone());
    let collected = all.iter().filter(|day| day.status == Some(Status::Collected)).count();
    Ok(Some(TrafficHistory {
        repo_id: repository.repo_id,
        repository: repository.full_name(),
        first_day,
        last_day: now.last_day,
        days: i64::try_from(all.len())?,
        days_collected: i64::try_from(collected)?,
        views: total(&all, Measure::Views),
        clones: total(&all, Measure::Clones),
        months: months(context, &of_these).await?,
        gaps: gaps(&all),
        last_days,
        stars_given: stars_given(context, &of_these).await?,
        now,
    }))
}

/// Adds up from the first whole day to the last one: the edges of what was collected are whole on no repository.
fn total(days: &[TrafficDay], measure: Measure) -> Total {
    let is_collected = |day: &TrafficDay| day.is_collected(measure);
    let is_known = |day: &TrafficDay| day.count(measure).is_some();
    let whole = days.iter().position(is_collected).zip(days.iter().rposition(is_collected));
    let ends = whole.or_else(|| days.iter().position(is_known).zip(days.iter().rposition(is_known)));
    let Some((first, last)) = ends else { return Total::default() };
    let within = &days[first..=last];
    let sum = sum(within, measure);
    let known = days.iter().filter_map(|day| Some((day.count(measure)?, day)));
    let best = known.max_by_key(|(count, day)| (*count, day.date)).filter(|(count, _)| *count > 0);
    Total {
        from: Some(days[first].date),
        to: Some(days[last].date),
        count: sum.count,
        is_complete: sum.is_complete,
        best_day: best.map(|(count, day)| BestDay {
            date: day.date,
            count,
            uniques: day.uniques(measure),
            is_complete: day.is_collected(measure),
        }),
    }
}

async fn months(context: &SessionContext, of_these: &str) -> Result<Vec<Month>> {
    let query = format!(
        "SELECT repo_id, month_start, days_collected, days_in_month, views, view_uniques_lower, view_uniques_upper,
             clones, clone_uniques_lower, clone_uniques_upper, CASE WHEN is_complete THEN 1 ELSE 0 END
         FROM mart_traffic_monthly WHERE {of_these} ORDER BY month_start"
    );
    let mut months: Vec<Month> = Vec::new();
    each(context, &query, |_, row| {
        let Some(month_start) = row.date(1) else { return };
        while let Some(absent) =
            months.last().and_then(|last| next(last.month_start)).filter(|next| *next < month_start)
        {
            months.push(unknown(absent));
        }
        months.push(Month {
            month_start,
            days_collected: row.number(2).unwrap_or_default(),
            days_in_month: row.number(3).unwrap_or_default(),
            views: row.number(4),
            view_uniques_lower: row.number(5),
            view_uniques_upper: row.number(6),
            clones: row.number(7),
            clone_uniques_lower: row.number(8),
            clone_uniques_upper: row.number(9),
            is_complete: row.number(10) == Some(1),
        });
    })
    .await?;
    Ok(months)
}

fn next(month_start: NaiveDate) -> Option<NaiveDate> {
    month_start.checked_add_months(chrono::Months::new(1))
}

fn unknown(month_start: NaiveDate) -> Month {
    Month {
        month_start,
        days_collected: 0,
        days_in_month: i64::from(month_start.num_days_in_month()),
        views: None,
        view_uniques_lower: None,
        view_uniques_upper: None,
        clones: None,
        clone_uniques_lower: None,
        clone_uniques_upper: None,
        is_complete: false,
    }
}

async fn stars_given(context: &SessionContext, of_these: &str) -> Result<Vec<StarYear>> {
    let query = format!(
        "SELECT repo_id, CAST(date_part('year', calendar_date) AS BIGINT) AS year, CAST(sum(stars_given) AS BIGINT)
         FROM mart_repository_stats_daily WHERE stars_given IS NOT NULL AND {of_these}
         GROUP BY repo_id, year ORDER BY year"
    );
    let mut years = Vec::new();
    each(context, &query, |_, row| {
        years.extend(row.number(1).zip(row.number(2)).map(|(year, stars)| StarYear { year, stars }));
    })
    .await?;
    Ok(years)
}
