//! The figures of the answer, from the published marts.

mod backlog;

use std::collections::HashMap;

use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use chrono::{NaiveDate, TimeDelta};
use datafusion::prelude::SessionContext;
use hublake_store::Repository;
use serde::Serialize;

use self::backlog::{Accuracy, Day, accuracy, flows, open_at_end};
use super::of_these;

/// The last days up to and including one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Calendar days, at least one.
    pub days: u32,
    /// The last of them.
    pub until: NaiveDate,
}

/// The answer for one repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// First day of the window.
    pub window_from: NaiveDate,
    /// Last day of the window.
    pub window_to: NaiveDate,
    /// Days of the window.
    pub window_days: u32,
    /// Issues that GitHub said were open when they were last collected.
    pub open_now: i64,
    /// Issues open at the end of the window's last day.
    pub open_at_end: i64,
    /// Issues opened in the window, or transferred here open.
    pub opened: i64,
    /// Closed issues that were opened again in the window.
    pub reopened: i64,
    /// Issues closed in the window.
    pub closed: i64,
    /// Open issues that were deleted, transferred away or turned into discussions in the window.
    pub left: i64,
    /// Opened and reopened less closed and left: what the backlog grew by.
    pub net: i64,
    /// The first day from which on the state of every issue is known from its events; null where that of some is
    /// known only as it is now.
    pub event_accurate_since: Option<NaiveDate>,
    /// Of the issues there are, the share whose state now is known from events.
    pub event_share: Option<f64>,
    /// `Worsening` if net is above 10, `Improving` if it is below -10, else `Flat`.
    pub verdict: Verdict,
    /// Of the issues closed in the window; null where none was.
    pub median_closure_age_days: Option<f64>,
    /// Of the issues closed in the window.
    pub p90_closure_age_days: Option<f64>,
    /// Part of the issues closed in the window that were at most 7 days old.
    pub share_closed_within_7d: Option<f64>,
    /// Part of the issues closed in the window that were more than 90 days old.
    pub share_closed_after_90d: Option<f64>,
    /// Days on which the backlog grew most, at most five.
    pub swings_up: Vec<Swing>,
    /// Days on which it shrank most.
    pub swings_down: Vec<Swing>,
    /// Opened and closed by day of the week, Monday first.
    pub weekdays: Vec<Weekday>,
    /// Open issues at the end of each day of the window.
    pub backlog: Vec<BacklogDay>,
    /// What audits warn of or people accepted, and what could not be decoded.
    pub notes: Vec<String>,
}

/// Which way the backlog goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// More were opened than closed.
    Worsening,
    /// More were closed than opened.
    Improving,
    /// About the same.
    Flat,
}

/// A day on which the backlog changed much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swing {
    /// The day.
    pub date: NaiveDate,
    /// Issues opened on it.
    pub opened: i64,
    /// Issues reopened on it.
    pub reopened: i64,
    /// Issues closed on it.
    pub closed: i64,
    /// Open issues that left on it.
    pub left: i64,
    /// What the backlog grew by.
    pub net: i64,
}

/// A day of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weekday {
    /// `Monday` ...
    pub weekday: &'static str,
    /// Issues opened on it.
    pub opened: i64,
    /// Issues closed on it.
    pub closed: i64,
}

/// The backlog at a day's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BacklogDay {
    /// The day.
    pub date: NaiveDate,
    /// Issues open at its end.
    pub open: i64,
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SWINGS: usize = 5;
/// Net changes up to this size say nothing.
const FLAT: i64 = 10;

impl Window {
    /// The first day.
    pub fn from(&self) -> NaiveDate {
        self.until - TimeDelta::days(i64::from(self.days) - 1)
    }
}

impl Verdict {
    fn of(net: i64) -> Self {
        match net {
            net if net > FLAT => Self::Worsening,
            net if net < -FLAT => Self::Improving,
            _ => Self::Flat,
        }
    }
}

/// Asks a reader's session for the figures of some repositories; those of which nothing is published are left out.
///
/// The number of queries does not depend on the number of repositories.
pub async fn figures(context: &SessionContext, repositories: &[Repository], window: Window) -> Result<Vec<Figures>> {
    let of_these = of_these(repositories);
    let published = numbers(
        context,
        &format!("SELECT repo_id, CAST(COUNT(*) AS BIGINT) FROM stg_sync_state WHERE {of_these} GROUP BY repo_id"),
    )
    .await?;
    let open = numbers(
        context,
        &format!(
            "SELECT repo_id, CAST(COUNT(*) AS BIGINT) FROM mart_issue_lifecycle WHERE is_open AND {of_these} GROUP BY repo_id"
        ),
    )
    .await?;
    let at_end = open_at_end(context, &of_these, window.until).await?;
    let accuracy = accuracy(context, &of_these).await?;
    let mut flows = flows(context, &of_these, window).await?;
    let mut ages = closure_ages(context, &of_these, window).await?;
    let answer = |repository: &Repository| {
        let repo_id = repository.repo_id;
        published.get(&repo_id)?;
        let state = State {
            open_now: open.get(&repo_id).copied().unwrap_or_default(),
            open_at_end: at_end.get(&repo_id).copied().unwrap_or_default(),
            accuracy: accuracy.get(&repo_id).copied().unwrap_or_default(),
        };
        let flow = flows.remove(&repo_id).unwrap_or_default();
        let ages = ages.remove(&repo_id).unwrap_or_default();
        Some(answer(repository, window, state, &flow, &ages))
    };
    Ok(repositories.iter().filter_map(answer).collect())
}

