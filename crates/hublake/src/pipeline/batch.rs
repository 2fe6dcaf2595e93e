//! One batch of repositories: decoded, built, ready to be audited and written.

mod decoding;
mod known_payloads;
mod raw_tables;
mod traffic;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use hublake_collect::tables;
use hublake_lake::{Months, SessionOptions, Snapshot, Table, Taken, session};
use hublake_models::{Kind, Project};
use hublake_store::{Repository, Run};

use self::decoding::{decode_streams, register_departures};
use self::known_payloads::KnownPayloads;
pub use self::raw_tables::RawTables;
use super::{ISSUES, Pipeline};
use crate::home::Home;

/// A complete run of a repository.
#[derive(Clone, Debug)]
pub struct CollectedRun {
    /// The run.
    pub run_seq: i64,
    /// Elements it brought.
    pub records: i64,
}

/// A repository in a batch.
#[derive(Clone, Debug)]
pub struct Member {
    /// The repository under its current name.
    pub repository: Repository,
    /// Runs up to this one are published.
    pub published_run_seq: i64,
    /// The newest complete run. Rows of earlier, incomplete runs belong to it: a first load that died and
    /// went on is several runs, of which only the last is complete.
    pub complete_run_seq: i64,
    /// Whether everything that was collected is decoded, also what is published as it came.
    pub reads_all: bool,
    /// How much work it is: its published issues and what was collected, issues and events.
    pub weight: i64,
}

/// The rows of some repositories in every stored table, not yet written.
pub struct Batch {
    /// The session in which the models ran, for the audits.
    pub context: SessionContext,
    /// Elements that could not be decoded, by repository.
    pub rejected: BTreeMap<i64, usize>,
    rows: BTreeMap<String, Vec<RecordBatch>>,
    taken: BTreeMap<String, Taken>,
}

impl Batch {
    /// Decodes what the members' runs brought and builds every model of the pipeline.
    pub async fn build(
        home: &Home,
        project: &Project,
        pipeline: &'static Pipeline,
        run: &Run,
        raw: &RawTables,
        stored: &mut BTreeMap<String, Table>,
        members: &[Member],
    ) -> Result<Self> {
        let options =
            SessionOptions { memory_limit_bytes: home.settings.memory_bytes, threads: 1, ..Default::default() };
        let context = session(&options)?;
        register(&context, "repositories", vec![repositories(members)?])?;
        register_runs(&context, raw.of(tables::RAW_RUNS)?, members).await?;
        let started = Instant::now();
        let catalog = context.catalog("hublake").context("the session has no catalogue")?;
        catalog.register_schema("previous", Arc::new(MemorySchemaProvider::new()))?;
        let (mut taken, known) = take_previous(&context, project, stored, members, None).await?;
        let taken_ms = millis_since(started);
        let rejected = if pipeline.name == ISSUES.name {
            register_departures(&context, raw.of(tables::RAW_DEPARTURES)?, members).await?;
            context.register_table(tables::RAW_ISSUES, raw.of(tables::RAW_ISSUES)?.provider())?;
            decode_streams(home, &context, raw, members, known).await?
        } else {
            let rejected = traffic::decode(home, &context, raw, members).await?;
            let months = traffic::touched_months(&context).await?;
            taken.extend(take_previous(&context, project, stored, members, Some(&months)).await?.0);
            rejected
        };
        let decoded_ms = millis_since(started);
        let rows = hublake_models::build(&context, project, pipeline.name, run.run_at).await?;
        let built_ms = millis_since(started);
        tracing::debug!(repositories = members.len(), taken_ms, decoded_ms, built_ms, "batch built");
        Ok(Self { context, rejected, rows, taken })
    }

    /// Puts the rows into the tables; they are visible after the tables' commit.
    pub async fn write(self, stored: &mut BTreeMap<String, Table>) -> Result<()> {
        let started = Instant::now();
        let Self { context, mut rows, mut taken, .. } = self;
        drop(context);
        let puts = stored.iter_mut().filter_map(|(name, table)| {
            let rows = rows.remove(name)?;
            let taken = taken.remove(name)?;
            Some(table.put(taken, rows))
        });
        futures::future::try_join_all(puts).await?;
        tracing::debug!(written_ms = millis_since(started), "batch written");
        Ok(())
    }
}

/// The complete runs in the lake, by repository.
pub async fn collected_runs(context: &SessionContext, pipeline: &str) -> Result<HashMap<i64, Vec<CollectedRun>>> {
    let query =
        format!("SELECT repo_id, run_seq, records_fetched FROM runs WHERE pipeline = '{pipeline}' ORDER BY run_seq");
    let mut runs: HashMap<i64, Vec<CollectedRun>> = HashMap::new();
    for rows in context.sql(&query).await?.collect().await? {
        let column = |index: usize| rows.column(index).as_primitive::<Int64Type>();
        for row in 0..rows.num_rows() {
            let run = CollectedRun { run_seq: column(1).value(row), records: column(2).value(row) };
            runs.entry(column(0).value(row)).or_default().push(run);
        }
    }
    Ok(runs)
}

