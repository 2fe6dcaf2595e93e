//! The figures of the answer, from the published marts.

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

/// Asks a reader's session for the figures of one repository; `None` where nothing of it is published.
pub async fn figures(context: &SessionContext, repository: &Repository, window: Window) -> Result<Option<Figures>> {
    let repo_id = repository.repo_id;
    if !is_published(context, repo_id).await? {
        return Ok(None);
    }
    let open_now = open_now(context, repo_id).await?;
    let flow = flow(context, repo_id, window).await?;
    let ages = closure_ages(context, repo_id, window).await?;
    let opened = flow.iter().map(|day| day.opened).sum();
    let closed = flow.iter().map(|day| day.closed).sum();
    let net: i64 = flow.iter().map(|day| day.net).sum();
    Ok(Some(Figures {
        repo_id,
        repository: repository.full_name(),
        window_from: window.from(),
        window_to: window.until,
        window_days: window.days,
        open_now,
        opened,
        closed,
        net,
        verdict: Verdict::of(net),
        median_closure_age_days: ages.median,
        p90_closure_age_days: ages.p90,
        share_closed_within_7d: ages.within_7d,
        share_closed_after_90d: ages.after_90d,
        swings_up: swings(&flow, |day| day.net),
        swings_down: swings(&flow, |day| -day.net),
        weekdays: weekdays(&flow),
        backlog: backlog(context, repo_id, window, &flow, open_now).await?,
        notes: Vec::new(),
    }))
}

async fn is_published(context: &SessionContext, repo_id: i64) -> Result<bool> {
    let query = format!("SELECT repo_id FROM stg_sync_state WHERE repo_id = {repo_id}");
    Ok(rows(context, &query).await?.iter().any(|batch| batch.num_rows() > 0))
}

async fn open_now(context: &SessionContext, repo_id: i64) -> Result<i64> {
    let query =
        format!("SELECT CAST(COUNT(*) AS BIGINT) FROM mart_issue_lifecycle WHERE repo_id = {repo_id} AND is_open");
    number(&rows(context, &query).await?, 0).context("a count gave no row")
}

async fn flow(context: &SessionContext, repo_id: i64, window: Window) -> Result<Vec<Swing>> {
    let query = format!(
        "SELECT calendar_date, opened_count, closed_count, net_change FROM mart_issue_daily_flow
         WHERE repo_id = {repo_id} AND calendar_date BETWEEN DATE '{}' AND DATE '{}' ORDER BY calendar_date",
        window.from(),
        window.until
    );
    let mut days = Vec::new();
    for batch in rows(context, &query).await? {
        let date = batch.column(0).as_primitive::<Date32Type>();
        let count = |column: usize| batch.column(column).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            days.push(Swing {
                date: date.value_as_date(row).context("a day is not a date")?,
                opened: count(1).value(row),
                closed: count(2).value(row),
                net: count(3).value(row),
            });
        }
    }
    Ok(days)
}

struct ClosureAges {
    median: Option<f64>,
    p90: Option<f64>,
    within_7d: Option<f64>,
    after_90d: Option<f64>,
}

async fn closure_ages(context: &SessionContext, repo_id: i64, window: Window) -> Result<ClosureAges> {
    let query = format!(
        "SELECT percentile_exact(closure_age_days, 0.5), percentile_exact(closure_age_days, 0.9),
             AVG(CASE WHEN closure_age_days <= 7 THEN 1.0 ELSE 0.0 END),
             AVG(CASE WHEN closure_age_days > 90 THEN 1.0 ELSE 0.0 END)
         FROM mart_issue_lifecycle
         WHERE repo_id = {repo_id} AND closure_age_days IS NOT NULL
             AND closed_date BETWEEN DATE '{}' AND DATE '{}'",
        window.from(),
        window.until
    );
    let rows = rows(context, &query).await?;
    let value = |column: usize| {
        let batch = rows.first()?;
        let values = batch.column(column).as_primitive_opt::<Float64Type>()?;
        values.is_valid(0).then(|| values.value(0))
    };
    Ok(ClosureAges { median: value(0), p90: value(1), within_7d: value(2), after_90d: value(3) })
}

/// The backlog at each day's end, counted back from what is open now.
///
/// Opened less closed since a day is what the backlog grew by since; issues reopened since then, and those
/// closed without a time, make earlier days inexact.
async fn backlog(
    context: &SessionContext,
    repo_id: i64,
    window: Window,
    flow: &[Swing],
    open_now: i64,
) -> Result<Vec<BacklogDay>> {
    let query = format!(
        "SELECT CAST(COALESCE(SUM(net_change), 0) AS BIGINT) FROM mart_issue_daily_flow
         WHERE repo_id = {repo_id} AND calendar_date > DATE '{}'",
        window.until
    );
    let later = number(&rows(context, &query).await?, 0).unwrap_or_default();
    let mut open = open_now - later;
    let mut days: Vec<BacklogDay> = Vec::with_capacity(flow.len());
    for day in flow.iter().rev() {
        days.push(BacklogDay { date: day.date, open });
        open -= day.net;
    }
    days.reverse();
    Ok(days)
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

fn number(rows: &[RecordBatch], column: usize) -> Option<i64> {
    let batch = rows.iter().find(|batch| batch.num_rows() > 0)?;
    Some(batch.column(column).as_primitive_opt::<Int64Type>()?.value(0))
}
