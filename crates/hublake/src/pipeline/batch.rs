//! One batch of repositories: decoded, built, ready to be audited and written.

mod decoding;
mod known_payloads;
mod raw_tables;
mod rules;
mod touched;
mod traffic;
mod trending;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use hublake_collect::tables;
use hublake_lake::{SessionOptions, Snapshot, Table, Taken, session};
use hublake_models::{Kind, Project};
use hublake_store::{Repository, Run};

use self::decoding::{decode_streams, register_departures};
use self::known_payloads::KnownPayloads;
pub use self::raw_tables::RawTables;
use self::touched::Touched;
use super::{ISSUES, Pipeline, TRENDING};
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

/// Which raw rows a batch is made of.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Those of each member's runs.
    OfMembers,
    /// Those of whole runs, but for repositories that were refused.
    OfRuns {
        /// Sequence numbers of the complete runs that are not published yet.
        run_seqs: Vec<i64>,
        /// Repositories whose rows did not pass.
        refused: BTreeSet<i64>,
    },
}

impl Rows {
    /// The condition on a raw table.
    fn condition(&self, members: &[Member]) -> String {
        let list = |ids: &mut dyn Iterator<Item = i64>| ids.map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
        match self {
            Self::OfMembers => is_of(members),
            Self::OfRuns { run_seqs, refused } => {
                let runs = format!("run_seq IN ({})", list(&mut run_seqs.iter().copied()));
                match refused.is_empty() {
                    true => runs,
                    false => format!("{runs} AND repo_id NOT IN ({})", list(&mut refused.iter().copied())),
                }
            }
        }
    }
}

/// What a batch is built of.
pub struct Build<'a> {
    /// Settings.
    pub home: &'a Home,
    /// The models.
    pub project: &'a Project,
    /// Whose models are built.
    pub pipeline: &'static Pipeline,
    /// The run, whose instant is the present.
    pub run: &'a Run,
    /// What was collected.
    pub raw: &'a RawTables,
    /// The repositories.
    pub members: &'a [Member],
    /// Which of their rows.
    pub rows: &'a Rows,
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
    pub async fn build(build: &Build<'_>, stored: &mut BTreeMap<String, Table>) -> Result<Self> {
        let Build { home, project, pipeline, run, raw, members, rows } = *build;
        let condition = rows.condition(members);
        let options =
            SessionOptions { memory_limit_bytes: home.settings.memory_bytes, threads: 1, ..Default::default() };
        let context = session(&options)?;
        register(&context, "repositories", vec![repositories(members)?])?;
        register_runs(&context, raw.of(tables::RAW_RUNS)?, &condition).await?;
        let started = Instant::now();
        let catalog = context.catalog("hublake").context("the session has no catalogue")?;
        catalog.register_schema("previous", Arc::new(MemorySchemaProvider::new()))?;
        let (mut taken, known) = take_previous(&context, project, stored, members, None).await?;
        let taken_ms = millis_since(started);
        let rejected = if pipeline.name == ISSUES.name {
            register_departures(&context, raw.of(tables::RAW_DEPARTURES)?, &condition).await?;
            context.register_table(tables::RAW_ISSUES, raw.of(tables::RAW_ISSUES)?.provider())?;
            decode_streams(home, &context, raw, &condition, known).await?
        } else {
            let (rejected, touched) = if pipeline.name == TRENDING.name {
                let rejected = trending::decode(home, &context, raw, &condition).await?;
                (rejected, Touched::Days(trending::touched_days(&context).await?))
            } else {
                let rejected = traffic::decode(home, &context, raw, &condition).await?;
                (rejected, Touched::Months(traffic::touched_months(&context).await?))
            };
            taken.extend(take_previous(&context, project, stored, members, Some(&touched)).await?.0);
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

async fn register_runs(context: &SessionContext, raw_runs: &Snapshot, condition: &str) -> Result<()> {
    context.register_table("raw_runs_read", raw_runs.provider())?;
    let query = format!("SELECT * FROM raw_runs_read WHERE {condition}");
    let frame = context.sql(&query).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let rows = frame.collect().await?;
    context.deregister_table("raw_runs_read")?;
    context.register_table("completed_runs", Arc::new(MemTable::try_new(schema, vec![rows])?))?;
    Ok(())
}

/// Takes the members' rows out of the tables stored by repository, or with `touched` out of those stored by month;
/// `previous` offers those that a model reads.
async fn take_previous(
    context: &SessionContext,
    project: &Project,
    stored: &mut BTreeMap<String, Table>,
    members: &[Member],
    touched: Option<&Touched>,
) -> Result<(BTreeMap<String, Taken>, KnownPayloads)> {
    let ids: Vec<i64> = members.iter().map(|member| member.repository.repo_id).collect();
    let takes = stored.iter_mut().filter_map(|(name, table)| {
        let model = project.model(name).filter(|model| model.by_month.is_some() == touched.is_some())?;
        let reads_previous = is_read_before(project, name);
        let ids = &ids;
        Some(async move {
            let mut taken = match touched {
                None => table.take(ids, reads_previous).await?,
                Some(touched) => touched.take(table, model, ids, reads_previous).await?,
            };
            let rows = std::mem::take(&mut taken.previous);
            anyhow::Ok((name.clone(), Arc::clone(&table.snapshot().schema), rows, taken))
        })
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
