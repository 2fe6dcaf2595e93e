//! The newest lists of referrers and paths.

use std::collections::HashMap;

use anyhow::Result;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::days::before;
use super::select::each;

/// Lists older than this say nothing of now.
const NEW_DAYS: i64 = 92;

/// What GitHub told of the fortnight before a day; visits of its other days are in no list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Popular {
    /// The day on which it was told, UTC.
    pub snapshot_date: NaiveDate,
    /// At most ten, the first is the most popular.
    pub entries: Vec<PopularEntry>,
}

/// A referrer or a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PopularEntry {
    /// From 1.
    pub place: i64,
    /// The site that people came from, or the path that they looked at.
    pub name: String,
    /// Title of the path's page.
    pub title: Option<String>,
    /// Views.
    pub count: i64,
    /// Unique visitors.
    pub uniques: i64,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum List {
    Referrers,
    Paths,
}

/// Newest lists by repository; a list that was empty when it was last asked for is known by [`super::figures()`].
pub(super) async fn lists(
    context: &SessionContext,
    of_these: &str,
    today: NaiveDate,
) -> Result<HashMap<(i64, List), Popular>> {
    let recent = format!("snapshot_date BETWEEN DATE '{}' AND DATE '{today}' AND {of_these}", before(today, NEW_DAYS));
    let query = format!(
        "WITH entries AS (
             SELECT repo_id, 'referrers' AS kind, snapshot_date, place, CAST(referrer AS VARCHAR) AS name,
                 CAST(NULL AS VARCHAR) AS title, \"count\", uniques
             FROM mart_traffic_referrers WHERE {recent}
             UNION ALL
             SELECT repo_id, 'paths' AS kind, snapshot_date, place, CAST(path AS VARCHAR) AS name,
                 CAST(title AS VARCHAR) AS title, \"count\", uniques
             FROM mart_traffic_paths WHERE {recent}
         ),
         newest AS (SELECT repo_id, kind, max(snapshot_date) AS snapshot_date FROM entries GROUP BY repo_id, kind)
         SELECT entries.repo_id, CAST(entries.kind AS VARCHAR), entries.snapshot_date, place, name, title, \"count\", uniques
         FROM entries JOIN newest ON newest.repo_id = entries.repo_id AND newest.kind = entries.kind
             AND newest.snapshot_date = entries.snapshot_date
         ORDER BY place"
    );
    let mut found: HashMap<(i64, List), Popular> = HashMap::new();
    each(context, &query, |repo_id, row| {
        let list = if row.text(1) == Some("paths") { List::Paths } else { List::Referrers };
        let (Some(snapshot_date), Some(place), Some(name)) = (row.date(2), row.number(3), row.text(4)) else { return };
        let popular = found.entry((repo_id, list)).or_insert(Popular { snapshot_date, entries: Vec::new() });
        popular.entries.push(PopularEntry {
            place,
            name: name.to_owned(),
            title: row.text(5).map(str::to_owned),
            count: row.number(6).unwrap_or_default(),
            uniques: row.number(7).unwrap_or_default(),
        });
    })
    .await?;
    Ok(found)
}
