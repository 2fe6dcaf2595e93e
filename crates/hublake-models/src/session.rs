//! Planning and registering in a session, with the settings that could change a result pinned.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Utc};
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::config::SqlParserOptions;
use datafusion::dataframe::DataFrame;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParser, Statement};

use crate::statement;

/// Schema of the tables as the lake holds them.
pub(crate) const STORED: &str = "stored";

/// The session's state with UTC, one string type and the parser's default options.
///
/// A join holds its left side in memory, and statistics do not change that: they know rows, not widths,
/// and a model that puts its narrow side first must be able to rely on it.
///
/// Filters are not pushed down in the physical plan: the engine finds their columns by name below a
/// projection, so that `a.x IS NULL OR a.x < b.x` above an outer join became `b.x IS NULL OR b.x < b.x`
/// inside `b`. Filters that the logical plan pushes down are not affected.
fn pinned(context: &SessionContext) -> SessionState {
    let mut state = context.state();
    let options = state.config_mut().options_mut();
    options.execution.time_zone = Some("UTC".to_owned());
    options.optimizer.join_reordering = false;
    options.sql_parser = SqlParserOptions { map_string_types_to_utf8view: false, ..SqlParserOptions::default() };
    let is_kept = |rule: &&Arc<dyn PhysicalOptimizerRule + Send + Sync>| !rule.name().starts_with("FilterPushdown");
    let rules = state.physical_optimizers().iter().filter(is_kept).cloned().collect();
    SessionStateBuilder::new_from_existing(state).with_physical_optimizer_rules(rules).build()
}

/// Plans a query with `$run_at` bound.
pub(crate) async fn frame(context: &SessionContext, query: &Statement, run_at: DateTime<Utc>) -> Result<DataFrame> {
    let state = pinned(context);
    let plan = state.statement_to_plan(statement::at(query, run_at)?).await?;
    Ok(DataFrame::new(state, plan))
}

/// Plans a query that this crate wrote.
pub(crate) async fn frame_of_text(context: &SessionContext, query: &str) -> Result<DataFrame> {
    let state = pinned(context);
    let statement = DFParser::parse_sql(query)?.pop_front();
    let statement = statement.ok_or_else(|| DataFusionError::Plan(format!("no statement in {query}")))?;
    let plan = state.statement_to_plan(statement).await?;
    Ok(DataFrame::new(state, plan))
}

/// Puts a table in place of one of the same name.
pub(crate) fn replace(context: &SessionContext, name: TableReference, table: Arc<dyn TableProvider>) -> Result<()> {
    context.deregister_table(name.clone())?;
    context.register_table(name, table)?;
    Ok(())
}

/// The name in schema `stored`, which is made if the session has none.
pub(crate) fn stored_name(context: &SessionContext, name: &str) -> Result<TableReference> {
    let default = context.state().config_options().catalog.default_catalog.clone();
    let catalog = context.catalog(&default);
    let catalog = catalog.ok_or_else(|| DataFusionError::Plan(format!("the session has no catalog {default}")))?;
    if catalog.schema(STORED).is_none() {
        catalog.register_schema(STORED, Arc::new(MemorySchemaProvider::new()))?;
    }
    Ok(TableReference::partial(STORED, name))
}

/// The batches with exactly this schema: columns by position, cast where the engine's type differs.
pub(crate) fn conform(batches: Vec<RecordBatch>, schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    let mut conformed = Vec::with_capacity(batches.len());
    for batch in batches.into_iter().filter(|batch| batch.num_rows() > 0) {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
        for (column, field) in batch.columns().iter().zip(schema.fields()) {
            columns.push(match column.data_type() == field.data_type() {
                true => Arc::clone(column),
                false => cast(column, field.data_type())?,
            });
        }
        conformed.push(RecordBatch::try_new(Arc::clone(schema), columns)?);
    }
    Ok(conformed)
}