/// What holds of a repository apart from what happened in the window.
struct State {
    open_now: i64,
    open_at_end: i64,
    accuracy: Accuracy,
}

fn answer(repository: &Repository, window: Window, state: State, days: &[Day], ages: &ClosureAges) -> Figures {
    let flow: Vec<Swing> = days.iter().map(|day| day.flow.clone()).collect();
    let net: i64 = flow.iter().map(|day| day.net).sum();
    Figures {
        repo_id: repository.repo_id,
        repository: repository.full_name(),
        window_from: window.from(),
        window_to: window.until,
        window_days: window.days,
        open_now: state.open_now,
        open_at_end: state.open_at_end,
        opened: flow.iter().map(|day| day.opened).sum(),
        reopened: flow.iter().map(|day| day.reopened).sum(),
        closed: flow.iter().map(|day| day.closed).sum(),
        left: flow.iter().map(|day| day.left).sum(),
        net,
        event_accurate_since: state.accuracy.since,
        event_share: state.accuracy.share,
        verdict: Verdict::of(net),
        median_closure_age_days: ages.median,
        p90_closure_age_days: ages.p90,
        share_closed_within_7d: ages.within_7d,
        share_closed_after_90d: ages.after_90d,
        swings_up: swings(&flow, |day| day.net),
        swings_down: swings(&flow, |day| -day.net),
        weekdays: weekdays(&flow),
        backlog: days.iter().map(|day| BacklogDay { date: day.flow.date, open: day.open_at_end }).collect(),
        notes: Vec::new(),
    }
}

#[derive(Default)]
struct ClosureAges {
    median: Option<f64>,
    p90: Option<f64>,
    within_7d: Option<f64>,
    after_90d: Option<f64>,
}

async fn closure_ages(context: &SessionContext, of_these: &str, window: Window) -> Result<HashMap<i64, ClosureAges>> {
    let query = format!(
        "SELECT repo_id, percentile_exact(closure_age_days, 0.5), percentile_exact(closure_age_days, 0.9),
             AVG(CASE WHEN closure_age_days <= 7 THEN 1.0 ELSE 0.0 END),
             AVG(CASE WHEN closure_age_days > 90 THEN 1.0 ELSE 0.0 END)
         FROM mart_issue_lifecycle
         WHERE closure_age_days IS NOT NULL AND closed_date BETWEEN DATE '{}' AND DATE '{}' AND {of_these}
         GROUP BY repo_id",
        window.from(),
        window.until
    );
    let mut ages = HashMap::new();
    for batch in rows(context, &query).await? {
        let ids = batch.column(0).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let value = |column: usize| {
                let values = batch.column(column).as_primitive_opt::<Float64Type>()?;
                values.is_valid(row).then(|| values.value(row))
            };
            let found = ClosureAges { median: value(1), p90: value(2), within_7d: value(3), after_90d: value(4) };
            ages.insert(ids.value(row), found);
        }
    }
    Ok(ages)
}

fn swings(flow: &[Swing], size: impl Fn(&Swing) -> i64) -> Vec<Swing> {
    let mut days: Vec<&Swing> = flow.iter().filter(|day| size(day) > 0).collect();
    days.sort_by_key(|day| (-size(day), std::cmp::Reverse(day.date)));
    days.into_iter().take(SWINGS).cloned().collect()
}

fn weekdays(flow: &[Swing]) -> Vec<Weekday> {
    use chrono::Datelike;
    let mut days = WEEKDAYS.map(|weekday| Weekday { weekday, opened: 0, closed: 0 });
    for day in flow {
        let weekday = &mut days[day.date.weekday().num_days_from_monday() as usize];
        weekday.opened += day.opened;
        weekday.closed += day.closed;
    }
    days.into()
}

async fn rows(context: &SessionContext, query: &str) -> Result<Vec<RecordBatch>> {
    Ok(context.sql(query).await?.collect().await?)
}

/// A number by repository.
async fn numbers(context: &SessionContext, query: &str) -> Result<HashMap<i64, i64>> {
    let mut numbers = HashMap::new();
    for batch in rows(context, query).await? {
        let column = |index: usize| batch.column(index).as_primitive::<Int64Type>();
        numbers.extend(column(0).values().iter().copied().zip(column(1).values().iter().copied()));
    }
    Ok(numbers)
}
