//! What was last heard of a repository.

use std::collections::HashMap;

use anyhow::Result;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;

use super::{Answer, Level};
use crate::report::traffic::days::before;
use crate::report::traffic::select::{Row, each};

/// Figures older than this say nothing of now.
const NEW_DAYS: i64 = 400;
/// A change is that since a day so long ago ...
const CHANGE_DAYS: i64 = 30;
/// ... or so many days earlier, for who collects once a week.
const CHANGE_SLACK_DAYS: i64 = 7;

/// What is known of a repository on the whole.
pub(super) struct Known {
    pub(super) first_day: Option<NaiveDate>,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) last_success_on: Option<NaiveDate>,
    pub(super) safe_until: Option<NaiveDate>,
    pub(super) missing_permission: Option<String>,
    streams: HashMap<String, State>,
}

/// What GitHub said last of one stream.
pub(super) struct State {
    pub(super) last_success_on: Option<NaiveDate>,
    pub(super) count: Option<i64>,
    uniques: Option<i64>,
}

impl Known {
    pub(super) fn state(&self, stream: &str) -> Option<&State> {
        self.streams.get(stream)
    }
}

impl State {
    pub(super) fn answer(&self) -> Option<Answer> {
        Some(Answer { answered_on: self.last_success_on?, count: self.count?, uniques: self.uniques? })
    }
}

/// By repository; one of which nothing is published is not among them.
pub(super) async fn states(context: &SessionContext, of_these: &str) -> Result<HashMap<i64, Known>> {
    let query = format!(
        "SELECT repo_id, first_day, last_day, last_success_on, safe_until, CAST(missing_permission AS VARCHAR)
         FROM stg_traffic_repositories WHERE {of_these}"
    );
    let mut found = HashMap::new();
    each(context, &query, |repo_id, row| {
        let known = Known {
            first_day: row.date(1),
            last_day: row.date(2),
            last_success_on: row.date(3),
            safe_until: row.date(4),
            missing_permission: row.text(5).map(str::to_owned),
            streams: HashMap::new(),
        };
        found.insert(repo_id, known);
    })
    .await?;
    let query = format!(
        "SELECT repo_id, CAST(stream AS VARCHAR), CAST(last_success_at AS DATE), \"count\", uniques
         FROM stg_traffic_state WHERE {of_these}"
    );
    each(context, &query, |repo_id, row| {
        let state = State { last_success_on: row.date(2), count: row.number(3), uniques: row.number(4) };
        if let (Some(known), Some(stream)) = (found.get_mut(&repo_id), row.text(1)) {
            known.streams.insert(stream.to_owned(), state);
        }
    })
    .await?;
    Ok(found)
}

/// Stars, forks and watchers by repository.
pub(super) async fn levels(
    context: &SessionContext,
    of_these: &str,
    today: NaiveDate,
) -> Result<HashMap<i64, [Level; 3]>> {
    let earlier = format!(
        "calendar_date BETWEEN DATE '{}' AND DATE '{}'",
        before(today, CHANGE_DAYS + CHANGE_SLACK_DAYS),
        before(today, CHANGE_DAYS)
    );
    let newest = |column: &str| {
        format!(
            "last_value({column} ORDER BY calendar_date) FILTER (WHERE {column} IS NOT NULL),
             max(calendar_date) FILTER (WHERE {column} IS NOT NULL),
             last_value({column} ORDER BY calendar_date) FILTER (WHERE {column} IS NOT NULL AND {earlier}),
             max(calendar_date) FILTER (WHERE {column} IS NOT NULL AND {earlier})"
        )
    };
    let query = format!(
        "SELECT repo_id, {} FROM mart_repository_stats_daily
         WHERE calendar_date BETWEEN DATE '{}' AND DATE '{today}' AND {of_these} GROUP BY repo_id",
        ["stars", "forks", "watchers"].map(newest).join(", "),
        before(today, NEW_DAYS)
    );
    let mut found = HashMap::new();
    each(context, &query, |repo_id, row| {
        found.insert(repo_id, [1, 5, 9].map(|column| level(row, column)));
    })
    .await?;
    Ok(found)
}

fn level(row: &Row<'_>, column: usize) -> Level {
    let (now, before) = (row.number(column), row.number(column + 2));
    // What was not seen since is no change of these days.
    let is_newer = row.date(column + 1) > row.date(column + 3);
    let change = now.zip(before).filter(|_| is_newer).map(|(now, before)| now - before);
    Level { now, seen_on: row.date(column + 1), before, before_on: row.date(column + 3), change }
}
