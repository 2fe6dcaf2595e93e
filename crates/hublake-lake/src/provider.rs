//! Reading a table at one version: a scan of its Parquet files.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, DFSchema, DataFusionError, Result, ScalarValue, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::empty::EmptyExec;

use crate::snapshot::ColumnBounds;
use crate::{DataFile, Snapshot};

/// An `IN` list up to this length is held against the files' ranges.
const MAX_IDS: usize = 1000;

impl Snapshot {
    /// The table at this version as DataFusion reads it.
    pub fn provider(&self) -> Arc<dyn TableProvider> {
        Arc::new(Provider { snapshot: self.clone() })
    }
}

#[derive(Debug)]
struct Provider {
    snapshot: Snapshot,
}

#[async_trait]
impl TableProvider for Provider {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.snapshot.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    fn statistics(&self) -> Option<Statistics> {
        let mut statistics = Statistics::new_unknown(&self.snapshot.schema);
        statistics.num_rows = Precision::Inexact(self.snapshot.rows());
        Some(statistics)
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let predicate = self.predicate(state, filters)?;
        let files = self.files_that_may_match(predicate.as_ref())?;
        let projection = self.projection_by_file_order(projection);
        if files.is_empty() {
            // A scan of no files has no partitions, which the operators above it do not expect.
            let schema = self.scan_schema().project(&projection)?;
            return Ok(Arc::new(EmptyExec::new(Arc::new(schema))));
        }
        let schema = TableSchema::builder(self.snapshot.file_schema())
            .with_table_partition_cols(self.partition_field().into_iter().collect::<Vec<_>>())
            .build();
        let mut options = state.table_options().parquet.clone();
        options.global.pushdown_filters = true;
        let mut source = ParquetSource::new(schema).with_table_parquet_options(options);
        if let Some(predicate) = predicate {
            source = source.with_predicate(predicate);
        }
        let mut statistics = Statistics::new_unknown(&self.scan_schema());
        statistics.num_rows = row_count(&files);
        let groups = files
            .into_iter()
            .map(|file| self.partitioned_file(&file))
            .collect::<Result<FileGroup>>()?
            .split_files(state.config().target_partitions());
        let url = ObjectStoreUrl::parse("file://")?;
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(Some(projection))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

impl Provider {
    fn predicate(&self, state: &dyn Session, filters: &[Expr]) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        let Some(filter) = conjunction(filters.to_vec()) else { return Ok(None) };
        // The scan's own column order has the partition column last.
        let schema = DFSchema::try_from(self.scan_schema().as_ref().clone())?;
        state.create_physical_expr(filter, &schema).map(Some)
    }

    fn files_that_may_match(&self, predicate: Option<&Arc<dyn PhysicalExpr>>) -> Result<Vec<Arc<DataFile>>> {
        let Some(predicate) = predicate else { return Ok(self.snapshot.files.clone()) };
        let pruning = PruningPredicateBuilder::new()
            .with_file_schema(self.scan_schema())
            .with_max_in_list_size(MAX_IDS)
            .try_build(Arc::clone(predicate))?;
        let keep = pruning.prune(&FileBounds { snapshot: &self.snapshot })?;
        let files = self.snapshot.files.iter().zip(keep);
        Ok(files.filter(|(_, keep)| *keep).map(|(file, _)| Arc::clone(file)).collect())
    }

    fn partitioned_file(&self, file: &DataFile) -> Result<PartitionedFile> {
        let url = self.snapshot.url.join(&file.path).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let path = object_store::path::Path::from_url_path(url.path())
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut entry = PartitionedFile::new(String::new(), file.size);
        entry.object_meta.location = path;
        if self.snapshot.partition_column.is_some() {
            let data_type = self.partition_field().map_or(DataType::Date32, |field| field.data_type().clone());
            let value = match &file.partition {
                Some(text) => ScalarValue::try_from_string(text.clone(), &data_type)?,
                None => ScalarValue::try_new_null(&data_type)?,
            };
            entry = entry.with_partition_values(vec![value]);
        }
        Ok(entry)
    }

    fn partition_field(&self) -> Option<arrow::datatypes::FieldRef> {
        let column = self.snapshot.partition_column.as_ref()?;
        self.snapshot.schema.fields().find(column).map(|(_, field)| Arc::clone(field))
    }

    fn scan_schema(&self) -> SchemaRef {
        let files = self.snapshot.file_schema();
        let fields = files.fields().iter().cloned().chain(self.partition_field());
        Arc::new(arrow::datatypes::Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The wanted columns as places in the scan's order, which has the partition column last.
    fn projection_by_file_order(&self, projection: Option<&Vec<usize>>) -> Vec<usize> {
        let schema = &self.snapshot.schema;
        let scan = self.scan_schema();
        let all = (0..schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        wanted.iter().filter_map(|index| scan.index_of(schema.field(*index).name()).ok()).collect()
    }
}

/// The number of rows of files, if the log has it for each.
fn row_count(files: &[Arc<DataFile>]) -> Precision<usize> {
    if files.iter().any(|file| file.rows == 0) {
        return Precision::Absent;
    }
    Precision::Exact(files.iter().map(|file| file.rows).sum())
}

/// What the log tells of the values in each file.
struct FileBounds<'a> {
    snapshot: &'a Snapshot,
}

impl FileBounds<'_> {
    fn values(&self, column: &Column, bound: impl Fn(ColumnBounds) -> i64) -> Option<ArrayRef> {
        let (index, field) = self.snapshot.schema.column_with_name(&column.name)?;
        let numbers = self.snapshot.files.iter().map(|file| file.bounds_of(index).map(&bound));
        match field.data_type() {
            DataType::Int64 => Some(Arc::new(numbers.collect::<Int64Array>())),
            DataType::Date32 => {
                let days = numbers.map(|day| day.and_then(|day| i32::try_from(day).ok()));
                Some(Arc::new(days.collect::<Date32Array>()))
            }
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                let instants = numbers.collect::<TimestampMicrosecondArray>();
                Some(Arc::new(instants.with_timezone_opt(zone.clone())))
            }
            _ => None,
        }
    }
}

impl PruningStatistics for FileBounds<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |bounds| bounds.lowest)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, |bounds| bounds.greatest)
    }

    fn num_containers(&self) -> usize {
        self.snapshot.files.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
