//! Published tables made up by hand.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::json::ReaderBuilder;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use hublake_lake::{SessionOptions, session};
use hublake_models::Project;
use hublake_store::Repository;
use serde_json::{Value, json};

const COLUMNS: [(&str, &str); 8] = [
    (
        "mart_traffic_daily",
        "repo_id BIGINT, calendar_date DATE, views BIGINT, view_uniques BIGINT, clones BIGINT, clone_uniques BIGINT,
         status VARCHAR, views_status VARCHAR, clones_status VARCHAR",
    ),
    (
        "mart_traffic_monthly",
        "repo_id BIGINT, month_start DATE, days_collected BIGINT, days_in_month BIGINT, views BIGINT,
         view_uniques_lower BIGINT, view_uniques_upper BIGINT, clones BIGINT, clone_uniques_lower BIGINT,
         clone_uniques_upper BIGINT, is_complete BOOLEAN",
    ),
    (
        "mart_traffic_referrers",
        "repo_id BIGINT, snapshot_date DATE, taken_at TIMESTAMP, place BIGINT, referrer VARCHAR, \"count\" BIGINT,
         uniques BIGINT, source VARCHAR",
    ),
    (
        "mart_traffic_paths",
        "repo_id BIGINT, snapshot_date DATE, taken_at TIMESTAMP, place BIGINT, path VARCHAR, title VARCHAR,
         \"count\" BIGINT, uniques BIGINT, source VARCHAR",
    ),
    (
        "mart_repository_stats_daily",
        "repo_id BIGINT, calendar_date DATE, stars BIGINT, forks BIGINT, watchers BIGINT, stars_given BIGINT",
    ),
    (
        "stg_traffic_repositories",
        "repo_id BIGINT, first_day DATE, last_day DATE, last_success_on DATE, safe_until DATE,
         missing_permission VARCHAR",
    ),
    (
        "stg_traffic_state",
        "repo_id BIGINT, stream VARCHAR, last_success_at TIMESTAMP, \"count\" BIGINT, uniques BIGINT",
    ),
    (
        "traffic_pieces",
        "repo_id BIGINT, measure VARCHAR, source VARCHAR, first_day DATE, last_day DATE, whole_first DATE,
         whole_last DATE, \"count\" BIGINT, uniques BIGINT, at_least BIGINT, at_most BIGINT",
    ),
];

/// Rows by table, as SQL.
#[derive(Default)]
pub struct Tables {
    rows: Vec<(&'static str, String)>,
}

/// One day of a repository.
#[derive(Clone, Copy)]
pub struct Day {
    pub views: Option<i64>,
    pub clones: Option<i64>,
    pub status: &'static str,
}

impl Day {
    pub fn collected(views: i64, clones: i64) -> Self {
        Self { views: Some(views), clones: Some(clones), status: "collected" }
    }

    pub fn unknown(status: &'static str) -> Self {
        Self { views: None, clones: None, status }
    }
}

impl Tables {
    /// Adds a row; the values are SQL.
    pub fn row(&mut self, table: &'static str, values: &str) -> &mut Self {
        self.rows.push((table, format!("({values})")));
        self
    }

    /// Adds a day; a third of the views, and of the clones, are by other people.
    pub fn day(&mut self, repo_id: i64, date: NaiveDate, day: Day) -> &mut Self {
        let Day { views, clones, status } = day;
        let third = |number: Option<i64>| sql(number.map(|number| (number + 2) / 3));
        let values = format!(
            "{repo_id}, '{date}', {}, {}, {}, {}, '{status}', '{status}', '{status}'",
            sql(views),
            third(views),
            sql(clones),
            third(clones)
        );
        self.row("mart_traffic_daily", &values)
    }

    /// Adds a repository that was asked on its last success, and is safe for 13 days.
    pub fn repository(&mut self, repo_id: i64, first_day: NaiveDate, last_success_on: NaiveDate) -> &mut Self {
        let safe_until = last_success_on + TimeDelta::days(13);
        let values =
            format!("{repo_id}, '{first_day}', '{last_success_on}', '{last_success_on}', '{safe_until}', NULL");
        self.row("stg_traffic_repositories", &values)
    }

