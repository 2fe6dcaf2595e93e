//! The schema of Trender, which published tables of the same names before.
//!
//! Its tables are known by the columns that its schema has always had. Those that hold rows of its own are moved to a
//! schema beside, so that nothing that it kept is lost; its views, and its table of workflow executions, whose
//! numbers were never measured, are dropped.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use super::standing::refuse_dependents;
use super::{Plan, names};
use crate::Result;
use crate::error::failed;
use crate::ledger::Ledger;
use crate::shape::{self, Relation};
use crate::sql;

/// Where its tables go.
const KEPT: &str = "trender_before";
/// The table of its own that is dropped, and a column by which it is known.
const EXECUTIONS: (&str, &str) = ("fact_workflow_executions", "parallel_speedup_factor");
/// The view of its own that is dropped.
const PERFORMANCE: &str = "analytics_workflow_performance";
/// Tables that its setup fills; rows in them alone are no history.
const SEEDED: [&str; 2] = ["dim_languages", "dim_render_services"];

/// Its tables, those that refer to others first, and columns that each has had in every version.
const TABLES: [(&str, &[&str]); 9] = [
    ("fact_render_usage", &["usage_id", "repo_key", "service_key", "snapshot_date", "has_blueprint"]),
    ("fact_repo_snapshots", &["snapshot_id", "repo_key", "language_key", "snapshot_date", "momentum_score"]),
    ("dim_repositories", &["repo_key", "repo_full_name", "render_category", "valid_from", "is_current"]),
    ("dim_languages", &["language_key", "language_name", "language_category", "ecosystem_size"]),
    ("dim_render_services", &["service_key", "service_type", "service_description"]),
    ("stg_render_enrichment", &["id", "repo_full_name", "render_category", "render_services", "loaded_at"]),
    ("stg_repos_validated", &["id", "repo_full_name", "repo_url", "stars", "loaded_at"]),
    ("raw_github_repos", &["id", "repo_full_name", "api_response", "fetch_timestamp"]),
    ("raw_repo_metrics", &["id", "repo_full_name", "metric_type", "metric_data", "fetch_timestamp"]),
];

/// Clears the way where the tables are Trender's, and says what was done.
///
/// Errors: [`crate::Error::Dependents`] where views of users read what is moved.
pub(super) async fn set_aside(
    connection: &mut PgConnection,
    schema: &str,
    plan: &Plan,
    ledger: &Ledger,
) -> Result<Option<String>> {
    let planned = |name: &str| plan.tables.iter().any(|planned| planned.table.name == name);
    if !TABLES.iter().all(|(name, _)| planned(name)) {
        return Ok(None);
    }
    let relations = shape::relations(connection, schema).await?;
    let theirs: Vec<&str> = TABLES
        .iter()
        .filter(|(name, columns)| !ledger.contains_key(*name) && is_theirs(&relations, name, columns))
        .map(|(name, _)| *name)
        .collect();
    let executions = is_theirs(&relations, EXECUTIONS.0, &[EXECUTIONS.1]).then_some(EXECUTIONS.0);
    let reads_executions = executions.and(relations.get(PERFORMANCE)).filter(|found| found.is_view());
    let mut views: Vec<&str> = reads_executions.map(|_| PERFORMANCE).into_iter().collect();
    if !theirs.is_empty() {
        let named = plan.views.iter().map(|view| view.name.as_str());
        views.extend(
            named.filter(|name| !ledger.contains_key(*name) && relations.get(*name).is_some_and(Relation::is_view)),
        );
    }
    if theirs.is_empty() && executions.is_none() {
        return Ok(None);
    }
    let gone: Vec<String> = theirs.iter().chain(&executions).chain(&views).map(|name| (*name).to_owned()).collect();
    let mut ours = names(plan);
    ours.push(PERFORMANCE.to_owned());
    refuse_dependents(connection, schema, &gone, &ours).await?;

    let mut statements: Vec<String> =
        views.iter().map(|view| format!("DROP VIEW {} CASCADE", sql::place(schema, view))).collect();
    statements.extend(executions.map(|table| format!("DROP TABLE {}", sql::place(schema, table))));
    let filled = filled(connection, schema, &theirs).await?;
    let mut kept = Vec::new();
    if filled.iter().any(|table| !SEEDED.contains(table)) {
        kept = filled;
    }
    let beside = free_name(connection).await?;
    if !kept.is_empty() {
        statements.push(format!("CREATE SCHEMA {}", sql::name(&beside)));
    }
    for table in &theirs {
        let place = sql::place(schema, table);
        statements.push(match kept.contains(table) {
            true => format!("ALTER TABLE {place} SET SCHEMA {}", sql::name(&beside)),
            false => format!("DROP TABLE {place}"),
        });
    }
    for statement in statements {
        let done = sqlx::raw_sql(&statement).execute(&mut *connection).await;
        done.map_err(failed("setting Trender's tables aside"))?;
    }
    Ok(Some(said(&kept, &beside, executions)))
}

fn is_theirs(relations: &BTreeMap<String, Relation>, name: &str, columns: &[&str]) -> bool {
    // A durable id of the repository is what its schema never had.
    relations.get(name).is_some_and(|found| {
        found.is_table()
            && columns.iter().all(|column| found.has(column))
            && !found.has("repo_id")
            && found.columns.iter().take(1).all(|first| first.data_type == "integer")
    })
}

/// The tables that hold rows.
async fn filled<'a>(connection: &mut PgConnection, schema: &str, tables: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut filled = Vec::new();
    for table in tables {
        let query = format!("SELECT EXISTS (SELECT FROM {})", sql::place(schema, table));
        let (has_rows,): (bool,) = sqlx::query_as(&query)
            .persistent(false)
            .fetch_one(&mut *connection)
            .await
            .map_err(failed(format!("reading {table}")))?;
        if has_rows {
            filled.push(*table);
        }
    }
    Ok(filled)
}

/// A name for the schema beside that is not taken.
async fn free_name(connection: &mut PgConnection) -> Result<String> {
    let taken: Vec<(String,)> = sqlx::query_as("SELECT nspname::text FROM pg_namespace")
        .fetch_all(connection)
        .await
        .map_err(failed("reading the catalogue"))?;
    let is_taken = |name: &str| taken.iter().any(|(taken,)| taken == name);
    let mut name = KEPT.to_owned();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{KEPT}_{number}");
        number += 1;
    }
    Ok(name)
}

fn said(kept: &[&str], beside: &str, executions: Option<&str>) -> String {
    let mut text = "a schema of Trender was there".to_owned();
    if !kept.is_empty() {
        text.push_str(&format!("; its tables with rows were moved to schema {beside}"));
    }
    if let Some(table) = executions {
        text.push_str(&format!("; {table} and {PERFORMANCE} were dropped"));
    }
    text
}
