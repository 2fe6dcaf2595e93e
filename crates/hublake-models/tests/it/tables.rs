//! Sessions and tables made from rows as JSON.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::json::ReaderBuilder;
use arrow::json::writer::{JsonArray, WriterBuilder};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use hublake_models::Project;
use serde_json::Value;

/// A session as unlike the pinned one as can be: another time zone, another string type.
pub fn session(time_zone: &str, partitions: usize) -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(64);
    config.options_mut().execution.time_zone = Some(time_zone.to_owned());
    config.options_mut().sql_parser.map_string_types_to_utf8view = true;
    let context = SessionContext::new_with_config(config);
    context.register_udaf(hublake_lake::percentile_exact());
    context.register_udaf(hublake_lake::cheapest_cover());
    for function in [hublake_lake::lag_within(), hublake_lake::lead_within(), hublake_lake::sum_within()] {
        context.register_udwf(function);
    }
    context.register_udf(hublake_lake::json_text());
    context.register_udf(hublake_lake::stable_number());
    for schema in ["previous", "stored"] {
        let catalog = context.catalog("datafusion").unwrap();
        catalog.register_schema(schema, Arc::new(MemorySchemaProvider::new())).unwrap();
    }
    context
}

/// Every table that a query may name, empty.
pub fn register_all_empty(context: &SessionContext, project: &Project) {
    for source in project.sources() {
        register(context, &source.name, source.schema(), vec![]);
    }
    for model in project.models() {
        register(context, &model.name, model.schema(), vec![]);
        if model.is_stored() {
            register(context, &format!("previous.{}", model.name), model.schema(), vec![]);
            register(context, &format!("stored.{}", model.name), model.schema(), vec![]);
        }
    }
}

/// Puts a table into the session in place of one of the same name.
pub fn register(context: &SessionContext, name: &str, schema: SchemaRef, rows: Vec<RecordBatch>) {
    let reference = TableReference::from(name);
    context.deregister_table(reference.clone()).unwrap();
    context.register_table(reference, Arc::new(MemTable::try_new(schema, vec![rows]).unwrap())).unwrap();
}

/// The schema of a source or model, whatever schema qualifies its name.
pub fn schema_of(project: &Project, name: &str) -> SchemaRef {
    let bare = name.rsplit('.').next().unwrap();
    let source = project.sources().iter().find(|source| source.name == bare);
    let schema = source.map(|source| source.schema()).or_else(|| project.model(bare).map(|model| model.schema()));
    schema.unwrap_or_else(|| panic!("no table {name}"))
}

/// Rows as a batch; columns that a row does not name are null, unknown ones are an error.
pub fn batch(schema: &SchemaRef, rows: &[Value]) -> RecordBatch {
    let mut decoder = ReaderBuilder::new(Arc::clone(schema))
        .with_batch_size(rows.len().max(1))
        .with_strict_mode(true)
        .build_decoder()
        .unwrap();
    decoder.serialize(rows).unwrap_or_else(|error| panic!("{error} in {rows:?}"));
    let batch = decoder.flush().unwrap_or_else(|error| panic!("{error} in {rows:?}"));
    batch.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema)))
}

/// Batches as rows, nulls included.
pub fn rows(batches: &[RecordBatch]) -> Vec<Value> {
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new());
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    let bytes = writer.into_inner();
    if bytes.is_empty() { Vec::new() } else { serde_json::from_slice(&bytes).unwrap() }
}

/// The rows of a query.
pub async fn query(context: &SessionContext, sql: &str) -> Vec<Value> {
    rows(&context.sql(sql).await.unwrap().collect().await.unwrap())
}

/// The files of the models folder as they lie there: path and text.
pub fn project_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut files = Vec::new();
    for folder in ["", "staging/", "analytics/", "views/", "audits/"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy();
                files.push((format!("{folder}{name}"), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}
