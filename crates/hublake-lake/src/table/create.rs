//! Opening a table for writing, making it and adding columns to it.

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::{Action, MetadataExt, StructType};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use object_store::ObjectStore;
use url::Url;

use super::{Table, TableSpec};
use crate::error::delta_error;
use crate::leaves::{LEAF_ROWS, Pending};
use crate::log;
use crate::{Error, Result, Snapshot};

impl Table {
    pub(crate) async fn open(url: Url, store: Arc<dyn ObjectStore>, spec: &TableSpec) -> Result<Self> {
        loop {
            let delta = load_or_create(&url, store.as_ref(), spec).await?;
            let snapshot = Snapshot::of(&spec.name, url.clone(), &delta)?;
            let missing = missing_columns(spec, &snapshot.schema);
            if missing.is_empty() {
                let month_index = month_index(spec, &snapshot.schema)?;
                let checkpoint = log::last_checkpoint(&spec.name, store.as_ref()).await;
                return Ok(Self {
                    snapshot,
                    store,
                    pending: Pending::default(),
                    leaf_rows: LEAF_ROWS,
                    month_index,
                    log: delta.log_store(),
                    checkpoint,
                    transactions: None,
                });
            }
            // Whether this commit or another writer's was the next version, what is there now decides.
            add_columns(spec, &delta, &snapshot, missing).await?;
        }
    }
}

fn month_index(spec: &TableSpec, present: &SchemaRef) -> Result<Option<usize>> {
    let Some(column) = &spec.by_month else { return Ok(None) };
    let index = present.index_of(column).ok();
    if index.is_some_and(|index| present.field(index).data_type() == &DataType::Date32) {
        return Ok(index);
    }
    Err(Error::Unusable {
        table: spec.name.clone(),
        reason: format!("it is to be stored by the month of {column}, which is not a DATE column of it"),
        hint: "name one of its DATE columns",
    })
}

async fn load_or_create(url: &Url, store: &dyn ObjectStore, spec: &TableSpec) -> Result<DeltaTable> {
    if !log::exists(&spec.name, store).await? {
        create(url, store, spec).await?;
    }
    load(url).await.map_err(|source| delta_error(&spec.name, "reading the log", source))
}

async fn load(url: &Url) -> Result<DeltaTable, DeltaTableError> {
    DeltaTableBuilder::from_url(url.clone())?.load().await
}

/// Makes the table unless another writer does in this moment.
async fn create(url: &Url, store: &dyn ObjectStore, spec: &TableSpec) -> Result<()> {
    let failed = |source| delta_error(&spec.name, "creating", source);
    let schema = delta_schema(spec, &spec.schema).map_err(failed)?;
    // The library, told to make a table where another just made one, writes its metadata into a second
    // version. So it makes one in memory, and its entry is put here on condition.
    let draft = CreateBuilder::new()
        .with_location("memory:///")
        .with_columns(schema.fields().cloned())
        .with_partition_columns(spec.partitioned_by.iter())
        // What a publication of the last 30 days names must outlive any reader's clean-up.
        .with_configuration([
            ("delta.enableExpiredLogCleanup", Some("false")),
            ("delta.deletedFileRetentionDuration", Some("interval 30 days")),
        ])
        .await
        .map_err(failed)?;
    let state = draft.snapshot().map_err(failed)?;
    let (protocol, metadata) = (state.protocol().clone(), state.metadata().clone());
    let operation = DeltaOperation::Create {
        mode: SaveMode::ErrorIfExists,
        location: url.clone(),
        protocol: protocol.clone(),
        metadata: metadata.clone(),
    };
    let actions = vec![Action::Protocol(protocol), Action::Metadata(metadata)];
    log::write_first_entry(&spec.name, store, actions, operation).await
}

fn missing_columns(spec: &TableSpec, present: &SchemaRef) -> Vec<FieldRef> {
    let fields = spec.schema.fields().iter();
    fields.filter(|field| present.field_with_name(field.name()).is_err()).cloned().collect()
}

async fn add_columns(spec: &TableSpec, delta: &DeltaTable, now: &Snapshot, missing: Vec<FieldRef>) -> Result<()> {
    let failed = |source| delta_error(&spec.name, "adding columns", source);
    // Rows that are there already have no value for them.
    let missing = missing.into_iter().map(|field| Arc::new(field.as_ref().clone().with_nullable(true)));
    let columns: Vec<_> = now.schema.fields().iter().cloned().chain(missing).collect();
    let widened = delta_schema(spec, &Arc::new(Schema::new(columns))).map_err(failed)?;
    let metadata = delta.snapshot().map_err(failed)?.metadata().clone();
    let metadata = metadata.with_schema(&widened).map_err(|source| failed(source.into()))?;
    let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
    let actions = vec![Action::Metadata(metadata)];
    log::write_entry(&spec.name, &delta.log_store(), now.version + 1, actions, operation, Vec::new()).await?;
    Ok(())
}

fn delta_schema(spec: &TableSpec, schema: &SchemaRef) -> Result<StructType, DeltaTableError> {
    schema.as_ref().try_into_kernel().map_err(|source: arrow::error::ArrowError| {
        DeltaTableError::Generic(format!("schema of {}: {source}", spec.name))
    })
}
