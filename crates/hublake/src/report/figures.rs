//! The figures of the answer, from the published marts.

use std::collections::HashMap;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use chrono::{NaiveDate, TimeDelta};
use datafusion::prelude::SessionContext;
use hublake_store::Repository;
use serde::Serialize;

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
    /// Issues opened in the window.
    pub opened: i64,
    /// Issues closed in the window.
    pub closed: i64,
    /// Opened less closed.
    pub net: i64,
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
    /// Issues closed on it.
    pub closed: i64,
    /// Opened less closed.
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
    let since = numbers(
        context,
        &format!(
            "SELECT repo_id, CAST(SUM(net_change) AS BIGINT) FROM mart_issue_daily_flow
             WHERE calendar_date > DATE '{}' AND {of_these} GROUP BY repo_id",
            window.until
        ),
    )
    .await?;
    let mut flows = flows(context, &of_these, window).await?;
    let mut ages = closure_ages(context, &of_these, window).await?;
    let answer = |repository: &Repository| {
        let repo_id = repository.repo_id;
        published.get(&repo_id)?;
        let open_now = open.get(&repo_id).copied().unwrap_or_default();
        let open_at_end = open_now - since.get(&repo_id).copied().unwrap_or_default();
        let flow = flows.remove(&repo_id).unwrap_or_default();
        let ages = ages.remove(&repo_id).unwrap_or_default();
        Some(answer(repository, window, open_now, open_at_end, &flow, &ages))
    };
    Ok(repositories.iter().filter_map(answer).collect())
}

fn answer(
    repository: &Repository,
    window: Window,
    open_now: i64,
    open_at_end: i64,
    flow: &[Swing],
    ages: &ClosureAges,
) -> Figures {
    let net: i64 = flow.iter().map(|day| day.net).sum();
    Figures {
        repo_id: repository.repo_id,
        repository: repository.full_name(),
        window_from: window.from(),
        window_to: window.until,
        window_days: window.days,
        open_now,
        opened: flow.iter().map(|day| day.opened).sum(),
        closed: flow.iter().map(|day| day.closed).sum(),
        net,
        verdict: Verdict::of(net),
        median_closure_age_days: ages.median,
        p90_closure_age_days: ages.p90,
        share_closed_within_7d: ages.within_7d,
        share_closed_after_90d: ages.after_90d,
        swings_up: swings(flow, |day| day.net),
        swings_down: swings(flow, |day| -day.net),
        weekdays: weekdays(flow),
        backlog: backlog(flow, open_at_end),
        notes: Vec::new(),
    }
}

/// A longer list would cost more than what it leaves out.
const MOST_IDS: usize = 1000;

fn of_these(repositories: &[Repository]) -> String {
    if repositories.len() > MOST_IDS {
        return "TRUE".to_owned();
    }
    let ids: Vec<_> = repositories.iter().map(|repository| repository.repo_id.to_string()).collect();
    format!("repo_id IN ({})", ids.join(", "))
}

async fn flows(context: &SessionContext, of_these: &str, window: Window) -> Result<HashMap<i64, Vec<Swing>>> {
    let query = format!(
        "SELECT repo_id, calendar_date, opened_count, closed_count, net_change FROM mart_issue_daily_flow
         WHERE calendar_date BETWEEN DATE '{}' AND DATE '{}' AND {of_these} ORDER BY repo_id, calendar_date",
        window.from(),
        window.until
    );
    let mut flows: HashMap<i64, Vec<Swing>> = HashMap::new();
    for batch in rows(context, &query).await? {
        let date = batch.column(1).as_primitive::<Date32Type>();
        let number = |column: usize| batch.column(column).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            flows.entry(number(0).value(row)).or_default().push(Swing {
                date: date.value_as_date(row).context("a day is not a date")?,
                opened: number(2).value(row),
                closed: number(3).value(row),
                net: number(4).value(row),
            });
        }
    }
    Ok(flows)
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

/// The backlog at each day's end, counted back from what was open at the window's end.
///
/// Opened less closed since a day is what the backlog grew by since; issues reopened since then, and those
/// closed without a time, make earlier days inexact.
fn backlog(flow: &[Swing], open_at_end: i64) -> Vec<BacklogDay> {
    let mut open = open_at_end;
    let mut days: Vec<BacklogDay> = Vec::with_capacity(flow.len());
    for day in flow.iter().rev() {
        days.push(BacklogDay { date: day.date, open });
        open -= day.net;
    }
    days.reverse();
    days
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