pub(super) fn millis_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn repositories(members: &[Member]) -> Result<RecordBatch> {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let schema = Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        text("repo_full_name"),
        text("repo_owner"),
        text("repo_name"),
    ]);
    let names = |value: fn(&Repository) -> String| -> Arc<dyn Array> {
        Arc::new(StringArray::from_iter_values(members.iter().map(|member| value(&member.repository))))
    };
    let ids = Int64Array::from_iter_values(members.iter().map(|member| member.repository.repo_id));
    let columns = vec![
        Arc::new(ids) as Arc<dyn Array>,
        names(Repository::full_name),
        names(|repository| repository.owner.clone()),
        names(|repository| repository.name.clone()),
    ];
    Ok(RecordBatch::try_new(Arc::new(schema), columns)?)
}

async fn register_runs(context: &SessionContext, raw_runs: &Snapshot, members: &[Member]) -> Result<()> {
    context.register_table("raw_runs_read", raw_runs.provider())?;
    let query = format!("SELECT * FROM raw_runs_read WHERE {}", is_of(members));
    let frame = context.sql(&query).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let rows = frame.collect().await?;
    context.deregister_table("raw_runs_read")?;
    context.register_table("completed_runs", Arc::new(MemTable::try_new(schema, vec![rows])?))?;
    Ok(())
}

/// Takes the members' rows out of the tables stored by repository, or with `months` out of those stored by month;
/// `previous` offers those that a model reads.
async fn take_previous(
    context: &SessionContext,
    project: &Project,
    stored: &mut BTreeMap<String, Table>,
    members: &[Member],
    months: Option<&Months>,
) -> Result<(BTreeMap<String, Taken>, KnownPayloads)> {
    let ids: Vec<i64> = members.iter().map(|member| member.repository.repo_id).collect();
    let is_asked = |name: &str| project.model(name).is_some_and(|model| model.by_month.is_some() == months.is_some());
    let takes = stored.iter_mut().filter(|(name, _)| is_asked(name)).map(|(name, table)| {
        let reads_previous = is_read_before(project, name);
        let ids = &ids;
        async move {
            let mut taken = match months {
                None => table.take(ids, reads_previous).await?,
                Some(months) => table.take_months(ids, months, reads_previous).await?,
            };
            let rows = std::mem::take(&mut taken.previous);
            Ok::<_, hublake_lake::Error>((name.clone(), Arc::clone(&table.snapshot().schema), rows, taken))
        }
    });
    let mut all = BTreeMap::new();
    let (mut issues, mut departures) = (Vec::new(), Vec::new());
    for (name, schema, rows, taken) in futures::future::try_join_all(takes).await? {
        match name.as_str() {
            "stg_issue_current" => issues.clone_from(&rows),
            "stg_issue_departures" => departures.clone_from(&rows),
            _ => {}
        }
        let memory = Arc::new(MemTable::try_new(schema, vec![rows])?);
        context.register_table(datafusion::common::TableReference::partial("previous", name.as_str()), memory)?;
        all.insert(name, taken);
    }
    let known = KnownPayloads::of(&issues, &departures, members)?;
    Ok((all, known))
}

/// Whether what a table held before the run is read.
fn is_read_before(project: &Project, name: &str) -> bool {
    let reference = format!("previous.{name}");
    project.model(name).is_some_and(|model| matches!(model.kind, Kind::Merge { .. }))
        || project.models().iter().any(|model| model.query.contains(&reference))
        || project.audits().iter().any(|audit| audit.query.contains(&reference))
}

fn register(context: &SessionContext, name: &str, rows: Vec<RecordBatch>) -> Result<()> {
    let schema = rows.first().context("no rows to register")?.schema();
    context.register_table(name, Arc::new(MemTable::try_new(schema, vec![rows])?))?;
    Ok(())
}

/// The members' rows of the runs to publish.
fn is_of(members: &[Member]) -> String {
    let mut by_runs: BTreeMap<(i64, i64), Vec<String>> = BTreeMap::new();
    for member in members {
        let runs = (member.published_run_seq, member.complete_run_seq);
        by_runs.entry(runs).or_default().push(member.repository.repo_id.to_string());
    }
    let alternatives = by_runs.iter().map(|((published, complete), ids)| {
        format!("(repo_id IN ({}) AND run_seq > {published} AND run_seq <= {complete})", ids.join(", "))
    });
    alternatives.collect::<Vec<_>>().join(" OR ")
}
