//! Computing the models of a pipeline over a batch of repositories.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::{SessionContext, ident};

use crate::Error;
use crate::model::{Kind, Model, REPOSITORY_NAMES};
use crate::plan::{Action, plan};
use crate::project::Project;
use crate::session;
use crate::views;

/// Computes a pipeline's models and returns the rows of the stored ones by name.
///
/// The batches have exactly the model's schema and are sorted by its grain. In the session each result
/// stands under its name in the default schema and in schema `stored`, and views over them beside it.
///
/// `run_at` stands for the present in the models. Errors: [`Error::UnknownPipeline`]; [`Error::Query`]
/// naming the model.
pub async fn build(
    context: &SessionContext,
    project: &Project,
    pipeline: &str,
    run_at: DateTime<Utc>,
) -> Result<BTreeMap<String, Vec<RecordBatch>>, Error> {
    let mut results = BTreeMap::new();
    for step in plan(project, pipeline)? {
        let Some(model) = project.model(&step.name) else { continue };
        let failed = Error::query(&model.name);
        match step.action {
            Action::Audit { .. } => {}
            Action::View => views::register(context, model, run_at).await.map_err(failed)?,
            Action::Release => {
                context.deregister_table(TableReference::bare(model.name.as_str())).map_err(failed)?;
            }
            Action::Compute | Action::Merge { .. } | Action::Replace => {
                let rows = compute(context, model, run_at, model.is_stored()).await.map_err(&failed)?;
                if model.is_stored() {
                    results.insert(step.name, rows.clone());
                }
                register(context, model, rows).map_err(failed)?;
            }
        }
    }
    Ok(results)
}

/// Computes one model, whatever its kind, over the tables that are in the session.
///
/// The batches have exactly the model's schema and are sorted by its grain. Errors: [`Error::Query`].
pub async fn build_model(
    context: &SessionContext,
    model: &Model,
    run_at: DateTime<Utc>,
) -> Result<Vec<RecordBatch>, Error> {
    compute(context, model, run_at, true).await.map_err(Error::query(&model.name))
}

async fn compute(
    context: &SessionContext,
    model: &Model,
    run_at: DateTime<Utc>,
    is_sorted: bool,
) -> EngineResult<Vec<RecordBatch>> {
    let started = Instant::now();
    let fresh = session::frame(context, &model.statement, run_at).await?;
    let mut rows = match &model.kind {
        Kind::Merge { key, changes } => carried_forward(context, model, key, changes).await?.union(fresh)?,
        Kind::Temporary | Kind::Incremental | Kind::View => fresh,
    };
    if is_sorted {
        rows = rows.sort(by_grain(model))?;
    }
    let batches = session::conform(rows.collect().await?, &model.schema())?;
    let row_count = batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    let duration_ms = started.elapsed().as_millis();
    tracing::debug!(model = model.name, rows = row_count, duration_ms, "computed");
    Ok(batches)
}

/// The batch's previous rows that no change replaces, under the repositories' current names if they bear names.
async fn carried_forward(
    context: &SessionContext,
    model: &Model,
    key: &[String],
    changes: &str,
) -> EngineResult<DataFrame> {
    let mut columns = Vec::with_capacity(model.columns.len());
    for column in &model.columns {
        let name = &column.name;
        let table = if REPOSITORY_NAMES.contains(&name.as_str()) { "repositories" } else { "earlier" };
        columns.push(format!("CAST({table}.{name} AS {}) AS {name}", column.sql_type));
    }
    let same_key = key.iter().map(|name| format!("earlier.{name} = changed.{name}")).collect::<Vec<_>>();
    let query = format!(
        "SELECT {} FROM {changes} changed RIGHT ANTI JOIN (\
         repositories JOIN previous.{} earlier ON earlier.repo_id = repositories.repo_id) ON {}",
        columns.join(", "),
        model.name,
        same_key.join(" AND "),
    );
    session::frame_of_text(context, &query).await
}

fn by_grain(model: &Model) -> Vec<SortExpr> {
    model.grain.iter().map(|name| ident(name).sort(true, false)).collect()
}

fn register(context: &SessionContext, model: &Model, rows: Vec<RecordBatch>) -> EngineResult<()> {
    let mut table = MemTable::try_new(model.schema(), vec![rows])?;
    if model.is_stored() {
        table = table.with_sort_order(vec![by_grain(model)]);
    }
    let table = Arc::new(table);
    if model.is_stored() {
        session::replace(context, session::stored_name(context, &model.name)?, Arc::clone(&table) as _)?;
    }
    session::replace(context, TableReference::bare(model.name.as_str()), table)
}
