//! The backlog of some repositories, day by day, and how far it is that of the events.

use std::collections::HashMap;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;

use super::{Swing, Window, numbers, rows};

/// A day of the backlog.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) flow: Swing,
    pub(super) open_at_end: i64,
}

/// How far events tell the state of the issues.
#[derive(Clone, Copy, Default)]
pub(super) struct Accuracy {
    pub(super) since: Option<NaiveDate>,
    pub(super) share: Option<f64>,
}

/// The days of the window, by repository.
pub(super) async fn flows(context: &SessionContext, of_these: &str, window: Window) -> Result<HashMap<i64, Vec<Day>>> {
    let query = format!(
        "SELECT repo_id, calendar_date, opened_count, reopened_count, closed_count, left_count, net_change, open_at_end
         FROM mart_issue_backlog_daily
         WHERE calendar_date BETWEEN DATE '{}' AND DATE '{}' AND {of_these} ORDER BY repo_id, calendar_date",
        window.from(),
        window.until
    );
    let mut flows: HashMap<i64, Vec<Day>> = HashMap::new();
    for batch in rows(context, &query).await? {
        let date = batch.column(1).as_primitive::<Date32Type>();
        let number = |column: usize| batch.column(column).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let flow = Swing {
                date: date.value_as_date(row).context("a day is not a date")?,
                opened: number(2).value(row),
                reopened: number(3).value(row),
                closed: number(4).value(row),
                left: number(5).value(row),
                net: number(6).value(row),
            };
            let day = Day { flow, open_at_end: number(7).value(row) };
            flows.entry(number(0).value(row)).or_default().push(day);
        }
    }
    Ok(flows)
}

/// Open issues at the end of a day; a day past the last one that is published is that.
pub(super) async fn open_at_end(
    context: &SessionContext,
    of_these: &str,
    until: NaiveDate,
) -> Result<HashMap<i64, i64>> {
    let query = format!(
        "SELECT repo_id, CAST(last_value(open_at_end ORDER BY calendar_date) AS BIGINT) FROM mart_issue_backlog_daily
         WHERE calendar_date <= DATE '{until}' AND {of_these} GROUP BY repo_id"
    );
    numbers(context, &query).await
}

/// How far events tell the state of the issues, by repository.
pub(super) async fn accuracy(context: &SessionContext, of_these: &str) -> Result<HashMap<i64, Accuracy>> {
    let query = format!(
        "SELECT repo_id, min(calendar_date), max(calendar_date), max(calendar_date) FILTER (WHERE event_share < 1),
             last_value(event_share ORDER BY calendar_date)
         FROM mart_issue_backlog_daily WHERE {of_these} GROUP BY repo_id"
    );
    let mut found = HashMap::new();
    for batch in rows(context, &query).await? {
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let shares = batch.column(4).as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            let date = |column: usize| {
                let dates = batch.column(column).as_primitive::<Date32Type>();
                dates.is_valid(row).then(|| dates.value_as_date(row)).flatten()
            };
            let since = match (date(1), date(2), date(3)) {
                (first, _, None) => first,
                (_, Some(last), Some(inexact)) if inexact < last => inexact.succ_opt(),
                _ => None,
            };
            found.insert(ids.value(row), Accuracy { since, share: shares.is_valid(row).then(|| shares.value(row)) });
        }
    }
    Ok(found)
}
