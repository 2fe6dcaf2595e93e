//! Which tables and columns a database of ghstats has.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use sqlx::Row as _;

use super::{Reading, database};
use crate::{Error, Result};

/// Versions of the form (`PRAGMA user_version`): 2 added columns to repos, 3 `prs` to repo_stats.
const VERSIONS: std::ops::RangeInclusive<i64> = 1..=3;

/// A known table: its name, the columns that must be there, those that may be.
const TABLES: &[(&str, &[&str], &[&str])] = &[
    ("repos", &["id", "name"], &["description", "archived", "stars_synced", "fork", "hidden"]),
    (
        "repo_stats",
        &["repo_id", "date", "clones_count", "clones_uniques", "views_count", "views_uniques"],
        &["stars", "forks", "watchers", "issues", "prs"],
    ),
    ("repo_referrers", &["repo_id", "date", "referrer", "count", "uniques"], &["count_delta", "uniques_delta"]),
    (
        "repo_popular_paths",
        &["repo_id", "date", "path", "title", "count", "uniques"],
        &["count_delta", "uniques_delta"],
    ),
];

pub(super) const REFERRERS: &str = "
    SELECT rowid AS line, repo_id, substr(CAST(date AS TEXT), 1, 64) AS date,
           substr(CAST(referrer AS TEXT), 1, 10000) AS name, NULL AS title, count, uniques
    FROM repo_referrers
    ORDER BY repo_id, date, count DESC, name";

pub(super) const PATHS: &str = "
    SELECT rowid AS line, repo_id, substr(CAST(date AS TEXT), 1, 64) AS date,
           substr(CAST(path AS TEXT), 1, 10000) AS name, substr(CAST(title AS TEXT), 1, 10000) AS title,
           count, uniques
    FROM repo_popular_paths
    ORDER BY repo_id, date, count DESC, name";

/// The tables that are there, with their columns.
#[derive(Default)]
pub(super) struct Schema(BTreeMap<&'static str, BTreeSet<String>>);

impl Schema {
    pub(super) fn has_table(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }

    /// A column of repo_stats to select: itself, or 0 where this version does not have it.
    pub(super) fn of_stats(&self, column: &'static str) -> String {
        let is_there = self.0.get("repo_stats").is_some_and(|columns| columns.contains(column));
        if is_there { column.into() } else { format!("0 AS {column}") }
    }
}

impl Reading {
    /// Reads the form of the database; one that is not known is an error.
    pub(super) async fn read_schema(&mut self) -> Result<Schema> {
        let path = self.path.clone();
        let unknown = |found: String| Error::ImportUnknown { path: path.clone(), found };
        let version: i64 =
            sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut self.connection).await.map_err(database(&path))?;
        let mut schema = Schema::default();
        for (table, required, optional) in TABLES {
            let columns = self.columns_of(table).await?;
            if columns.is_empty() {
                continue;
            }
            for column in &columns {
                if !required.contains(&column.as_str()) && !optional.contains(&column.as_str()) {
                    let (column, problem) = (format!("{table}.{column}"), "is not known".into());
                    return Err(Error::ImportField { path: path.clone(), line: 0, column, problem });
                }
            }
            if let Some(missing) = required.iter().find(|column| !columns.contains(**column)) {
                return Err(unknown(format!("the table {table} of ghstats has no column {missing}")));
            }
            schema.0.insert(table, columns);
        }
        if !schema.has_table("repos") || !schema.has_table("repo_stats") {
            return Err(unknown("a database of ghstats has the tables repos and repo_stats".into()));
        }
        if !VERSIONS.contains(&version) {
            return Err(unknown(format!("ghstats with user_version {version}; known are 1 to 3")));
        }
        Ok(schema)
    }

    async fn columns_of(&mut self, table: &str) -> Result<BTreeSet<String>> {
        let path = self.path.clone();
        let mut columns = BTreeSet::new();
        let mut rows = sqlx::query("SELECT name FROM pragma_table_info(?)").bind(table).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(database(&path))? {
            columns.insert(row.try_get("name").map_err(database(&path))?);
        }
        Ok(columns)
    }
}
