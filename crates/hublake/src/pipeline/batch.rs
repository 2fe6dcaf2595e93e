//! One batch of repositories: decoded, built, ready to be audited and written.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use hublake_collect::decode;
use hublake_collect::tables;
use hublake_lake::{SessionOptions, Snapshot, Table, Taken, session};
use hublake_models::{Kind, Model, Project};
use hublake_store::{Repository, Run};

use super::ISSUES;
use crate::home::Home;

/// Batches of raw rows that are decoded at once, and rows in each: a payload is some kilobytes.
const DECODERS: usize = 2;
const RAW_ROWS: usize = 512;

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
    /// How much work it is, in published issues.
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
        run: &Run,
        raw_issues: &Snapshot,
        raw_runs: &Snapshot,
        stored: &BTreeMap<String, Table>,
        members: &[Member],
    ) -> Result<Self> {
        let options = SessionOptions { memory_limit_bytes: home.settings.memory_bytes, ..Default::default() };
        let context = session(&options)?;
        register(&context, "repositories", vec![repositories(members)?])?;
        register_runs(&context, raw_runs, members).await?;
        let rejected = register_decoded(home, &context, raw_issues, members).await?;
        let taken = take_previous(&context, project, stored, members).await?;
        let rows = hublake_models::build(&context, project, ISSUES.name, run.run_at, None).await?;
        Ok(Self { context, rejected, rows, taken })
    }

    /// Puts the rows into the tables; they are visible after the tables' commit.
    pub async fn write(self, stored: &mut BTreeMap<String, Table>) -> Result<()> {
        let Self { context, mut rows, mut taken, .. } = self;
        drop(context);
        let puts = stored.iter_mut().filter_map(|(name, table)| {
            let rows = rows.remove(name)?;
            let taken = taken.remove(name)?;
            Some(table.put(taken, rows))
        });
        futures::future::try_join_all(puts).await?;
        Ok(())
    }
}

/// The complete runs in the lake, by repository.
pub async fn collected_runs(context: &SessionContext) -> Result<HashMap<i64, Vec<CollectedRun>>> {
    let query = "SELECT repo_id, run_seq, records_fetched FROM runs WHERE pipeline = 'issues' ORDER BY run_seq";
    let mut runs: HashMap<i64, Vec<CollectedRun>> = HashMap::new();
    for rows in context.sql(query).await?.collect().await? {
        let column = |index: usize| rows.column(index).as_primitive::<Int64Type>();
        for row in 0..rows.num_rows() {
            let run = CollectedRun { run_seq: column(1).value(row), records: column(2).value(row) };
            runs.entry(column(0).value(row)).or_default().push(run);
        }
    }
    Ok(runs)
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

/// Decodes the raw rows of the members' runs; those that cannot be decoded go to `raw_rejected`.
async fn register_decoded(
    home: &Home,
    context: &SessionContext,
    raw_issues: &Snapshot,
    members: &[Member],
) -> Result<BTreeMap<i64, usize>> {
    context.register_table(tables::RAW_ISSUES, raw_issues.provider())?;
    let query = format!("SELECT * FROM {} WHERE {}", tables::RAW_ISSUES, is_of(members));
    let memory_limit_bytes = home.settings.memory_bytes;
    let reading = session(&SessionOptions { memory_limit_bytes, batch_rows: RAW_ROWS, ..Default::default() })?;
    reading.register_table(tables::RAW_ISSUES, raw_issues.provider())?;
    let stream = reading.sql(&query).await?.execute_stream().await?;
    let decoded: Vec<(RecordBatch, decode::Decoded)> = stream
        .map_err(unreadable_raw)
        .map_ok(|raw| async move {
            let work = move || -> Result<_> {
                let decoded = decode::issues(&raw)?;
                // Only the rows that were rejected are needed again.
                let kept = if decoded.rejected.is_empty() { raw.slice(0, 0) } else { raw };
                Ok((kept, decoded))
            };
            tokio::task::spawn_blocking(work).await?
        })
        .try_buffered(DECODERS)
        .try_collect()
        .await?;
    let mut rejected = BTreeMap::new();
    let mut rows = Vec::with_capacity(decoded.len());
    for (raw, decoded) in decoded {
        if !decoded.rejected.is_empty() {
            keep_rejected(home, &raw, &decoded.rejected, &mut rejected).await?;
        }
        rows.push(decoded.rows);
    }
    let table = MemTable::try_new(decode::issue_schema(), vec![rows])?;
    context.register_table("decoded_issues", Arc::new(table))?;
    Ok(rejected)
}

/// A file of raw rows that is damaged or gone stops the step: what it held is not to be guessed.
fn unreadable_raw(error: DataFusionError) -> anyhow::Error {
    match error.find_root() {
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) => anyhow::anyhow!(
            "table {} cannot be read: {error}\nhint: a file of it is damaged or gone; restore it from a backup and run again. Nothing was published",
            tables::RAW_ISSUES
        ),
        _ => error.into(),
    }
}

async fn keep_rejected(
    home: &Home,
    raw: &RecordBatch,
    rejected: &[decode::Rejected],
    counts: &mut BTreeMap<i64, usize>,
) -> Result<()> {
    let column = |name: &str| raw.column_by_name(name).map(|column| column.as_primitive::<Int64Type>());
    let (ids, runs) = column("repo_id").zip(column("run_seq")).context("raw rows lack repo_id or run_seq")?;
    let pages = column("page_number").context("raw rows lack page_number")?;
    let items = column("item_index").context("raw rows lack item_index")?;
    let mut table = home.lake.table(&tables::raw_rejected()).await?;
    for one in rejected {
        let repo_id = ids.value(one.row);
        // One identifier an element: a batch that is built again rejects it again, and it is kept once.
        let app_id =
            format!("rejected/{repo_id}/{}/{}/{}", runs.value(one.row), pages.value(one.row), items.value(one.row));
        let rows = decode::rejected_rows(raw, std::slice::from_ref(one), hublake_collect::issues::STREAM)?;
        table.append(rows, &[(app_id, 1)]).await?;
        *counts.entry(repo_id).or_default() += 1;
        tracing::warn!(repo_id, reason = one.reason, "an element was rejected");
    }
    Ok(())
}

/// Takes the members' rows out of every stored table; `previous` offers those that a model reads.
async fn take_previous(
    context: &SessionContext,
    project: &Project,
    stored: &BTreeMap<String, Table>,
    members: &[Member],
) -> Result<BTreeMap<String, Taken>> {
    let catalog = context.catalog("hublake").context("the session has no catalogue")?;
    let previous = Arc::new(MemorySchemaProvider::new());
    catalog.register_schema("previous", previous)?;
    let ids: Vec<i64> = members.iter().map(|member| member.repository.repo_id).collect();
    let mut all = BTreeMap::new();
    for model in project.stored().filter(|model| model.pipeline == ISSUES.name) {
        let table = stored.get(&model.name).with_context(|| format!("table {} is not open", model.name))?;
        let mut taken = table.take(&ids, reads_previous(model)).await?;
        let rows = std::mem::take(&mut taken.previous);
        let schema = Arc::clone(&table.snapshot().schema);
        let memory = Arc::new(MemTable::try_new(schema, vec![rows])?);
        context.register_table(datafusion::common::TableReference::partial("previous", model.name.as_str()), memory)?;
        all.insert(model.name.clone(), taken);
    }
    Ok(all)
}

fn reads_previous(model: &Model) -> bool {
    matches!(model.kind, Kind::Merge { .. }) || model.query.contains("previous.")
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
