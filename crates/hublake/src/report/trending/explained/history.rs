//! The days of a repository.

use anyhow::Result;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use serde::Serialize;

use crate::report::trending::rows::rows;

/// A day on which the repository was seen; there is none for a day on which it was not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// The day, UTC.
    pub snapshot_date: NaiveDate,
    /// Stars.
    pub stars: i64,
    /// Stars gained a day.
    pub star_velocity: Option<f64>,
    /// 0 to 1.
    pub momentum_score: Option<f64>,
    /// 0.4 commits + 0.3 issues closed + 0.3 active contributors of seven days.
    pub activity_score: Option<f64>,
    /// Place among all repositories of the day.
    pub rank_overall: Option<i64>,
    /// Place in its list.
    pub rank_in_language: Option<i64>,
}

/// Oldest first, up to a day: a clock that was ahead once leaves days behind that are yet to come.
pub(super) async fn history(context: &SessionContext, repo_id: i64, until: NaiveDate) -> Result<Vec<Snapshot>> {
    let query = format!(
        "SELECT snapshot_date, stars, star_velocity, momentum_score, activity_score, rank_overall, rank_in_language
         FROM analytics_repo_history WHERE repo_id = {repo_id} AND snapshot_date <= DATE '{until}' ORDER BY snapshot_date"
    );
    rows(context, &query, |row| {
        Some(Snapshot {
            snapshot_date: row.date("snapshot_date")?,
            stars: row.number("stars")?,
            star_velocity: row.decimal("star_velocity"),
            momentum_score: row.decimal("momentum_score"),
            activity_score: row.decimal("activity_score"),
            rank_overall: row.number("rank_overall"),
            rank_in_language: row.number("rank_in_language"),
        })
    })
    .await
}
