//! The figures that answer whether a backlog grows.

use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;

use super::Repository;
use super::marts::{daily_flow, percentile, share};
use super::rows::RepositoryColumns;

/// The header of the report on one repository.
///
/// The window is the last `window_days` calendar days (UTC) up to `last_day`, that day included.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    /// Length of the window.
    pub window_days: u32,
    /// First day of the window.
    pub first_day: NaiveDate,
    /// Last day of the window.
    pub last_day: NaiveDate,
    /// Issues open now, whenever they were opened.
    pub open_now: i64,
    /// Issues opened in the window.
    pub opened: i64,
    /// Issues closed in the window that are closed still; those of unknown closing time are in no window.
    pub closed: i64,
    /// Opened less closed.
    pub net: i64,
    /// What the net change means.
    pub verdict: Verdict,
    /// Median age, in days, of the issues closed in the window; null where there are none.
    pub median_closure_age_days: Option<f64>,
    /// 90th percentile of the same ages.
    pub p90_closure_age_days: Option<f64>,
    /// Part, from 0 to 1, of them that was closed within 7 days.
    pub share_closed_within_7d: Option<f64>,
    /// Part, from 0 to 1, of them that was closed after more than 90 days.
    pub share_closed_after_90d: Option<f64>,
    /// Days of the window with more opened than closed, the biggest net change first, at a tie the earlier day.
    pub swings_up: Vec<Swing>,
    /// Days of the window with more closed than opened, the biggest net change first, at a tie the earlier day.
    pub swings_down: Vec<Swing>,
}

/// A day on which the backlog changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swing {
    /// The UTC day.
    pub calendar_date: NaiveDate,
    /// Opened less closed.
    pub net_change: i64,
}

/// What the net change of a window means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// More than 10 issues more opened than closed.
    Worsening,
    /// More than 10 issues more closed than opened.
    Improving,
    /// Anything between.
    Flat,
}

/// The header figures of one repository; see [`Report`] for the window.
pub fn report(repository: &Repository, window_days: u32, last_day: NaiveDate) -> Report {
    let first_day = last_day - TimeDelta::days(i64::from(window_days) - 1);
    let in_window = |day: NaiveDate| first_day <= day && day <= last_day;
    let mut open_now = 0;
    let mut opened = 0;
    let mut ages = Vec::new();
    for issue in repository.true_issues() {
        if !issue.is_closed() {
            open_now += 1;
        }
        if in_window(issue.opened_on()) {
            opened += 1;
        }
        if issue.known_closed_on().is_some_and(in_window) {
            ages.extend(issue.closure_age_days());
        }
    }
    let closed = ages.len() as i64;
    let mut swings: Vec<Swing> = daily_flow(repository, None)
        .into_iter()
        .filter(|day| in_window(day.calendar_date) && day.net_change != 0)
        .map(|day| Swing { calendar_date: day.calendar_date, net_change: day.net_change })
        .collect();
    swings.sort_by_key(|swing| (-swing.net_change.abs(), swing.calendar_date));
    let (swings_up, swings_down) = swings.into_iter().partition(|swing| swing.net_change > 0);
    Report {
        repository: repository.columns.clone(),
        window_days,
        first_day,
        last_day,
        open_now,
        opened,
        closed,
        net: opened - closed,
        verdict: verdict(opened - closed),
        median_closure_age_days: percentile(&ages, 0.5),
        p90_closure_age_days: percentile(&ages, 0.9),
        share_closed_within_7d: share(&ages, |age| age <= 7.0),
        share_closed_after_90d: share(&ages, |age| age > 90.0),
        swings_up,
        swings_down,
    }
}

fn verdict(net: i64) -> Verdict {
    match net {
        11.. => Verdict::Worsening,
        ..=-11 => Verdict::Improving,
        _ => Verdict::Flat,
    }
}
