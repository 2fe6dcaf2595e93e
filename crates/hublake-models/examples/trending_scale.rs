//! Prints what one more day costs the models of `trending` with many repositories and a year of snapshots.
//!
//! `cargo run --release -p hublake-models --example trending_scale -- [REPOSITORIES] [DAYS]`, 100,000 and 365 by default.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use hublake_lake::{Lake, SessionOptions, Table, TableSpec, Taken, session};
use hublake_models::{Model, Project, Scope, audit, build};

const PIPELINE: &str = "trending";
const SNAPSHOTS: &str = "fact_repo_snapshots";
/// Repositories whose days are made up at once, in the order in which they are stored.
const AT_ONCE: usize = 10_000;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let standing = arguments.next_if(|argument| argument == "--standing").and_then(|_| arguments.next());
    let repositories: i64 = arguments.next().map_or(Ok(100_000), |count| count.parse())?;
    let days: u64 = arguments.next().map_or(Ok(365), |count| count.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(folder) = standing {
        return runtime.block_on(one_more_day(&folder, repositories, days));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_string_lossy();
    runtime.block_on(make_history(&path, repositories, days))?;
    // In a process of its own, so that its memory is not that of making up the history.
    let (repositories, days) = (repositories.to_string(), days.to_string());
    let measured = Command::new(std::env::current_exe()?).args(["--standing", &path, &repositories, &days]).status()?;
    if measured.success() { Ok(()) } else { Err("the measured day failed".into()) }
}

/// Makes a lake in which all repositories have a snapshot of each day.
async fn make_history(folder: &str, repositories: i64, days: u64) -> Result<()> {
    let project = Project::embedded()?;
    let mut tables = tables(folder, &project).await?;
    let ids = ids(repositories);
    let started = Instant::now();
    one_day(&project, &mut tables, &ids, first_day()?, 1).await?;
    println!("the first day: {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    make_up(&project, &mut tables, &ids, first_day()?, days - 1).await?;
    let rows = tables[SNAPSHOTS].snapshot().rows();
    println!("{days} days made up in {:.1} s: {rows} snapshots", started.elapsed().as_secs_f64());
    Ok(())
}

/// Measures the day that follows the history of a folder.
async fn one_more_day(folder: &str, repositories: i64, days: u64) -> Result<()> {
    let project = Project::embedded()?;
    let started = Instant::now();
    let mut tables = tables(folder, &project).await?;
    one_day(&project, &mut tables, &ids(repositories), first_day()? + Days::new(days), 2).await?;
    println!("one more day: {:.1} s, peak {} MB", started.elapsed().as_secs_f64(), peak_mb()?);
    Ok(())
}

async fn tables(folder: &str, project: &Project) -> Result<BTreeMap<String, Table>> {
    let lake = Lake::open(folder).await?;
    let mut tables = BTreeMap::new();
    for model in project.stored().filter(|model| model.pipeline == PIPELINE) {
        tables.insert(model.name.clone(), lake.table(&spec_of(model)).await?);
    }
    Ok(tables)
}

fn ids(repositories: i64) -> Vec<i64> {
    (1..=repositories).map(|place| place * 11).collect()
}

/// Chosen so that the measured day after a year is the last of a full month.
fn first_day() -> Result<NaiveDate> {
    Ok(NaiveDate::from_ymd_opt(2025, 12, 31).ok_or("no such day")?)
}

/// Builds, audits and writes what a run of a day brings; every repository is seen.
async fn one_day(
    project: &Project,
    tables: &mut BTreeMap<String, Table>,
    ids: &[i64],
    day: NaiveDate,
    run_seq: i64,
) -> Result<()> {
    let started = Instant::now();
    let options = SessionOptions { memory_limit_bytes: 1024 * 1024 * 1024, threads: 1, ..Default::default() };
    let context = session(&options)?;
    let catalog = context.catalog("hublake").ok_or("the session has no catalogue")?;
    catalog.register_schema("previous", Arc::new(MemorySchemaProvider::new()))?;
    register_sources(&context, project, ids.len(), day, run_seq).await?;
    let made_up_s = started.elapsed().as_secs_f64();
    let mut taken = BTreeMap::new();
    for (name, table) in tables.iter_mut() {
        let mut rows = take(project, table, name, ids, day, true).await?;
        let schema = Arc::clone(&table.snapshot().schema);
        let previous = MemTable::try_new(schema, vec![std::mem::take(&mut rows.previous)])?;
        context.register_table(TableReference::partial("previous", name.as_str()), Arc::new(previous))?;
        taken.insert(name.clone(), rows);
    }
    let taken_s = started.elapsed().as_secs_f64();
    let run_at = noon(day)?;
    let mut rows = build(&context, project, PIPELINE, run_at).await?;
    let built_s = started.elapsed().as_secs_f64();
    let found = audit(&context, project, PIPELINE, Scope::Repository, run_at).await?;
    let audited_s = started.elapsed().as_secs_f64();
    drop(context);
    for (name, table) in tables.iter_mut() {
        let (Some(rows), Some(taken)) = (rows.remove(name), taken.remove(name)) else { continue };
        table.put(taken, rows).await?;
        table.commit().await?;
    }
    println!(
        "{day}: made up {made_up_s:.1} s, then taken {:.1} s, built {:.1} s, audited {:.1} s ({} findings), written {:.1} s",
        taken_s - made_up_s,
        built_s - taken_s,
        audited_s - built_s,
        found.len(),
        started.elapsed().as_secs_f64() - audited_s
    );
    for one in found.iter().take(5) {
        println!("  {}: {} rows, such as {}", one.audit, one.count, one.sample);
    }
    Ok(())
}

async fn take(
    project: &Project,
    table: &mut Table,
    name: &str,
    ids: &[i64],
    day: NaiveDate,
    previous: bool,
) -> Result<Taken> {
    let model = project.model(name).ok_or("no such model")?;
    Ok(match (&model.by_month, model.previous_days) {
        (None, _) => table.take(ids, previous).await?,
        (Some(_), days_before) => {
            table.take_days(ids, &BTreeSet::from([day]), days_before.unwrap_or_default(), previous).await?
        }
    })
}

/// The sources as a run offers them, made up by SQL.
async fn register_sources(
    context: &SessionContext,
    project: &Project,
    count: usize,
    day: NaiveDate,
    run_seq: i64,
) -> Result<()> {
    let at = format!("TIMESTAMP '{day} 12:00:00'");
    let numbers = format!("(SELECT value AS n, value * 11 AS repo_id FROM generate_series(1, {count}))");
    let named = "'owner' || (n % 5000) || '/repo' || n AS repo_full_name, 'owner' || (n % 5000) AS repo_owner, 'repo' || n AS repo_name";
    let is_render = "n % 4 = 0";
    let given = [
        ("repositories", format!("SELECT repo_id, {named} FROM {numbers}")),
        (
            "completed_runs",
            format!(
                "SELECT 'run-{run_seq:08}' AS run_id, {run_seq} AS run_seq, 'trending' AS pipeline, 'trending' AS stream,
                 0 AS repo_id, '' AS repo_full_name, '' AS repo_owner, '' AS repo_name, 'success' AS status,
                 'full' AS mode, {at} AS started_at, {at} AS finished_at, NULL AS since, 0 AS pages_fetched,
                 0 AS records_fetched, NULL AS max_issue_updated_at, NULL AS final_url, 0 AS requests, 0 AS not_modified,
                 0 AS quota_spent, DATE '{day}' AS fetched_on"
            ),
        ),
        (
            "decoded_repositories",
            format!(
                "SELECT repo_id, 'R_' || n AS repo_node_id, {named}, 'https://github.com/owner/' || n AS repo_url,
                 CASE n % 3 WHEN 0 THEN 'Python' WHEN 1 THEN 'TypeScript' ELSE 'Go' END AS language,
                 'What repository ' || n || ' is for' AS description, (n * 7919) % 50000 + {run_seq} AS stars,
                 n % 900 AS forks, n % 40 AS open_issues, to_timestamp_seconds(to_unixtime({at}) - (1 + n % 200) * 86400) AS created_at,
                 {at} - INTERVAL '1 hour' AS updated_at, {at} - INTERVAL '2 hours' AS pushed_at,
                 make_array('web', 'tools') AS topics, false AS is_archived,
                 CASE WHEN {is_render} THEN 'render' WHEN n % 3 = 0 THEN 'Python' WHEN n % 3 = 1 THEN 'TypeScript' ELSE 'Go' END AS branch,
                 CASE WHEN {is_render} THEN 'code' ELSE 'search' END AS found_by, {at} AS seen_at,
                 'run-{run_seq:08}' AS source_run_id, {run_seq} AS source_run_seq FROM {numbers}"
            ),
        ),
        (
            "decoded_repo_details",
            format!(
                "SELECT repo_id, {at} AS seen_at, {at} - INTERVAL '7 days' AS window_start, true AS is_listed,
                 n % 60 AS commits_last_7_days, n % 9 AS issues_closed_last_7_days, n % 5 AS active_contributors, n % 2 AS active_bots,
                 'run-{run_seq:08}' AS source_run_id, {run_seq} AS source_run_seq FROM {numbers}"
            ),
        ),
        (
            "decoded_repo_files",
            format!(
                "SELECT repo_id, {at} AS seen_at, role, path, 'blob' || n || role AS blob_sha, NULL AS next_major,
                 'run-{run_seq:08}' AS source_run_id, {run_seq} AS source_run_seq FROM {numbers}
                 CROSS JOIN (VALUES ('readme', 'README.md'), ('render_yaml', 'render.yaml')) AS files (role, path)
                 WHERE role = 'readme' OR {is_render}"
            ),
        ),
        (
            "decoded_readmes",
            format!(
                "SELECT repo_id, {at} AS seen_at, 'README.md' AS path, 'blob' || n || 'readme' AS blob_sha,
                 'sha' || n AS readme_sha256, repeat('What this is about, and how it is used. ', 50) AS readme_content,
                 {is_render} AS mentions_render, {is_render} AS has_blueprint_button, NULL AS deploy_button_url,
                 NULL AS problem, {run_seq} AS source_run_seq FROM {numbers} WHERE {run_seq} = 1 OR n % 50 = 0"
            ),
        ),
        (
            "decoded_render_blueprints",
            format!(
                "SELECT repo_id, {at} AS seen_at, 'blob' || n || 'render_yaml' AS blob_sha, 'digest' || n AS files_digest,
                 2 AS service_count, 1 AS database_count, make_array('web', 'postgres') AS service_types, 4 AS complexity,
                 6 AS quality, false AS uses_render_env, false AS uses_render_domain, make_array('Dockerfile') AS dockerfile_paths, 0 AS warning_count, NULL AS error,
                 NULL AS error_line, NULL AS error_column, {run_seq} AS source_run_seq
                 FROM {numbers} WHERE {is_render} AND {run_seq} = 1"
            ),
        ),
        (
            "decoded_render_services",
            format!(
                "SELECT repo_id, 'blob' || n || 'render_yaml' AS blob_sha, position, 'root' AS scope,
                 service_type || n AS service_name, service_type, service_type AS written_type, 'node' AS runtime,
                 'starter' AS plan, position * 3 AS line, NULL AS problem, {run_seq} AS source_run_seq
                 FROM {numbers} CROSS JOIN (VALUES (1, 'web'), (2, 'postgres')) AS services (position, service_type)
                 WHERE {is_render} AND {run_seq} = 1"
            ),
        ),
        (
            "trending_rules",
            "SELECT 'promised' AS momentum_name, 0.5 AS star_weight, 0.5 AS recency_weight, 0.0 AS recency_after,
             16 AS minimum_next_major"
                .to_owned(),
        ),
        (
            "trending_recency_steps",
            "SELECT * FROM (VALUES (30, 1.0), (60, 0.75), (90, 0.5)) AS steps (up_to_days, score)".to_owned(),
        ),
        (
            "trending_languages",
            "SELECT * FROM (VALUES ('Python', false), ('TypeScript', true), ('Go', false)) AS languages (language, needs_next)"
                .to_owned(),
        ),
    ];
    let mut given: BTreeMap<&str, String> = given.into_iter().collect();
    for source in project.sources() {
        let rows = match given.remove(source.name.as_str()) {
            None => Vec::new(),
            Some(query) => conformed(context, &query, &source.schema()).await?,
        };
        let memory = MemTable::try_new(source.schema(), vec![rows])?;
        context.register_table(source.name.as_str(), Arc::new(memory))?;
    }
    Ok(())
}

/// The rows of a query with the columns of a schema by name.
async fn conformed(context: &SessionContext, query: &str, schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    let mut batches = Vec::new();
    for batch in context.sql(query).await?.collect().await? {
        let mut columns = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let column = batch.column_by_name(field.name()).ok_or_else(|| format!("no column {}", field.name()))?;
            columns.push(arrow::compute::cast(column, field.data_type())?);
        }
        batches.push(RecordBatch::try_new(Arc::clone(schema), columns)?);
    }
    Ok(batches)
}

/// The first day's snapshots under the days that follow it, so that the table is as large as after a year.
async fn make_up(
    project: &Project,
    tables: &mut BTreeMap<String, Table>,
    ids: &[i64],
    first: NaiveDate,
    days: u64,
) -> Result<()> {
    for name in [SNAPSHOTS, "fact_render_usage"] {
        let table = tables.get_mut(name).ok_or("no such table")?;
        let context = session(&SessionOptions::default())?;
        context.register_table("snapshots", table.snapshot().provider())?;
        let schema = Arc::clone(&table.snapshot().schema);
        let columns: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| match field.name().as_str() {
                "snapshot_date" => {
                    "arrow_cast(CAST(snapshot_date AS INT) + CAST(by_days AS INT), 'Date32') AS snapshot_date".to_owned()
                }
                "seen_at" => "arrow_cast(CAST(seen_at AS BIGINT) + by_days * 86400000000, 'Timestamp(Microsecond, Some(\"UTC\"))') AS seen_at".to_owned(),
                name => name.to_owned(),
            })
            .collect();
        let mut done = 0;
        while done < days {
            // A month at once, so that each is written once.
            let next = first + Days::new(done + 1);
            let until = days.min(done + u64::from(next.num_days_in_month()) - u64::from(next.day0()));
            let mut rows = Vec::new();
            for some in ids.chunks(AT_ONCE) {
                let (least, most) = (some.iter().min().copied(), some.iter().max().copied());
                let query = format!(
                    "SELECT {} FROM snapshots CROSS JOIN (SELECT value AS by_days FROM generate_series({}, {until}))
                     WHERE snapshot_date = DATE '{first}' AND repo_id BETWEEN {} AND {} ORDER BY repo_id, by_days",
                    columns.join(", "),
                    done + 1,
                    least.unwrap_or_default(),
                    most.unwrap_or_default()
                );
                rows.extend(conformed(&context, &query, &schema).await?);
            }
            let new: BTreeSet<NaiveDate> = (done + 1..=until).map(|day| first + Days::new(day)).collect();
            let before = project.model(name).and_then(|model| model.previous_days).unwrap_or_default();
            let taken = table.take_days(ids, &new, before, false).await?;
            table.put(taken, rows).await?;
            done = until;
        }
        table.commit().await?;
    }
    Ok(())
}

fn spec_of(model: &Model) -> TableSpec {
    TableSpec {
        name: model.name.clone(),
        schema: model.schema(),
        partitioned_by: None,
        by_month: model.by_month.clone(),
    }
}

fn noon(day: NaiveDate) -> Result<DateTime<Utc>> {
    Ok(day.and_hms_opt(12, 0, 0).ok_or("no noon")?.and_utc())
}

/// The most memory that this process has had, in megabytes, as Linux tells it.
fn peak_mb() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no peak of memory")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("no peak of memory")?.parse()?;
    Ok(kilobytes / 1024)
}
