//! Stored tables made up by hand, under the views that readers see.

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
use serde_json::{Value, json};

use crate::report::trending::explained::Steps;

/// The steps of the promised score.
pub const STEPS: Steps<'_> = Steps { steps: &[(30, 1.0), (60, 0.75), (90, 0.5)], after: 0.0 };

/// A repository as it was seen on a day.
#[derive(Clone, Copy)]
pub struct Seen {
    pub repo_id: i64,
    pub name: &'static str,
    pub description: &'static str,
    pub language: &'static str,
    pub is_render: bool,
    pub stars: i64,
    pub stars_most: i64,
    pub age_days: i64,
    pub normalised: f64,
    pub recency: f64,
    pub momentum: f64,
    pub rank_overall: i64,
    pub rank_in_language: i64,
    /// Stars a day, over how many days, and from what.
    pub velocity: Option<(f64, i64, f64, &'static str)>,
    /// Commits, closed issues, people, and the score of the three.
    pub activity: Option<(i64, i64, i64, f64)>,
}

/// Rows by table.
#[derive(Clone, Default)]
pub struct Tables {
    rows: Vec<(&'static str, Value)>,
}

impl Tables {
    /// Adds a row.
    pub fn row(&mut self, table: &'static str, row: Value) -> &mut Self {
        self.rows.push((table, row));
        self
    }

    /// Adds a repository that was seen on the newest day.
    pub fn seen(&mut self, seen: Seen) -> &mut Self {
        let created = present().date_naive() - TimeDelta::days(seen.age_days);
        let (owner, name) = seen.name.split_once('/').unwrap();
        self.row(
            "dim_repositories",
            json!({
                "repo_id": seen.repo_id, "repo_full_name": seen.name, "repo_owner": owner, "repo_name": name,
                "repo_key": key(seen.repo_id), "repo_url": format!("https://github.com/{}", seen.name),
                "description": Some(seen.description).filter(|text| !text.is_empty()), "language": seen.language,
                "shown_language": shown(seen), "language_key": language_key(shown(seen)),
                "is_render": seen.is_render, "created_at": format!("{created}T09:00:00Z"),
                "render_category": seen.is_render.then_some(if owner == "render-examples" { "official" } else { "community" }), "valid_from": "2026-11-01T00:00:00Z",
                "is_current": true,
            }),
        );
        self.on("2026-11-22", seen)
    }

    /// Adds a day of a repository.
    pub fn on(&mut self, date: &str, seen: Seen) -> &mut Self {
        let (velocity, activity) = (seen.velocity, seen.activity);
        self.row(
            "fact_repo_snapshots",
            json!({
                "repo_id": seen.repo_id, "repo_key": key(seen.repo_id), "language_key": language_key(shown(seen)),
                "snapshot_date": date, "seen_at": format!("{date}T11:00:00Z"), "stars": seen.stars, "forks": 21,
                "commits_last_7_days": activity.map(|one| one.0), "issues_closed_last_7_days": activity.map(|one| one.1),
                "active_contributors": activity.map(|one| one.2), "activity_score": activity.map(|one| one.3),
                "star_velocity": velocity.map(|one| one.0), "stars_gained": velocity.map(|one| one.1),
                "stars_gained_in_days": velocity.map(|one| one.2),
                "star_velocity_from": velocity.map(|one| one.3), "momentum_score": seen.momentum,
                "momentum_name": "promised", "star_weight": 0.5, "recency_weight": 0.5, "age_days": seen.age_days,
                "recency_score": seen.recency, "stars_most": seen.stars_most, "stars_normalised": seen.normalised,
                "is_render": seen.is_render, "rank_overall": seen.rank_overall,
                "rank_in_language": seen.rank_in_language,
                "source_run_seq": if date == "2026-11-22" { 7 } else { 6 },
            }),
        )
    }

    /// Adds instances of a service that a repository declares.
    pub fn usage(&mut self, repo_id: i64, services: &[(i64, i64)], complexity: i64, has_button: bool) {
        for (service_key, instances) in services {
            self.row(
                "fact_render_usage",
                json!({
                    "repo_id": repo_id, "repo_key": key(repo_id), "service_key": service_key,
                    "snapshot_date": "2026-11-22", "service_count": instances, "complexity_score": complexity,
                    "has_blueprint": has_button, "source_run_seq": 7,
                }),
            );
        }
    }

    /// Adds a task of run 7; `more` replaces what differs.
    pub fn task(&mut self, branch: &str, task: &str, repositories: i64, requests: i64, more: Value) -> &mut Self {
        let mut row = json!({
            "run_id": "run-7", "run_seq": 7, "repo_id": 0, "repo_full_name": "", "branch": branch, "task": task,
            "status": "success", "repositories": repositories, "batches": 1, "failed": 0, "retried": 0,
            "requests": requests, "quota": requests, "started_at": "2026-11-22T10:59:50Z",
            "finished_at": "2026-11-22T10:59:59.5Z", "is_incomplete": 0,
        });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.row("raw_run_tasks", row)
    }

    fn of(&self, table: &str) -> Vec<&Value> {
        self.rows.iter().filter(|(name, _)| *name == table).map(|(_, row)| row).collect()
    }

    /// A session as readers have it.
    pub async fn context(&self) -> SessionContext {
        let project = Project::embedded().unwrap();
        let context = session(&SessionOptions::default()).unwrap();
        let catalog = context.catalog("hublake").unwrap();
        catalog.register_schema("stored", Arc::new(MemorySchemaProvider::new())).unwrap();
        for source in project.sources() {
            register(&context, TableReference::bare(source.name.as_str()), source.schema(), &self.of(&source.name));
        }
        for model in project.stored() {
            let rows = self.of(&model.name);
            register(&context, TableReference::bare(model.name.as_str()), model.schema(), &rows);
            register(&context, TableReference::partial("stored", model.name.as_str()), model.schema(), &rows);
        }
        // Lies in the lake, and no model reads it.
        let runs = "CREATE TABLE raw_runs AS SELECT column1 AS run_seq, column2 AS pipeline, column2 AS stream
             FROM (VALUES (6, 'trending'), (7, 'trending'), (9, 'issues'))";
        context.sql(runs).await.unwrap();
        hublake_models::register_views(&context, &project, &["trending".to_owned()], present()).await.unwrap();
        context
    }
}

fn register(context: &SessionContext, name: TableReference, schema: SchemaRef, rows: &[&Value]) {
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_strict_mode(true).build_decoder().unwrap();
    decoder.serialize(rows).unwrap();
    let batch = decoder.flush().unwrap().unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(&schema)));
    context.register_table(name, Arc::new(MemTable::try_new(schema, vec![vec![batch]]).unwrap())).unwrap();
}

fn key(repo_id: i64) -> i64 {
    repo_id * 1_000_000 + 2
}

fn shown(seen: Seen) -> &'static str {
    if seen.is_render { "render" } else { seen.language }
}

fn language_key(language: &str) -> i64 {
    match language {
        "Python" => 1,
        "TypeScript" => 2,
        "Go" => 3,
        _ => 4,
    }
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon of 2026-11-22.
pub fn present() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}