    /// Adds a piece; the days are first, last, and the whole ones.
    pub fn piece(&mut self, repo_id: i64, measure: &str, days: [&str; 4], at_least: i64, at_most: i64) -> &mut Self {
        let [first, last, whole_first, whole_last] = days;
        let values = format!(
            "{repo_id}, '{measure}', 'day', '{first}', '{last}', '{whole_first}', '{whole_last}', NULL, NULL, {at_least}, {at_most}"
        );
        self.row("traffic_pieces", &values)
    }

    /// Takes the rows of a table away that have this in them.
    pub fn without(&mut self, table: &str, words: &str) {
        self.rows.retain(|(name, values)| *name != table || !values.contains(words));
    }

    /// A session over the tables.
    pub async fn context(&self) -> SessionContext {
        let context = session(&SessionOptions::default()).unwrap();
        for (table, columns) in COLUMNS {
            context.sql(&format!("CREATE TABLE {table} ({columns})")).await.unwrap();
            let rows: Vec<_> =
                self.rows.iter().filter(|(name, _)| *name == table).map(|(_, values)| values.as_str()).collect();
            if !rows.is_empty() {
                let insert = format!("INSERT INTO {table} VALUES {}", rows.join(", "));
                context.sql(&insert).await.unwrap().collect().await.unwrap();
            }
        }
        context
    }
}

/// A session as readers have it: the tables that the models declare, of which only the repositories have rows, and
/// the views over them.
pub async fn declared(repositories: &[Value]) -> SessionContext {
    let project = Project::embedded().unwrap();
    let context = session(&SessionOptions::default()).unwrap();
    let catalog = context.catalog("hublake").unwrap();
    catalog.register_schema("stored", Arc::new(MemorySchemaProvider::new())).unwrap();
    let register = |name: TableReference, schema: SchemaRef, rows: &[Value]| {
        let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_strict_mode(true).build_decoder().unwrap();
        decoder.serialize(rows).unwrap();
        let batch = decoder.flush().unwrap().unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(&schema)));
        context.register_table(name, Arc::new(MemTable::try_new(schema, vec![vec![batch]]).unwrap())).unwrap();
    };
    for source in project.sources() {
        register(TableReference::bare(source.name.as_str()), source.schema(), &[]);
    }
    for model in project.stored() {
        let rows = if model.name == "stg_traffic_repositories" { repositories } else { &[] };
        register(TableReference::bare(model.name.as_str()), model.schema(), rows);
        register(TableReference::partial("stored", model.name.as_str()), model.schema(), rows);
    }
    hublake_models::register_views(&context, &project, &["traffic".to_owned()], present()).await.unwrap();
    context
}

/// A row of the repositories' table.
pub fn declared_repository(repo_id: i64, name: &str) -> Value {
    json!({
        "repo_id": repo_id, "repo_full_name": format!("acme/{name}"), "repo_owner": "acme", "repo_name": name,
        "first_day": "2026-11-18", "last_day": "2026-11-20", "last_success_on": "2026-11-20",
        "safe_until": "2026-12-03", "missing_permission": null, "record_loaded_at": "2026-11-20T00:00:00Z",
    })
}

fn sql(number: Option<i64>) -> String {
    number.map_or("NULL".to_owned(), |number| number.to_string())
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon of 2026-11-22, a Sunday.
pub fn present() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// So many days before that day.
pub fn ago(days: i64) -> NaiveDate {
    present().date_naive() - TimeDelta::days(days)
}

pub fn repository(repo_id: i64, name: &str) -> Repository {
    Repository {
        repo_id,
        owner: "acme".to_owned(),
        name: name.to_owned(),
        is_private: false,
        is_archived: false,
        is_selected: false,
        added_at: present(),
        removed_at: None,
    }
}
